"""Charts of the whole district: calls per month, and the two indicators of the loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from demo.report import svg
from demo.report.scale import AmountScale, TimeScale, month_day, next_month, quarter_day

WIDTH = 860.0
LEFT, RIGHT = 52.0, 848.0
REPAIR, WORKS, OTHER, AREA = "#c8553d", "#e9a03b", "#b9c4cc", "#2a7f78"

Month = Mapping[str, Any]


def calls_a_month(months: Sequence[Month]) -> Markup:
    """All calls, one bar per month: repair complaints, complaints about works, and the rest."""
    time = _time(months)
    amount = AmountScale(max(month["tickets"] for month in months) * 1.08, bottom=200, top=34)
    parts = svg.amount_axis(amount, LEFT, RIGHT) + svg.time_axis(time, 34, 200)
    for month in months:
        rest = month["tickets"] - month["repair_complaints"] - month["nuisance"]
        layers = [(REPAIR, month["repair_complaints"]), (WORKS, month["nuisance"]), (OTHER, rest)]
        parts += _stack(time, amount, month, layers)
    parts += svg.legend(
        LEFT,
        16,
        [(REPAIR, "修缮类投诉 repair complaints"), (WORKS, "施工扰民 works nuisance"), (OTHER, "其他 other calls")],
    )
    return svg.chart(WIDTH, 222, "Calls per month", parts)


def kpi_pair(quarters: Sequence[Mapping[str, Any]], months: Sequence[Month]) -> Markup:
    """Above, newly started floor area per quarter; below, valid repair complaints per month; one time axis."""
    time = _time(months)
    area = AmountScale(max(one["started_floor_area_m2"] for one in quarters) * 1.15 or 1, bottom=140, top=34)
    parts = svg.amount_axis(area, LEFT, RIGHT) + svg.time_axis(time, 34, 140)
    for one in quarters:
        x, width = svg.span(time, quarter_day(one["quarter"]), _after_quarter(one["quarter"]))
        started = one["started_floor_area_m2"]
        y, label = area.y(started), f"{one['quarter']}: {started:,.0f} m²"
        parts.append(svg.box(x + 2, y, width - 4, 140 - y, AREA, label, 2))
        if started:
            parts.append(svg.text(x + width / 2, y - 4, f"{started / 1000:,.0f}k", anchor="middle", colour=svg.INK))
    parts += svg.legend(LEFT, 16, [(AREA, "新开工建筑面积（m²/季度） newly started floor area, m² per quarter  ↑")])
    most = max(one["repair_complaints"] + one["nuisance"] for one in months)
    calls = AmountScale(most * 1.1 or 1, bottom=340, top=206)
    parts += svg.amount_axis(calls, LEFT, RIGHT) + svg.time_axis(time, 206, 340)
    for month in months:
        parts += _stack(time, calls, month, [(REPAIR, month["repair_complaints"]), (WORKS, month["nuisance"])])
    parts += svg.legend(
        LEFT,
        188,
        [
            (REPAIR, "有效修缮投诉（件/月） valid repair complaints per month  ↓"),
            (WORKS, "另计：施工扰民 counted separately: works nuisance"),
        ],
    )
    return svg.chart(WIDTH, 362, "Newly started floor area and repair complaints", parts)


def _time(months: Sequence[Month]) -> TimeScale:
    return TimeScale(month_day(months[0]["month"]), next_month(month_day(months[-1]["month"])), LEFT, RIGHT)


def _stack(time: TimeScale, amount: AmountScale, month: Month, layers: list[tuple[str, int]]) -> list[str]:
    begin = month_day(month["month"])
    x, width = svg.span(time, begin, next_month(begin))
    parts, below = [], 0
    for colour, count in layers:
        top, bottom = amount.y(below + count), amount.y(below)
        parts.append(svg.box(x + 1.5, top, width - 3, bottom - top, colour, f"{month['month']}: {count}"))
        below += count
    return parts


def _after_quarter(quarter: str) -> date:
    return next_month(next_month(next_month(quarter_day(quarter))))
