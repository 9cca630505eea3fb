"""The hot issue: one concentrated problem, from the calls that show it to the proof of its cure.

See docs/domain.md §10.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.contracts.effect import JudgedEffect
from services.contracts.hot_issue_events import DecisionKind, Effect, Heat
from services.contracts.ticket_events import Place
from services.projects.domain.causes import Cause
from services.projects.domain.detection import IssueLevel
from services.projects.domain.evidence import Cell


class IssueState(StrEnum):
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


TRANSITIONS: Mapping[IssueState | None, frozenset[IssueState]] = {
    None: frozenset({IssueState.SUSPECTED, IssueState.CONFIRMED}),
    IssueState.SUSPECTED: frozenset({IssueState.CONFIRMED, IssueState.LAPSED}),
    IssueState.LAPSED: frozenset({IssueState.SUSPECTED, IssueState.CONFIRMED}),
    IssueState.CONFIRMED: frozenset(
        {IssueState.ASSIGNED, IssueState.DECIDED, IssueState.EXPLAINED, IssueState.MERGED, IssueState.WITHDRAWN}
    ),
    IssueState.ASSIGNED: frozenset(
        {IssueState.ASSIGNED, IssueState.DECIDED, IssueState.EXPLAINED, IssueState.MERGED, IssueState.WITHDRAWN}
    ),
    IssueState.WITHDRAWN: frozenset({IssueState.SUSPECTED, IssueState.CONFIRMED}),
    IssueState.DECIDED: frozenset({IssueState.IN_CURE, IssueState.REOPENED}),
    IssueState.IN_CURE: frozenset({IssueState.OBSERVING, IssueState.REOPENED}),
    IssueState.OBSERVING: frozenset({IssueState.VERIFIED, IssueState.NOT_SHOWN, IssueState.REOPENED}),
    IssueState.VERIFIED: frozenset({IssueState.REOPENED}),
    IssueState.NOT_SHOWN: frozenset({IssueState.REOPENED}),
    IssueState.REOPENED: frozenset({IssueState.ASSIGNED, IssueState.DECIDED, IssueState.EXPLAINED, IssueState.MERGED}),
    IssueState.EXPLAINED: frozenset(),
    IssueState.MERGED: frozenset(),
}
"""Reopened: the problem is there again after the works, or the project that should cure it was cancelled."""

EARLY = frozenset({IssueState.SUSPECTED, IssueState.LAPSED})
"""An early warning, whatever became of it."""

NO_ISSUE = EARLY | {IssueState.WITHDRAWN}
"""Nothing that somebody must decide on: not yet, or no longer. Has no members."""

UNDECIDED = frozenset({IssueState.CONFIRMED, IssueState.ASSIGNED, IssueState.REOPENED})
"""Somebody must decide, within the days the rules give."""

OPEN = UNDECIDED | {IssueState.DECIDED, IssueState.IN_CURE, IssueState.OBSERVING}
"""Every further call of the cell becomes a member."""

JUDGED = frozenset({IssueState.VERIFIED, IssueState.NOT_SHOWN})


class IllegalIssueStep(ValueError):
    """The table has no such step from the issue's state."""


class Reason(StrEnum):
    """Why a ticket is a member."""

    WINDOW = "in the window that fulfilled the rule"
    LATER = "later call while the issue is open"
    MERGED = "member of an issue merged into this one"
    BY_HAND = "a person said that it is of this matter"


@dataclass(frozen=True, slots=True)
class HotIssueEntry:
    """Who brought the issue into which state when and why; `version` is the issue's after it.

    `note` is what the person said.
    """

    version: int
    at: datetime
    state: IssueState
    actor: str
    cause: Cause | None = None
    note: str | None = None


class Tally(NamedTuple):
    """The members of an issue, counted."""

    calls: int
    callers: int
    first_at: datetime
    last_at: datetime


@dataclass(slots=True)
class HotIssue:
    """Times named `_at` of calls and of `confirmed_at` are event time, all others business time.

    Every step and every member that joins raises `version` by one, because each has an event of its own.
    `decide_from`: when the days to decide began, as long as not all holidays up to `decide_by` are announced.
    `counts_from`: only calls after it are evidence, because those before belong to what was closed.
    `judged`: what the last look showed. `effect`: what was found before there were controls, and `verdict` before that,
    in words (ADR 48).
    """

    id: str
    number: str
    cell: Cell
    ordinal: int
    confirmed_at: datetime
    first_at: datetime
    last_at: datetime
    decide_by: datetime
    decide_from: datetime | None = None
    counts_from: datetime | None = None
    place: Place = field(default_factory=Place)
    lead: str = ""
    level: IssueLevel = IssueLevel.SHORT_WINDOW
    rules_version: int = 0
    window_days: int = 0
    window_callers: int = 0
    version: int = 0
    state: IssueState | None = None
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
    judged: JudgedEffect | None = None
    effect: Effect | None = None
    verdict: str | None = None
    steps: list[HotIssueEntry] = field(default_factory=list)
    last_step: HotIssueEntry | None = None
    heat: Heat | None = None

    @property
    def provisional(self) -> bool:
        """Confirmed or assigned for the first time: late facts may still move or withdraw it."""
        return self.state in (IssueState.CONFIRMED, IssueState.ASSIGNED) and self.reopened_at is None

    def take(
        self, state: IssueState, at: datetime, actor: str, cause: Cause | None = None, note: str | None = None
    ) -> None:
        """One step of the table; raises IllegalIssueStep and changes nothing if it has no such step."""
        if state not in TRANSITIONS[self.state]:
            raise IllegalIssueStep(f"a hot issue that is {self.state or 'new'} cannot become {state}")
        self.state = state
        if state is IssueState.REOPENED:
            self.reopened_at = at
        self._record(at, actor, cause, note)

    def take_back(self, state: IssueState, at: datetime, actor: str, cause: Cause, note: str) -> None:
        """Goes back to `state`, because the step of its project that led here was wrong."""
        self.state = state
        self.accepted_at = self.observe_until = None
        self.before = self.after = self.judged = None
        if state is IssueState.DECIDED:
            self.cure_started_at = None
        self._record(at, actor, cause, note)

    def remark(self, at: datetime, actor: str, cause: Cause | None, note: str | None = None) -> None:
        """Adds a line to the history that is no step."""
        self._record(at, actor, cause, note)

    def _record(self, at: datetime, actor: str, cause: Cause | None, note: str | None) -> None:
        assert self.state
        self.version += 1
        self.last_step = HotIssueEntry(self.version, at, self.state, actor, cause, note)
        self.steps.append(self.last_step)

    def forget_decision(self) -> None:
        """Clears the decision and what followed from it; the history keeps both."""
        self.decision = self.decision_reason = self.decided_at = self.project_id = None
        self.cure_started_at = self.accepted_at = self.observe_until = None
        self.before = self.after = self.judged = self.effect = self.verdict = None

    def tally(self, members: Tally) -> None:
        self.calls, self.callers, self.first_at, self.last_at = members


def reason_of(occurred_at: datetime, confirmed_at: datetime) -> Reason:
    return Reason.WINDOW if occurred_at <= confirmed_at else Reason.LATER
