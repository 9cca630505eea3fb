"""What other rules would have raised: the difference between two rule books over one history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from services.contracts.ticket_events import TypeCode
from services.projects.domain.detection import Sighted
from services.projects.domain.evidence import Cell
from services.projects.domain.replay import CitywideEvent, Raised, busiest, replay
from services.projects.domain.rules import RuleBook, Rules, book_of


class Changed(NamedTuple):
    """A rule that differs: its name in the file, what it says now and what it would say."""

    rule: str
    now: Any
    then: Any


class Lost(NamedTuple):
    """A problem raised now only. `most_callers`: of any window then; `more_events`: more days are citywide then."""

    raised: Raised
    most_callers: int
    more_events: bool


@dataclass(slots=True)
class RulesDifference:
    """`moved`: raised by both at different times; `names`: of estates, by id."""

    changed: Sequence[Changed]
    tickets: int = 0
    same: list[Raised] = field(default_factory=list)
    moved: list[tuple[Raised, Raised]] = field(default_factory=list)
    gained: list[Raised] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    events_now: list[CitywideEvent] = field(default_factory=list)
    events_then: list[CitywideEvent] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


def compare(
    history: Iterable[tuple[TypeCode, Sequence[Sighted]]],
    areas: Mapping[str, float],
    now: Rules,
    then: Rules,
    begin: datetime,
    end: datetime,
) -> RulesDifference:
    """Both rules over each type's calls. Only what is raised from `begin` up to `end` is listed."""
    books = book_of(now), book_of(then)
    found = RulesDifference(list(_changes("", now.model_dump(mode="json"), then.model_dump(mode="json"))))
    for type_code, sightings in history:
        found.tickets += sum(begin <= one.call.occurred_at < end for one in sightings)
        found.names.update((one.cell.estate, one.call.place.estate_name or one.cell.estate) for one in sightings)
        before, after = (replay(type_code, sightings, book, areas) for book in books)
        within = [[one for one in each.raised if begin <= one.found.at < end] for each in (before, after)]
        for events, each in ((found.events_now, before), (found.events_then, after)):
            events += [event for event in each.events if begin.date() <= event.day <= end.date()]
        days = {event.day for event in after.events} - {event.day for event in before.events}
        _sort_out(found, within[0], within[1], sightings, books[1], bool(days))
    return found


def _sort_out(
    found: RulesDifference,
    before: Sequence[Raised],
    after: Sequence[Raised],
    sightings: Sequence[Sighted],
    then: RuleBook,
    more_events: bool,
) -> None:
    """Within a cell, the first raised now is paired with the first raised then, and so on."""
    pairs: dict[Cell, tuple[list[Raised], list[Raised]]] = defaultdict(lambda: ([], []))
    for which, raised in enumerate((before, after)):
        for one in raised:
            pairs[one.cell][which].append(one)
    for cell, (was, will) in sorted(pairs.items()):
        for one, other in zip(was, will, strict=False):
            if one.found.at == other.found.at:
                found.same.append(other)
            else:
                found.moved.append((one, other))
        found.gained.extend(will[len(was) :])
        for one in was[len(will) :]:
            calls = [each.call for each in sightings if each.cell == cell]
            most = busiest(calls, then.newest.detection.window_days)
            found.lost.append(Lost(one, most, more_events))


def _changes(name: str, now: Any, then: Any) -> Iterator[Changed]:
    if isinstance(now, Mapping) and isinstance(then, Mapping):
        for key in dict.fromkeys([*now, *then]):
            yield from _changes(f"{name}.{key}" if name else key, now.get(key), then.get(key))
    elif now != then and name not in ("version", "effective_from"):
        yield Changed(name, now, then)
