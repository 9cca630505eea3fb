"""Which cells and days a batch of events may change, so that they can be locked before anything is decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.projects.domain.citywide import Spread, TypeDay, type_day
from services.projects.domain.evidence import Cell, Finding, Reading, TicketFact, finding_of
from services.projects.domain.rules import RuleBook
from services.projects.domain.sighting import Sighting


@dataclass(frozen=True, slots=True)
class Touched:
    """By ticket: the cells where it counts or may count, and the moments of event time at which it may."""

    cells_of: Mapping[str, set[Cell]]
    moments_of: Mapping[str, set[datetime]]

    @classmethod
    def by(cls, events: Iterable[TicketFact | Reading], sightings: Mapping[str, Sighting]) -> Touched:
        cells: dict[str, set[Cell]] = defaultdict(set)
        moments: dict[str, set[datetime]] = defaultdict(set)
        for event in events:
            cells[event.ticket_id] |= _cells(finding_of(event))
            if isinstance(event, TicketFact):
                moments[event.ticket_id].add(event.occurred_at)
        for ticket_id, sighting in sightings.items():
            for found in (sighting.decided, sighting.read):
                cells[ticket_id] |= _cells(replace(found, kind=None))  # another source may have the kind that counts
            if sighting.occurred_at:
                moments[ticket_id].add(sighting.occurred_at)
        return cls(cells, moments)

    def cells(self) -> dict[Cell, set[datetime]]:
        """Each cell, with the moments at which it may gain or lose a call."""
        found: dict[Cell, set[datetime]] = defaultdict(set)
        for ticket_id, cells in self.cells_of.items():
            for cell in cells:
                found[cell] |= self.moments_of.get(ticket_id, set())
        return found

    def days(self) -> Counter[TypeDay]:
        """The days on which the tickets count or counted, with how many of them may."""
        return Counter(
            day
            for ticket_id, cells in self.cells_of.items()
            for day in {type_day(cell.type_code, at) for cell in cells for at in self.moments_of.get(ticket_id, ())}
        )


def may_change(day: TypeDay, citywide: bool, spread: Spread, tickets: int, book: RuleBook) -> bool:
    """Whether so many tickets can make a day citywide or end that. Each adds or removes at most one place."""
    rule = book.at(day.begin).detection.citywide
    if rule is None:
        return citywide
    if citywide:
        return not Spread(spread.estates - tickets, spread.sub_districts - tickets).is_citywide(rule)
    return Spread(spread.estates + tickets, spread.sub_districts + tickets).is_citywide(rule)


def _cells(found: Finding) -> set[Cell]:
    return {found.cell} if found.cell else set()
