"""The default menu and rules of works. An error names the file, the row and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from services.contracts.data_files import InvalidData, read_section, row_of
from services.contracts.elements import elements
from services.projects.domain.menu import MenuItem
from services.projects.domain.works.rules import WorksRules

DATA = Path(__file__).parents[1] / "data"
MENU, WORKS = DATA / "menu.yaml", DATA / "works.yaml"


@cache
def menu_rows(file: Path = MENU) -> Sequence[MenuItem]:
    """All versions of all items. Raises InvalidData."""
    rows = [
        row_of(file, f"menu row {number}", MenuItem, values)
        for number, values in enumerate(read_section(file, "menu") or (), start=1)
    ]
    seen: set[tuple[str, int]] = set()
    for row in rows:
        name = f"{row.code} version {row.version}"
        if (row.code, row.version) in seen:
            raise InvalidData(file, name, "stands twice; remove one")
        if row.version > 1 and (row.code, row.version - 1) not in seen:
            raise InvalidData(file, name, f"has no version {row.version - 1} above it; versions follow each other")
        if row.element not in elements():
            raise InvalidData(file, name, f"{row.element} is no element; take a code of elements.yaml")
        if row.in_force_from < row.known_from:
            raise InvalidData(file, name, "comes into force before it is known; correct in_force_from")
        seen.add((row.code, row.version))
    return tuple(rows)


@cache
def works_rules(file: Path = WORKS) -> WorksRules:
    """Raises InvalidData."""
    return row_of(file, "works", WorksRules, read_section(file, "works"))
