"""The progress of an import on standard error: a bar on a terminal, elsewhere a line every few seconds."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

LINE_EVERY_S = 5.0


class Advance:
    """Counts rows of `total` from the moment it is entered."""

    def __init__(self, total: int, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._total = total
        self.done = 0
        self._bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]:,.0f} rows/s"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._began = self._reported = time.monotonic()
        self._task = self._bar.add_task("rows", total=self._total, rate=0.0)
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    @property
    def rate(self) -> float:
        """Rows a second since the beginning."""
        return self.done / max(self.seconds, 1e-9)

    def by(self, rows: int) -> None:
        self.done += rows
        self._bar.update(self._task, completed=self.done, rate=self.rate)
        if not self._console.is_terminal and time.monotonic() >= self._reported + LINE_EVERY_S:
            self._reported = time.monotonic()
            rest = (self._total - self.done) / self.rate
            line = f"{self.done:,} of {self._total:,} rows, {self.rate:,.0f} rows/s, {rest:,.0f} s left"
            self._console.print(line, highlight=False, soft_wrap=True)
