"""The scheme (方案) of a project: what it picks from the menu, held against what is complained of and against today.

See docs/domain.md §4.3. A type is curable by the elements that the taxonomy names for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.contracts.elements import ElementCode
from services.projects.domain.menu import MenuItem
from services.projects.domain.works.items import WorksItem

CurableBy = Mapping[str, Sequence[ElementCode]]
"""By type of problem: the elements that can cure it; none: works cannot."""


class Uncured(NamedTuple):
    """A type that the project is there for and that nothing in its scheme cures. `by` could; empty: works cannot."""

    type_code: str
    by: tuple[ElementCode, ...]


class Outdated(NamedTuple):
    """An item whose menu row is another today. `today` None: it was withdrawn. `fields`: what differs."""

    item: str
    frozen: MenuItem
    today: MenuItem | None
    fields: tuple[str, ...]


def uncured(items: Iterable[WorksItem], types: CurableBy) -> list[Uncured]:
    built = {item.element for item in items if item.dropped is None}
    return [Uncured(code, tuple(by)) for code, by in types.items() if not built.intersection(by)]


def suggested(items: Iterable[WorksItem], types: CurableBy, menu: Mapping[str, MenuItem]) -> list[MenuItem]:
    """Items in force that would cure a type which nothing in the scheme cures; one is chosen, not all."""
    wanted = {element for one in uncured(items, types) for element in one.by}
    return [row for row in menu.values() if row.element in wanted]


def outdated(
    items: Iterable[WorksItem], rows: Mapping[tuple[str, int], MenuItem], menu: Mapping[str, MenuItem]
) -> list[Outdated]:
    """The items that were frozen on another row than is in force. `rows`: every row by code and version."""
    found = []
    for item in items:
        frozen, today = rows[item.menu_item, item.menu_version], menu.get(item.menu_item)
        if today != frozen:
            found.append(Outdated(item.id, frozen, today, _differing(frozen, today) if today else ()))
    return found


def _differing(frozen: MenuItem, today: MenuItem) -> tuple[str, ...]:
    apart = {"version", "known_from", "in_force_from"}
    return tuple(
        name for name in MenuItem.model_fields if name not in apart and getattr(frozen, name) != getattr(today, name)
    )
