"""What rules would have found in past calls, had they been in force all the time."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from services.contracts.ticket_events import TypeCode
from services.projects.domain.citywide import Spread, covered_by, type_day
from services.projects.domain.detection import Call, Fulfilment, Sighted, first_hot
from services.projects.domain.evidence import Cell
from services.projects.domain.rules import RuleBook


class Raised(NamedTuple):
    """A problem that would have been raised, and what it would have held until calls ceased."""

    cell: Cell
    found: Fulfilment
    callers: int
    calls: int


class CitywideEvent(NamedTuple):
    """A day on which a type was a citywide event."""

    type_code: TypeCode
    day: date
    spread: Spread
    calls: int


class Replayed(NamedTuple):
    raised: list[Raised]
    events: list[CitywideEvent]


def replay(type_code: TypeCode, sightings: Sequence[Sighted], book: RuleBook, areas: Mapping[str, float]) -> Replayed:
    """All calls of one type through the rules, as if each had come when it occurred, those of an imported past too.

    Nobody decides anything: a problem stands while calls come at most the longest window apart, and is raised anew
    when the rule is fulfilled after that. `areas`: floor areas in m² by estate. Costs O(n log n).
    """
    events = _events(type_code, sightings, book)
    cells: dict[Cell, list[Call]] = defaultdict(list)
    for cell, call in sightings:
        if not _event_driven(type_code, call, events, book):
            cells[cell].append(replace(call, history=False))
    raised = [
        one for cell, calls in sorted(cells.items()) for one in _raised(cell, calls, book, areas.get(cell.estate))
    ]
    return Replayed(raised, list(events.values()))


def busiest(calls: Iterable[Call], days: int) -> int:
    """The most distinct callers that any window of so many days holds."""
    ordered = sorted(calls, key=lambda call: call.occurred_at)
    most = 0
    for last, call in enumerate(ordered):
        start = call.occurred_at - timedelta(days=days)
        window = ordered[bisect_left(ordered, start, key=lambda one: one.occurred_at) : last + 1]
        most = max(most, len({one.caller_ref for one in window if one.caller_ref and one.occurred_at > start}))
    return most


def _events(type_code: TypeCode, sightings: Sequence[Sighted], book: RuleBook) -> dict[date, CitywideEvent]:
    days: dict[date, list[Sighted]] = defaultdict(list)
    for one in sightings:
        days[type_day(type_code, one.call.occurred_at).day].append(one)
    found: dict[date, CitywideEvent] = {}
    for day, held in sorted(days.items()):
        places = {one.call.place.sub_district for one in held} - {None}
        spread = Spread(len({one.cell.estate for one in held}), len(places))
        if spread.is_citywide(book.at(held[0].call.occurred_at).detection.citywide):
            found[day] = CitywideEvent(type_code, day, spread, len(held))
    return found


def _event_driven(type_code: TypeCode, call: Call, events: dict[date, CitywideEvent], book: RuleBook) -> bool:
    rule = book.at(call.occurred_at).detection.citywide
    if rule is None or not events:
        return False
    return any(one.day in events for one in covered_by(type_day(type_code, call.occurred_at), rule.lasts_days))


def _raised(cell: Cell, calls: list[Call], book: RuleBook, area_m2: float | None) -> Iterator[Raised]:
    calls.sort(key=lambda call: (call.occurred_at, call.ticket_id))
    moments = [call.occurred_at for call in calls]

    def past(begin: datetime, end: datetime) -> int:
        return bisect_left(moments, end) - bisect_left(moments, begin)

    rest: Sequence[Call] = calls
    while found := first_hot(rest, book, area_m2, past):
        first = found.at - timedelta(days=found.window_days)
        held = [call for call in rest if first < call.occurred_at <= found.at]
        after = [call for call in rest if call.occurred_at > found.at]
        while after and after[0].occurred_at - held[-1].occurred_at <= timedelta(days=book.longest_days):
            held.append(after.pop(0))
        yield Raised(cell, found, len({call.caller_ref for call in held} - {None}), len(held))
        rest = after
