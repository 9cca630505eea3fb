"""Charts of the area view, as SVG text in the page itself: no script, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

COLOURS = {"XQ": "#3b6ea5", "MJ": "#b5543a", "SC": "#5b8c5a"}
INK, GRID = "#22303c", "#e3e8ec"


def sparkline(values: Sequence[int], label: str) -> Markup:
    """One bar a month, the highest as high as the row."""
    most, width = max(values, default=0) or 1, 6
    bars = "".join(
        f'<rect x="{n * width}" y="{24 - 24 * value / most:.1f}" width="{width - 1}" height="{24 * value / most:.1f}" '
        f'fill="{COLOURS["XQ"]}"/>'
        for n, value in enumerate(values)
    )
    return _svg(max(1, len(values)) * width, 24, label, bars)


def lines(months: Sequence[str], areas: Mapping[str, Sequence[int]], names: Mapping[str, str], label: str) -> Markup:
    """The calls of each area by month."""
    width, height, left, top = 640, 200, 40, 12
    most = max((value for values in areas.values() for value in values), default=0) or 1
    step = (width - left - 90) / max(1, len(months) - 1)
    parts = [
        f'<text x="{left - 6}" y="{_y(share * most, most, height, top) + 4:.1f}" text-anchor="end" font-size="10" '
        f'fill="{INK}">{share * most:.0f}</text><line x1="{left}" x2="{width - 90}" '
        f'y1="{_y(share * most, most, height, top):.1f}" y2="{_y(share * most, most, height, top):.1f}" '
        f'stroke="{GRID}"/>'
        for share in (0, 0.5, 1)
    ]
    every = max(1, len(months) // 6)
    parts += [
        f'<text x="{left + n * step:.1f}" y="{height - 4}" font-size="10" text-anchor="middle" '
        f'fill="{INK}">{month}</text>'
        for n, month in enumerate(months)
        if n % every == 0
    ]
    for code, values in areas.items():
        points = [(left + n * step, _y(value, most, height, top)) for n, value in enumerate(values)]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{joined}" fill="none" stroke="{COLOURS[code]}" stroke-width="2"/>')
    parts += [
        f'<rect x="{width - 84}" y="{top + 18 * n}" width="10" height="10" fill="{COLOURS[code]}"/>'
        f'<text x="{width - 70}" y="{top + 9 + 18 * n}" font-size="11" fill="{INK}">{escape(names[code])}</text>'
        for n, code in enumerate(areas)
    ]
    return _svg(width, height, label, "".join(parts))


def _y(value: float, most: float, height: int, top: int) -> float:
    return top + (height - top - 24) * (1 - value / most)


def _svg(width: int, height: int, label: str, parts: str) -> Markup:
    return Markup(
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(label)}" style="max-width:100%">{parts}</svg>'
    )


PARTS = ("#3b6ea5", "#b5543a", "#5b8c5a", "#c2912e", "#7b5ea7", "#5a6675")


def rank_bar(tenths: Sequence[int], label: str) -> Markup:
    """The parts of a rank side by side; the whole width is a hundred points."""
    width, begin, parts = 200, 0.0, []
    for share, colour in zip(tenths, PARTS, strict=False):
        parts.append(
            f'<rect x="{begin * width / 1000:.1f}" y="2" width="{share * width / 1000:.1f}" height="10" '
            f'fill="{colour}"/>'
        )
        begin += share
    frame = f'<rect x="0" y="2" width="{width}" height="10" fill="none" stroke="{GRID}"/>'
    return _svg(width, 14, label, frame + "".join(parts))
