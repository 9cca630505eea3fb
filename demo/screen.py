"""How the demo shows itself while it runs: a live screen in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from demo.observer import Observer, Snapshot
from services.contracts.departments import departments

Show = Callable[[datetime, float], None]
"""Called after each step with the moment and the share that is done."""

COLOURS = {
    "suspected": "yellow",
    "confirmed": "bold red",
    "assigned": "bold red",
    "reopened": "bold red",
    "decided": "yellow",
    "in cure": "yellow",
    "observing": "cyan",
    "verified": "bold green",
    "not shown": "magenta",
    "explained": "dim",
    "merged": "dim",
    "withdrawn": "dim",
}
FIGURES = frozenset({"events", "per second", "received", "open", "callers", "calls", "area m²"})
NEWS_SHOWN = 8
PROGRESS_LINES = 20


@contextmanager
def live_screen(observer: Observer) -> Iterator[Show]:
    """Fills the terminal, redrawn after each step; removed at the end."""
    began = time.monotonic()
    with Live(auto_refresh=False, screen=True) as live:

        def show(now: datetime, part: float) -> None:
            left = remaining(time.monotonic() - began, part)
            live.update(picture(observer.snapshot(now), part, left), refresh=True)

        yield show


@contextmanager
def plain_lines(observer: Observer) -> Iterator[Show]:
    """On standard error: a line for each piece of news, and one for every twentieth part of the demo."""
    began, shown, lines = time.monotonic(), 0, 0

    def show(now: datetime, part: float) -> None:
        nonlocal shown, lines
        fresh, shown = observer.news.count - shown, observer.news.count
        for item in list(observer.news.items)[-fresh:] if fresh else ():
            print(f"{item.day}  {item.text}", file=sys.stderr)
        if int(part * PROGRESS_LINES) == lines:
            return
        lines = int(part * PROGRESS_LINES)
        seen = observer.snapshot(now)
        print(
            f"{now:%Y-%m-%d}  {part:4.0%}, {remaining(time.monotonic() - began, part)} left  {_totals(seen)}",
            file=sys.stderr,
            flush=True,
        )

    yield show


@contextmanager
def silence(observer: Observer) -> Iterator[Show]:
    """Shows nothing."""
    yield lambda now, part: None


def remaining(seconds: float, part: float) -> str:
    """Minutes and seconds until the end, if the rest goes on at the same speed."""
    left = round(seconds * (1 - part) / part)
    return f"{left // 60}:{left % 60:02}"


def picture(seen: Snapshot, part: float, left: str) -> RenderableType:
    """`part` is the share that is done, `left` the time that remains."""
    return Group(
        _head(seen, part, left),
        Panel(_news(seen), title="what just happened"),
        Columns([Panel(_hops(seen), title="events by hop"), Panel(_inboxes(seen), title="departments")]),
        Panel(_hot_issues(seen), title="hot issues"),
        Panel(_projects(seen), title="repair projects"),
    )


def _head(seen: Snapshot, part: float, left: str) -> RenderableType:
    title = Table.grid(expand=True)
    title.add_column()
    title.add_column(justify="right")
    title.add_row(
        Text.assemble(("Closed Loop 12345", "bold"), "   date in the district ", (f"{seen.now:%Y-%m-%d}", "bold cyan")),
        _totals(seen),
    )
    progress = Table.grid(expand=True, padding=(0, 1))
    progress.add_column(ratio=1)
    progress.add_column(justify="right")
    progress.add_row(ProgressBar(total=1.0, completed=part), f"{part:4.0%}, {left} left")
    return Group(title, progress)


def _totals(seen: Snapshot) -> str:
    return f"calls: {seen.sent}, hot issues: {len(seen.hot_issues)}, repair projects: {len(seen.projects)}"


def _news(seen: Snapshot) -> RenderableType:
    """The latest, newest first; always as high, so that nothing below it jumps."""
    latest = list(reversed(seen.news))[:NEWS_SHOWN]
    newest = latest[0].day if latest else None
    lines = [
        Text.assemble((f"{item.day}", "cyan"), "  ", (item.text, "bold" if item.day == newest else "dim"))
        for item in latest
    ]
    lines += [Text("")] * (NEWS_SHOWN - len(lines))
    for line in lines:
        line.no_wrap, line.overflow = True, "ellipsis"
    return Group(*lines)


def _hops(seen: Snapshot) -> Table:
    table = _table("hop", "events", "per second")
    for hop in seen.hops:
        table.add_row(hop.name, str(hop.events), f"{hop.per_second:.0f}")
    return table


def _inboxes(seen: Snapshot) -> Table:
    table = _table("department", "received", "open", "department", "received", "open")
    rows = [
        (one.name_cn, str(seen.received[code]), str(seen.waiting.get(code, 0)))
        for code, one in departments().items()
        if seen.received.get(code)
    ]
    half = (len(rows) + 1) // 2
    for left, right in zip(rows[:half], [*rows[half:], ("", "", "")], strict=False):
        table.add_row(*left, *right)
    return table


def _hot_issues(seen: Snapshot) -> Table:
    table = _table("since", "place", "type", "callers", "calls", "state")
    for one in seen.hot_issues:
        state = Text(one["state"], COLOURS.get(one["state"], ""))
        table.add_row(
            one["confirmed_at"][:10],
            one["place"]["estate_name"] or one["place"]["estate"],
            f"{one['type_cn']} · {one['type_en']}",
            str(one["callers"]),
            str(one["calls"]),
            state,
        )
    return table


def _projects(seen: Snapshot) -> Table:
    table = _table("estate", "area m²", "elements", "works planned", "state")
    for one in seen.projects:
        table.add_row(
            one["place"]["estate_name"],
            f"{one['floor_area_m2'] or 0:,.0f}",
            " ".join(one["elements"]),
            f"{one['planned_start']} – {one['planned_end']}",
            one["state"].replace("_", " "),
        )
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, expand=True, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in FIGURES else "left")
    return table
