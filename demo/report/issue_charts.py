"""Charts of hot issues: the timelines of all, and the calls of one before, during and after its cure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from demo.report import svg
from demo.report.charts import LEFT, RIGHT, WIDTH
from demo.report.scale import AmountScale, TimeScale, next_month
from demo.report.stages import STATES, Issue, Phase, phases

COLOURS = {
    "unnoticed": "#d5dce1",
    "suspected": "#f0d9a0",
    "lapsed": "#d5dce1",
    "confirmed": "#d64545",
    "assigned": "#d64545",
    "reopened": "#d64545",
    "decided": "#f3cf8e",
    "in cure": "#e08e2b",
    "observing": "#8fb8de",
    "verified": "#3f9b5c",
    "not shown": "#a784b8",
    "explained": "#8d99a2",
}
LEGEND = (
    *("unnoticed", "suspected", "confirmed", "decided", "in cure"),
    *("observing", "verified", "not shown", "explained"),
)
NAMES_WIDTH, ROW = 236.0, 30.0


def timelines(issues: Sequence[Issue], names: Mapping[str, tuple[str, str]], begin: date, end: date) -> Markup:
    """One line per issue, coloured by stage. `names` gives title and subtitle by id."""
    time = TimeScale(begin.replace(day=1), end, NAMES_WIDTH, RIGHT)
    top, bottom = 48.0, 48.0 + ROW * len(issues)
    parts = svg.time_axis(time, top, bottom)
    for number, issue in enumerate(issues):
        y = top + number * ROW
        title, subtitle = names[issue["hot_issue_id"]]
        parts += [svg.text(0, y + 13, title, colour=svg.INK, bold=True), svg.text(0, y + 25, subtitle, size=9.5)]
        for phase in phases(issue, end):
            parts.append(_segment(time, phase, y))
    half = len(LEGEND) // 2
    for row, states in enumerate((LEGEND[:half], LEGEND[half:])):
        entries = [(COLOURS[state], " ".join(STATES[state])) for state in states]
        parts += svg.legend(0, 12 + row * 17, entries)
    return svg.chart(WIDTH, bottom + 22, "Timelines of the hot issues", parts)


def calls_of(issue: Issue, calls: Mapping[str, int], begin: date, end: date) -> Markup:
    """Calls per month of one issue, against its stages. The keys of `calls` are months such as `2024-05`."""
    months = []
    day = begin.replace(day=1)
    while day <= end:
        months.append(day)
        day = next_month(day)
    time = TimeScale(months[0], day, LEFT, RIGHT)
    amount = AmountScale(max(calls.values(), default=1) * 1.25, bottom=190, top=30)
    parts = []
    for phase in phases(issue, end):
        x, width = svg.span(time, phase.begin, phase.end)
        tint = COLOURS.get(phase.state, "#ffffff")
        parts.append(svg.box(x, 12, width, 178, tint + "38"))
        parts.append(svg.box(x, 12, width, 5, tint))
        if width > 62:
            words = STATES[phase.state][0]
            parts.append(svg.text(x + width / 2, 29, words, anchor="middle", size=10.5, colour=svg.INK))
    parts += svg.amount_axis(amount, LEFT, RIGHT) + svg.time_axis(time, 190, 190)
    for month in months:
        count = calls.get(f"{month:%Y-%m}", 0)
        x, width = svg.span(time, month, next_month(month))
        y = amount.y(count)
        parts.append(svg.box(x + 2, y, width - 4, 190 - y, "#46586a", f"{month:%Y-%m}: {count}", 1.5))
        if count:
            parts.append(svg.text(x + width / 2, y - 3, str(count), anchor="middle", size=9.5, colour=svg.INK))
    return svg.chart(WIDTH, 210, "Calls per month of one hot issue", parts)


def before_and_after(issue: Mapping[str, Any]) -> Markup:
    """Callers in the months before the works and in the same months after them, as two bars."""
    before, after = issue["before"], issue["after"]
    most = max(before, after, 1)
    parts = []
    for row, (words, count, colour) in enumerate(
        (("决定后、施工前 before the works", before, "#c8553d"), ("验收后同月 same months after", after, "#3f9b5c"))
    ):
        y = 4 + row * 30
        parts += [
            svg.text(0, y + 15, words, colour=svg.INK),
            svg.box(190, y, max(count / most * 380, 2), 21, colour, radius=3),
            svg.text(198 + count / most * 380, y + 15, str(count), colour=svg.INK, bold=True, size=13),
        ]
    return svg.chart(640, 66, "The same months before and after", parts)


def _segment(time: TimeScale, phase: Phase, y: float) -> str:
    x, width = svg.span(time, phase.begin, phase.end)
    cn, en = STATES[phase.state]
    title = f"{cn} / {en}: {phase.begin} – {phase.end}, {phase.days} d"
    return svg.box(x, y + 4, max(width, 2.5), ROW - 12, COLOURS.get(phase.state, "#cccccc"), title, 2)
