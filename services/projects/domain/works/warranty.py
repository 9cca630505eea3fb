"""Warranties (保修): of an item in its block, from its acceptance there; terms are copied then, never looked up later.

Least terms: docs/domain.md §4.2, from the Regulations on Quality of Construction Works, article 40.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.contracts.elements import ElementCode
from services.projects.domain.works.items import WorksItem


@dataclass(frozen=True, slots=True)
class WarrantyTerm:
    """The least term of a kind of work. `years` None: for the design life, which the design names."""

    id: str
    elements: frozenset[ElementCode]
    years: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Warranty:
    """`ends` is its last day. `replaced_by`: the warranty of what was built in its place."""

    item: str
    block: str | None
    element: ElementCode
    starts: date
    ends: date
    term: str
    replaced_by: str | None = None

    def covers(self, day: date) -> bool:
        return self.replaced_by is None and self.starts <= day <= self.ends


class NoTerm(ValueError):
    """Nobody said how long the warranty of an element is."""


class TooShort(ValueError):
    """What was agreed is less than the law asks."""


def warranty(
    item: WorksItem,
    accepted_on: date,
    terms: Mapping[ElementCode, WarrantyTerm],
    agreed_years: int | None = None,
    design_life_years: int | None = None,
) -> Warranty:
    """The warranty that an accepted item gets: the longer of the least term and of what was agreed.

    Raises NoTerm when neither says how long, and TooShort for less than the least term.
    """
    term = terms.get(item.element)
    least = (term.years or design_life_years) if term else None
    if least is None and agreed_years is None:
        raise NoTerm(f"{item.element}: say for how many years")
    if least is not None and agreed_years is not None and agreed_years < least:
        raise TooShort(f"{item.element}: at least {least} years")
    years = agreed_years or least
    assert years
    return Warranty(
        item.id, item.block, item.element, accepted_on, plus_years(accepted_on, years), term.id if term else "agreed"
    )


def plus_years(day: date, years: int) -> date:
    """The corresponding day; where a month has none, its last (Civil Code, article 202)."""
    last = calendar.monthrange(day.year + years, day.month)[1]
    return date(day.year + years, day.month, min(day.day, last))
