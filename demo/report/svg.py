"""The elements of the charts, as SVG text."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup, escape

from demo.report.scale import AmountScale, TimeScale

INK, MUTED, GRID = "#22303c", "#6b7a86", "#e3e8ec"


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    size: float = 11,
    colour: str = MUTED,
    bold: bool = False,
) -> str:
    weight = ' font-weight="600"' if bold else ""
    place = f'x="{x}" y="{y}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" fill="{colour}"{weight}>{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, colour: str, title: str = "", radius: float = 0) -> str:
    tooltip = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<rect x="{x}" y="{y}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" rx="{radius}" '
        f'fill="{colour}">{tooltip}</rect>'
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str = GRID, width: float = 1, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def path(points: list[tuple[float, float]], colour: str, width: float = 2) -> str:
    joined = " ".join(f"{x},{y}" for x, y in points)
    return f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"/>'


def chart(width: float, height: float, label: str, parts: list[str]) -> Markup:
    return Markup(
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def time_axis(scale: TimeScale, top: float, bottom: float) -> list[str]:
    """Quarters as thin lines; each January is labelled with its year."""
    parts = []
    for day in scale.quarters():
        january = day.month == 1
        parts.append(line(scale.x(day), top, scale.x(day), bottom, GRID if not january else "#c3ccd3"))
        label = f"{day.year}" if january else f"{day.month}月"
        colour = INK if january else MUTED
        parts.append(text(scale.x(day) + 2, bottom + 14, label, size=10, colour=colour, bold=january))
    return parts


def amount_axis(scale: AmountScale, left: float, right: float, form: str = "{:,.0f}") -> list[str]:
    parts = [line(left, scale.bottom, right, scale.bottom, "#9aa7b1")]
    for amount in scale.ticks():
        y = scale.y(amount)
        parts += [line(left, y, right, y), text(left - 5, y + 3.5, form.format(amount), anchor="end", size=10)]
    return parts


def legend(x: float, y: float, entries: list[tuple[str, str]]) -> list[str]:
    parts = []
    for colour, words in entries:
        parts += [box(x, y - 8, 10, 10, colour, radius=2), text(x + 14, y + 1, words, colour=INK)]
        x += 26 + sum(11 if ord(letter) > 255 else 6 for letter in words)
    return parts


def span(scale: TimeScale, begin: date, end: date) -> tuple[float, float]:
    """The left edge and the width of a period."""
    x = scale.x(begin)
    return x, round(scale.x(end) - x, 1)
