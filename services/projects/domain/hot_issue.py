"""The hot issue: one concentrated problem, from the calls that show it to the proof of its cure (domain.md §10.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.contracts.hot_issue_events import DecisionKind, Heat
from services.contracts.ticket_events import Place
from services.projects.domain.detection import Level
from services.projects.domain.evidence import Cell


class State(StrEnum):
    SUSPECTED = "suspected"
    LAPSED = "lapsed"
    CONFIRMED = "confirmed"
    ASSIGNED = "assigned"
    DECIDED = "decided"
    IN_CURE = "in cure"
    OBSERVING = "observing"
    VERIFIED = "verified"
    NOT_SHOWN = "not shown"
    REOPENED = "reopened"
    EXPLAINED = "explained"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Mapping[State | None, frozenset[State]] = {
    None: frozenset({State.SUSPECTED, State.CONFIRMED}),
    State.SUSPECTED: frozenset({State.CONFIRMED, State.LAPSED}),
    State.LAPSED: frozenset({State.SUSPECTED, State.CONFIRMED}),
    State.CONFIRMED: frozenset({State.ASSIGNED, State.DECIDED, State.EXPLAINED, State.MERGED, State.WITHDRAWN}),
    State.ASSIGNED: frozenset({State.ASSIGNED, State.DECIDED, State.EXPLAINED, State.MERGED, State.WITHDRAWN}),
    State.WITHDRAWN: frozenset({State.SUSPECTED, State.CONFIRMED}),
    State.DECIDED: frozenset({State.IN_CURE, State.REOPENED}),
    State.IN_CURE: frozenset({State.OBSERVING, State.REOPENED}),
    State.OBSERVING: frozenset({State.VERIFIED, State.NOT_SHOWN, State.REOPENED}),
    State.VERIFIED: frozenset({State.REOPENED}),
    State.NOT_SHOWN: frozenset({State.REOPENED}),
    State.REOPENED: frozenset({State.ASSIGNED, State.DECIDED, State.EXPLAINED, State.MERGED}),
    State.EXPLAINED: frozenset(),
    State.MERGED: frozenset(),
}
"""Reopened: the problem is there again after the works, or the project that should cure it was cancelled."""

EARLY = frozenset({State.SUSPECTED, State.LAPSED})
"""An early warning, whatever became of it."""

NO_ISSUE = EARLY | {State.WITHDRAWN}
"""Not, not yet, or no more a problem that somebody must decide on; without members."""

UNDECIDED = frozenset({State.CONFIRMED, State.ASSIGNED, State.REOPENED})
"""Somebody must decide, within the days the rules give."""

OPEN = UNDECIDED | {State.DECIDED, State.IN_CURE, State.OBSERVING}
"""Every further call of the cell becomes a member."""

JUDGED = frozenset({State.VERIFIED, State.NOT_SHOWN})


class IllegalStep(ValueError):
    """The table has no such step from the issue's state."""


class Reason(StrEnum):
    """Why a ticket is a member."""

    WINDOW = "in the window that fulfilled the rule"
    LATER = "later call while the issue is open"
    MERGED = "member of an issue merged into this one"
    BY_HAND = "a person said that it is of this matter"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Who brought the issue into which state when; `version` is the issue's after it."""

    version: int
    at: datetime
    state: State
    actor: str
    detail: str | None = None


class Tally(NamedTuple):
    """What the members of an issue come to."""

    calls: int
    callers: int
    first_at: datetime
    last_at: datetime


@dataclass(slots=True)
class HotIssue:
    """Times named `_at` of calls and of `confirmed_at` are event time, all others business time.

    Every step and every member that joins raises `version` by one, because each is told in an event of its own.
    `counts_from`: only calls after it are evidence, because those before belong to what was closed.
    """

    id: str
    cell: Cell
    ordinal: int
    confirmed_at: datetime
    first_at: datetime
    last_at: datetime
    decide_by: datetime
    counts_from: datetime | None = None
    place: Place = field(default_factory=Place)
    lead: str = ""
    level: Level = Level.SHORT_WINDOW
    rules_version: int = 0
    window_days: int = 0
    window_callers: int = 0
    version: int = 0
    state: State | None = None
    callers: int = 0
    calls: int = 0
    decision: DecisionKind | None = None
    decision_reason: str | None = None
    decided_at: datetime | None = None
    project_id: str | None = None
    merged_into: str | None = None
    holds_others: bool = False
    cure_started_at: datetime | None = None
    accepted_at: datetime | None = None
    observe_until: datetime | None = None
    overdue: bool = False
    reopened_at: datetime | None = None
    before: int | None = None
    after: int | None = None
    verdict: str | None = None
    steps: list[HistoryEntry] = field(default_factory=list)
    last_step: HistoryEntry | None = None
    heat: Heat | None = None

    @property
    def provisional(self) -> bool:
        """Confirmed or assigned for the first time: still what its calls make of it, so that late facts withdraw it."""
        return self.state in (State.CONFIRMED, State.ASSIGNED) and self.reopened_at is None

    def take(self, state: State, at: datetime, actor: str, detail: str | None = None) -> None:
        """One step of the table; raises IllegalStep and changes nothing if it has no such step."""
        if state not in TRANSITIONS[self.state]:
            raise IllegalStep(f"a hot issue that is {self.state or 'new'} cannot become {state}")
        self.state = state
        if state is State.REOPENED:
            self.reopened_at = at
        self._record(at, actor, detail)

    def note(self, at: datetime, actor: str, detail: str) -> None:
        """Something to tell and to remember that is no step."""
        self._record(at, actor, detail)

    def _record(self, at: datetime, actor: str, detail: str | None) -> None:
        assert self.state
        self.version += 1
        self.last_step = HistoryEntry(self.version, at, self.state, actor, detail)
        self.steps.append(self.last_step)

    def forget_decision(self) -> None:
        """Back to where somebody must decide; the history keeps what was decided and what came of it."""
        self.decision = self.decision_reason = self.decided_at = self.project_id = None
        self.cure_started_at = self.accepted_at = self.observe_until = None
        self.before = self.after = self.verdict = None

    def tally(self, members: Tally) -> None:
        self.calls, self.callers, self.first_at, self.last_at = members


def reason_of(occurred_at: datetime, confirmed_at: datetime) -> Reason:
    return Reason.WINDOW if occurred_at <= confirmed_at else Reason.LATER
