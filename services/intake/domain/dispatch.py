"""The dispatch catalogue (派单目录): type × place → lead unit and co-handlers (domain.md §2.1, §8)."""

from __future__ import annotations

from dataclasses import dataclass

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


def decide(taxonomy: Taxonomy, type_code: str, confidence: float, place: Place) -> Dispatch | Review:
    """To whom a ticket goes. Doubt never dispatches: a wrong unit costs the caller a return battle."""
    if type_code == OTHER:
        return Review("none of the catalogue's types")
    if confidence < DOUBTFUL_BELOW:
        return Review(f"type {type_code} is doubtful: confidence {confidence:.2f} is below {DOUBTFUL_BELOW:.2f}")
    problem = taxonomy.types[type_code]
    lead = problem.lead_at(place.sub_district)
    if lead is None:
        return Review(f"type {type_code} belongs to the sub-district office, and the place is not known")
    return Dispatch(lead, problem.co_handlers_at(place.sub_district))
