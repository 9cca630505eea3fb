"""The dispatch catalogue (派单目录): type × place → lead unit and co-handlers (domain.md §2.1, §8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from services.contracts.taxonomy import OTHER, Taxonomy
from services.contracts.ticket_events import Place

DOUBTFUL_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class Dispatch:
    lead: str
    co_handlers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A person decides: the reason says what could not be known."""

    reason: str


@dataclass(frozen=True, slots=True)
class Edit:
    """The hub's word on a type: in one sub-district, or wherever nothing else is said of one (None)."""

    type_code: str
    sub_district: str | None
    units: Dispatch


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The taxonomy's units, and what the hub has changed of them for a type, in one sub-district or in all (None)."""

    taxonomy: Taxonomy
    version: int = 0
    changes: Mapping[tuple[str, str | None], Dispatch] = field(default_factory=dict)

    def units(self, type_code: str, sub_district: str | None) -> Dispatch | None:
        """None if it depends on a place that is not known."""
        change = self.changes.get((type_code, sub_district)) or self.changes.get((type_code, None))
        if change:
            return change
        problem = self.taxonomy.types[type_code]
        lead = problem.lead_at(sub_district)
        return Dispatch(lead, problem.co_handlers_at(sub_district)) if lead else None

    def edited(self, edits: Iterable[Edit]) -> Catalogue:
        """The next version. An edit replaces an earlier one of the same type and place, and no other: what was said
        for one sub-district goes on to hold there when the whole district is edited."""
        changes = {(edit.type_code, edit.sub_district): edit.units for edit in edits}
        return replace(self, version=self.version + 1, changes={**self.changes, **changes})


def decide(
    catalogue: Catalogue, type_code: str, confidence: float, place: Place, *, emergency: bool = False
) -> Dispatch | Review:
    """To whom a ticket goes. Doubt never dispatches: a wrong unit costs the caller a return battle."""
    if emergency:
        return Review("an emergency, it seems: transfer it to 110, 119, 120 or 122, or dispatch it at once")
    if type_code == OTHER:
        return Review("none of the catalogue's types")
    if confidence < DOUBTFUL_BELOW:
        return Review(f"type {type_code} is doubtful: confidence {confidence:.2f} is below {DOUBTFUL_BELOW:.2f}")
    units = catalogue.units(type_code, place.sub_district)
    return units or Review(f"type {type_code} belongs to the sub-district office, and the place is not known")
