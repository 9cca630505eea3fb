"""The menu (菜单) that schemes pick from, with two times: when a row is in force, and when it was written down.

"Which menu was in force when this scheme was frozen" has one answer: the rows known then (docs/domain.md §4.3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from string import ascii_uppercase
from typing import Annotated

from pydantic import Field, StringConstraints

from services.contracts.data_files import DataRow
from services.contracts.elements import ElementCode

MenuCode = Annotated[str, StringConstraints(pattern=r"^M[0-9]{2}-[A-Z]$")]


def free_code(element: str, taken: Collection[str]) -> str | None:
    """The first code of rows of an element that none of `taken` is; None where all its letters are."""
    return next((code for one in ascii_uppercase if (code := f"M{element[1:]}-{one}") not in taken), None)


class Unit(StrEnum):
    SQUARE_METRE = "m2"
    METRE = "m"
    PIECE = "piece"
    HOUSEHOLD = "household"
    HALLWAY = "hallway"
    BLOCK = "block"


class ConsentScope(StrEnum):
    """Whose consent an item needs."""

    ESTATE = "estate"
    BUILDING = "building"
    HALLWAY = "hallway"


class Capacity(DataRow):
    """What an item adds to, as it is counted before and after."""

    unit_cn: str
    unit_en: str


class MenuContent(DataRow):
    """A way to build an element. `removes`: what will not be there afterwards."""

    code: MenuCode
    withdrawn: bool = False
    element: ElementCode
    unit: Unit
    consent: ConsentScope
    name_cn: str
    name_en: str
    standard_cn: str
    standard_en: str
    removes_cn: str
    removes_en: str
    capacity: Capacity | None = None


class MenuItem(MenuContent):
    """One version of it."""

    version: int = Field(ge=1)
    known_from: date
    in_force_from: date


def menu_as_of(rows: Iterable[MenuItem], in_force: date, known: date) -> Mapping[str, MenuItem]:
    """By code: the row in force on a day, as far as it was known on another. A withdrawn one is not there.

    Of the rows known by then, the one that came into force last holds, and of those the highest version.
    """
    found: dict[str, MenuItem] = {}
    for row in sorted(rows, key=lambda one: (one.in_force_from, one.version)):
        if row.in_force_from <= in_force and row.known_from <= known:
            found[row.code] = row
    return {code: found[code] for code in sorted(found) if not found[code].withdrawn}
