"""How the demo shows itself while it runs: a live screen in a terminal, a bar elsewhere."""

from __future__ import annotations

import sys
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

from demo.stage import Observer, Scene
from services.contracts.departments import departments

Show = Callable[[datetime, float], None]

COLOURS = {
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
FIGURES = frozenset({"events", "a second", "told", "open", "callers", "calls", "area m²"})
BAR_STEPS = 20
BAR_CELLS = 30


@contextmanager
def live_screen(observer: Observer) -> Iterator[Show]:
    """The whole terminal, drawn anew at each step; gone at the end."""
    with Live(auto_refresh=False, screen=True) as live:

        def show(now: datetime, part: float) -> None:
            live.update(picture(observer.scene(now, part)), refresh=True)

        yield show


@contextmanager
def bar(observer: Observer) -> Iterator[Show]:
    """A line on standard error for every twentieth part."""
    shown = 0

    def show(now: datetime, part: float) -> None:
        nonlocal shown
        if int(part * BAR_STEPS) == shown:
            return
        shown = int(part * BAR_STEPS)
        scene = observer.scene(now, part)
        done = "█" * round(part * BAR_CELLS)
        print(
            f"{now:%Y-%m-%d} {done:░<{BAR_CELLS}} {part:4.0%}  {scene.sent} calls, "
            f"{len(scene.hot_issues)} hot issues, {len(scene.projects)} projects",
            file=sys.stderr,
        )

    yield show


@contextmanager
def silence(observer: Observer) -> Iterator[Show]:
    """Nothing at all."""
    yield lambda now, part: None


def picture(scene: Scene) -> RenderableType:
    head = Table.grid(expand=True)
    head.add_column()
    head.add_column(justify="right")
    head.add_row(
        Text.assemble(("Closed Loop 12345", "bold"), "   virtual date ", (f"{scene.now:%Y-%m-%d}", "bold cyan")),
        f"{scene.sent} calls so far",
    )
    bar = ProgressBar(total=1.0, completed=scene.part)
    return Group(
        head,
        bar,
        Columns([Panel(_hops(scene), title="events by hop"), Panel(_inboxes(scene), title="department inboxes")]),
        Panel(_hot_issues(scene), title="hot issues"),
        Panel(_projects(scene), title="repair projects"),
    )


def _hops(scene: Scene) -> Table:
    table = _table("hop", "events", "a second")
    for hop in scene.hops:
        table.add_row(hop.name, str(hop.events), f"{hop.per_second:.0f}")
    return table


def _inboxes(scene: Scene) -> Table:
    table = _table("department", "told", "open", "department", "told", "open")
    rows = [
        (one.name_cn, str(scene.told[code]), str(scene.waiting.get(code, 0)))
        for code, one in departments().items()
        if scene.told.get(code)
    ]
    half = (len(rows) + 1) // 2
    for left, right in zip(rows[:half], [*rows[half:], ("", "", "")], strict=False):
        table.add_row(*left, *right)
    return table


def _hot_issues(scene: Scene) -> Table:
    table = _table("since", "place", "type", "callers", "calls", "state")
    for one in scene.hot_issues:
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


def _projects(scene: Scene) -> Table:
    table = _table("estate", "area m²", "elements", "works planned", "state")
    for one in scene.projects:
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
