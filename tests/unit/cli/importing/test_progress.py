"""A bar on a terminal, lines elsewhere."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from services.cli.importing import progress
from services.cli.importing.progress import Advance


def test_a_terminal_gets_a_bar_with_count_rate_and_rest() -> None:
    out = io.StringIO()
    with Advance(200, Console(file=out, force_terminal=True, width=100)) as advance:
        advance.by(150)
        advance.by(50)
    shown = out.getvalue()
    assert "200/200" in shown
    assert "rows/s" in shown
    assert "0:00:00" in shown


def test_elsewhere_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    out, now = io.StringIO(), 100.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    with Advance(10_000, Console(file=out, force_terminal=False)) as advance:
        for _ in range(12):
            now += 1
            advance.by(500)
    assert out.getvalue().splitlines() == [
        "2,500 of 10,000 rows, 500 rows/s, 15 s left",
        "5,000 of 10,000 rows, 500 rows/s, 10 s left",
    ]
