"""Which of a table's top lines is its header."""

from __future__ import annotations

from collections.abc import Callable, Sequence

TOP_LINES = 30
"""Titles, notes and units stand above a header; it is looked for in so many lines that are not blank."""

IsHeader = Callable[[Sequence[str]], bool]
"""Whether a line names the columns that the reader needs."""


def find_header(top: Sequence[Sequence[str]], is_header: IsHeader | None) -> int | None:
    """The place of the header among the top lines; None where no line is one. Without a rule it is the first line."""
    if is_header is None:
        return 0 if top else None
    return next((place for place, cells in enumerate(top) if is_header(cells)), None)


def likeliest_header(top: Sequence[Sequence[str]]) -> int:
    """Where no line names the columns: the one with the most cells, for an error message."""
    filled = [sum(1 for cell in cells if cell) for cells in top]
    return filled.index(max(filled))
