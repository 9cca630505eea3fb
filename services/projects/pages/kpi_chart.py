"""The pair of figures as one chart on one time axis: floor area begun by quarter above, complaints by month below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

AREA, COMPLAINTS, NUISANCE = "#3f7f5f", "#b5543a", "#d9b382"
INK, GRID = "#22303c", "#e3e8ec"
WIDTH, LEFT, RIGHT = 720, 56, 12
UPPER, LOWER, HEIGHT = (28, 138), (178, 308), 330
"""Top and base of the two halves."""

Row = Mapping[str, Any]


def pair(quarters: Sequence[Row], months: Sequence[Row], words: Mapping[str, str]) -> Markup:
    """`words`: what `area`, `complaints`, `nuisance` and the whole (`label`) are called."""
    step = (WIDTH - LEFT - RIGHT) / max(1, len(months))
    begin = {row["month"]: LEFT + n * step for n, row in enumerate(months)}
    parts = [*_frame(UPPER, max((one["started_floor_area_m2"] for one in quarters), default=0), words["area"], AREA)]
    most = max((one["started_floor_area_m2"] for one in quarters), default=0) or 1
    for one in quarters:
        places = [begin[month] for month in _months_of(one["quarter"]) if month in begin]
        parts.append(_bar(min(places), len(places) * step, UPPER, 0, one["started_floor_area_m2"], most, AREA))
        parts[-1] = _titled(parts[-1], f"{one['quarter']}: {one['started_floor_area_m2']:,.0f} m²")
    highest = max((one["repair_complaints"] + one["nuisance"] for one in months), default=0)
    parts += _frame(LOWER, highest, f"{words['complaints']} / {words['nuisance']}", COMPLAINTS)
    for row in months:
        below = 0
        for name, colour in (("repair_complaints", COMPLAINTS), ("nuisance", NUISANCE)):
            bar = _bar(begin[row["month"]], step, LOWER, below, row[name], highest or 1, colour)
            parts.append(_titled(bar, f"{row['month']}: {row[name]}"))
            below += row[name]
    every = max(1, len(months) // 8)
    parts += [
        f'<text x="{begin[row["month"]]:.1f}" y="{HEIGHT - 6}" font-size="10" fill="{INK}">{row["month"]}</text>'
        for row in months[::every]
    ]
    return Markup(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(words["label"])}" style="max-width:100%">{"".join(parts)}</svg>'
    )


def _frame(half: tuple[int, int], most: float, label: str, colour: str) -> list[str]:
    top, base = half
    return [
        f'<text x="{LEFT}" y="{top - 10}" font-size="11" fill="{colour}">{escape(label)}</text>',
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}" stroke="{GRID}"/>',
        f'<text x="{LEFT - 6}" y="{top + 8}" text-anchor="end" font-size="10" fill="{INK}">{most:,.0f}</text>',
        f'<text x="{LEFT - 6}" y="{base}" text-anchor="end" font-size="10" fill="{INK}">0</text>',
    ]


def _bar(x: float, width: float, half: tuple[int, int], below: float, value: float, most: float, colour: str) -> str:
    top, base = half
    scale = (base - top) / most
    return (
        f'<rect x="{x + 1:.1f}" y="{base - (below + value) * scale:.1f}" width="{max(1, width - 2):.1f}" '
        f'height="{value * scale:.1f}" fill="{colour}"/>'
    )


def _titled(bar: str, title: str) -> str:
    return f"<g><title>{escape(title)}</title>{bar}</g>"


def _months_of(quarter: str) -> list[str]:
    year, number = quarter.split("Q")
    return [f"{year}-{int(number) * 3 - n:02}" for n in (2, 1, 0)]
