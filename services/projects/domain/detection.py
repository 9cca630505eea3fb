"""When the calls of one cell are an early warning or a concentrated problem.

See levels L1 and L2 of docs/domain.md §3.2.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.contracts.event import deterministic_id
from services.contracts.ticket_events import Place
from services.projects.domain.evidence import Cell
from services.projects.domain.rules import Detection, RuleBook
from services.projects.domain.windows import Window


@dataclass(frozen=True, slots=True)
class Call:
    """A ticket that counts in a cell. Without `caller_ref` it proves no caller; one of `history` raises nothing."""

    ticket_id: str
    caller_ref: str | None
    occurred_at: datetime
    history: bool = False
    place: Place = field(default=Place(), compare=False)


class Sighted(NamedTuple):
    """A call and where it counts."""

    cell: Cell
    call: Call


class IssueLevel(StrEnum):
    """The rule that the calls fulfil."""

    EARLY_WARNING = "early warning"
    SHORT_WINDOW = "short window"
    ABOVE_USUAL = "above its usual rate"
    LONG_WINDOW = "long window"


class Fulfilment(NamedTuple):
    """The moment a rule is fulfilled, in event time, and what its window holds."""

    at: datetime
    callers: int
    calls: int
    window_days: int
    level: IssueLevel
    rules_version: int


CountPast = Callable[[datetime, datetime], int]
"""How many calls the cell holds from one moment up to, but without, another."""


def nothing_before(_begin: datetime, _end: datetime) -> int:
    return 0


class _Condition(NamedTuple):
    level: IssueLevel
    window_days: int
    callers: int
    rule: Detection

    def holds(self, callers: int, moment: datetime, past: CountPast) -> bool:
        if callers < self.callers:
            return False
        if self.level is not IssueLevel.ABOVE_USUAL:
            return True
        rule = self.rule.baseline
        assert rule
        end = Window(self.window_days).start(moment)
        usual = past(end - timedelta(days=rule.past_days), end)
        return usual >= rule.least_past_calls and callers >= rule.factor * usual * self.window_days / rule.past_days


def first_hot(
    calls: Iterable[Call], book: RuleBook, area_m2: float | None, past: CountPast = nothing_before
) -> Fulfilment | None:
    """The earliest event time at which the calls are a hot issue (L2); None if there is none.

    A call of that moment must be of the present: an imported past raises nothing by itself. Depends on the
    calls alone, not on the order in which they arrived or are given. Each moment is judged by the edition of its day.
    `area_m2`: the estate's floor area; None where it is not registered.
    """
    return _first(calls, book, lambda rule: _hot_conditions(rule, area_m2), past)


def first_warning(calls: Iterable[Call], book: RuleBook) -> Fulfilment | None:
    """The earliest event time at which the calls are an early warning (L1); None if there is none."""
    return _first(calls, book, _warning_conditions, nothing_before)


def _hot_conditions(rule: Detection, area_m2: float | None) -> Sequence[_Condition]:
    def scaled(callers: int) -> int:
        return rule.floor_area.scaled(callers, area_m2) if rule.floor_area else callers

    found = [_Condition(IssueLevel.SHORT_WINDOW, rule.window_days, scaled(rule.distinct_callers), rule)]
    if rule.baseline:
        found.append(_Condition(IssueLevel.ABOVE_USUAL, rule.window_days, scaled(rule.baseline.least_callers), rule))
    if rule.long_window:
        long = rule.long_window
        found.append(_Condition(IssueLevel.LONG_WINDOW, long.window_days, scaled(long.distinct_callers), rule))
    return found


def _warning_conditions(rule: Detection) -> Sequence[_Condition]:
    early = rule.early_warning
    if early is None:
        return ()
    return [_Condition(IssueLevel.EARLY_WARNING, early.window_days, early.distinct_callers, rule)]


class _Sliding:
    """The calls of the window that ends at the moment last shown, and their callers. Amortised O(1) a call."""

    def __init__(self, days: int) -> None:
        self._window = Window(days)
        self._calls: deque[Call] = deque()
        self._callers: Counter[str] = Counter()

    def show(self, moment: datetime, calls: Sequence[Call]) -> tuple[int, int]:
        """(distinct callers, calls) with the `calls` of this moment."""
        for call in calls:
            self._calls.append(call)
            if call.caller_ref:
                self._callers[call.caller_ref] += 1
        while self._calls[0].occurred_at <= self._window.start(moment):
            left = self._calls.popleft().caller_ref
            if left:
                self._callers[left] -= 1
                if not self._callers[left]:
                    del self._callers[left]
        return len(self._callers), len(self._calls)


def _first(
    calls: Iterable[Call], book: RuleBook, conditions_of: Callable[[Detection], Sequence[_Condition]], past: CountPast
) -> Fulfilment | None:
    moments = _moments(calls)
    for rules, begin, end in book.spans():
        conditions = conditions_of(rules.detection)
        windows = {one.window_days: _Sliding(one.window_days) for one in conditions}
        for moment, at_once in moments:
            if end and moment >= end:
                break
            held = {days: window.show(moment, at_once) for days, window in windows.items()}
            if (begin and moment < begin) or all(call.history for call in at_once):
                continue
            for one in conditions:
                callers, count = held[one.window_days]
                if one.holds(callers, moment, past):
                    return Fulfilment(moment, callers, count, one.window_days, one.level, rules.version)
    return None


def _moments(calls: Iterable[Call]) -> list[tuple[datetime, list[Call]]]:
    """The calls by their event time, the earliest first."""
    by_moment: dict[datetime, list[Call]] = {}
    for call in sorted(calls, key=lambda call: call.occurred_at):
        by_moment.setdefault(call.occurred_at, []).append(call)
    return list(by_moment.items())


def hot_issue_id(cell: Cell, ordinal: int) -> str:
    """Depends on the cell and how many of its issues were closed before, never on members, whose order may vary."""
    return str(deterministic_id("projects", f"{cell.estate}|{cell.type_code}", "hot_issue", ordinal))


def place_of(cell: Cell, calls: Iterable[Call]) -> Place:
    """The cell's estate, with the name and sub-district that its earliest call knows."""
    known = sorted(calls, key=lambda call: (call.occurred_at, call.ticket_id))
    return Place(
        sub_district=next((call.place.sub_district for call in known if call.place.sub_district), None),
        estate=cell.estate,
        estate_name=next((call.place.estate_name for call in known if call.place.estate_name), None),
    )
