"""When the calls of one cell are a concentrated problem (level L2 of domain.md §3.2)."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.contracts.event import deterministic_id
from services.contracts.ticket_events import Place
from services.projects.domain.evidence import Cell
from services.projects.domain.rules import Detection
from services.projects.domain.windows import Window


@dataclass(frozen=True, slots=True)
class Call:
    """A ticket that counts in a cell. Anonymous (no `caller_ref`), it proves no caller; of the past, it opens none."""

    ticket_id: str
    caller_ref: str | None
    occurred_at: datetime
    history: bool = False
    place: Place = field(default=Place(), compare=False)


class Sighted(NamedTuple):
    """A call and where it counts."""

    cell: Cell
    call: Call


class Fulfilment(NamedTuple):
    """The moment the rule is fulfilled, in event time, and how many distinct callers its window holds."""

    at: datetime
    callers: int


def first_fulfilled(calls: Iterable[Call], rule: Detection) -> Fulfilment | None:
    """The earliest event time at which the window that ends there holds enough distinct callers; None if there is none.

    A call of that moment must be of the present: a past that is imported opens nothing by itself. Depends on the
    calls alone, not on the order in which they arrived or are given. Costs O(n log n).
    """
    window = Window(rule.window_days)
    inside: deque[Call] = deque()
    callers: Counter[str] = Counter()
    waiting = deque(sorted(calls, key=lambda call: call.occurred_at))
    while waiting:
        moment, present = waiting[0].occurred_at, False
        while waiting and waiting[0].occurred_at == moment:
            call = waiting.popleft()
            present |= not call.history
            inside.append(call)
            if call.caller_ref:
                callers[call.caller_ref] += 1
        while inside[0].occurred_at <= window.start(moment):
            left = inside.popleft().caller_ref
            if left:
                callers[left] -= 1
                if not callers[left]:
                    del callers[left]
        if present and len(callers) >= rule.distinct_callers:
            return Fulfilment(moment, len(callers))
    return None


def hot_issue_id(cell: Cell, ordinal: int) -> str:
    """Of the key and how many issues of it were closed before; never of members, which depend on arrival."""
    return str(deterministic_id("projects", f"{cell.estate}|{cell.type_code}", "hot_issue", ordinal))


def place_of(cell: Cell, calls: Iterable[Call]) -> Place:
    """The cell's estate, with the name and sub-district that its earliest call knows."""
    known = sorted(calls, key=lambda call: (call.occurred_at, call.ticket_id))
    return Place(
        sub_district=next((call.place.sub_district for call in known if call.place.sub_district), None),
        estate=cell.estate,
        estate_name=next((call.place.estate_name for call in known if call.place.estate_name), None),
    )
