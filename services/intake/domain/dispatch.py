"""The dispatch catalogue (派单目录): type × place → lead unit and co-handlers (docs/domain.md §2.1, §8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from services.contracts.taxonomy import OTHER, Taxonomy
from services.contracts.ticket_events import Place
from services.intake.domain.review import ReviewCode, ReviewReason
from services.intake.domain.scope import may_have

DOUBTFUL_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class Dispatch:
    lead: str
    co_handlers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CatalogueEdit:
    """The hub's units for a type in one sub-district, or in all that have no edit of their own (None)."""

    type_code: str
    sub_district: str | None
    units: Dispatch


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The taxonomy's units, and the hub's changes by type and sub-district (None: all)."""

    taxonomy: Taxonomy
    version: int = 0
    changes: Mapping[tuple[str, str | None], Dispatch] = field(default_factory=dict)

    def units(self, type_code: str, sub_district: str | None) -> Dispatch | None:
        """The units for a type in a place; None if they depend on a place that is unknown."""
        change = self.changes.get((type_code, sub_district)) or self.changes.get((type_code, None))
        if change:
            return change
        problem = self.taxonomy.types[type_code]
        lead = problem.lead_at(sub_district)
        return Dispatch(lead, problem.co_handlers_at(sub_district)) if lead else None

    def edited(self, edits: Iterable[CatalogueEdit]) -> Catalogue:
        """The next version. An edit replaces only an earlier one of the same type and place: an edit for all
        sub-districts leaves those of single ones in force."""
        changes = {(edit.type_code, edit.sub_district): edit.units for edit in edits}
        return replace(self, version=self.version + 1, changes={**self.changes, **changes})


def decide(
    catalogue: Catalogue,
    type_code: str,
    confidence: float,
    place: Place,
    *,
    emergency: bool = False,
    elsewhere: str | None = None,
    about_unit: str | None = None,
) -> Dispatch | ReviewReason:
    """To whom a ticket goes, or why a person decides. Doubt never dispatches: a wrong unit costs a return battle."""
    if emergency:
        return ReviewReason(ReviewCode.EMERGENCY)
    if elsewhere:
        return ReviewReason(ReviewCode.ELSEWHERE, elsewhere=elsewhere)
    if type_code == OTHER:
        return ReviewReason(ReviewCode.NO_TYPE)
    if confidence < DOUBTFUL_BELOW:
        return ReviewReason(ReviewCode.DOUBTFUL, type_code, confidence)
    units = catalogue.units(type_code, place.sub_district)
    if units is None:
        return ReviewReason(ReviewCode.NO_PLACE, type_code)
    if not all(may_have(unit, about_unit) for unit in (units.lead, *units.co_handlers)):
        return ReviewReason(ReviewCode.ABOUT_UNIT, type_code, unit=about_unit)
    return units
