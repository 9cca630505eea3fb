"""The ticket (工单) and the steps it may take. One table says all (domain.md §2.1, §10.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.contracts.ticket_events import Channel, Place, Satisfaction, Urgency


class State(StrEnum):
    RECEIVED = "received"
    CLASSIFIED = "classified"
    DISPATCHED = "dispatched"
    IN_REVIEW = "in review"
    FILED_AWAY = "filed away"
    SETTLED = "settled"
    VISITED = "visited"
    ARCHIVED = "archived"


class Step(StrEnum):
    RECEIVE = "receive"
    CLASSIFY = "classify"
    DISPATCH = "dispatch"
    SEND_TO_REVIEW = "send to review"
    FILE_AWAY = "file away"
    BREACH = "breach"
    SETTLE = "settle"
    VISIT = "visit"
    ARCHIVE = "archive"


STEPS: Mapping[tuple[State | None, Step], State] = {
    (None, Step.RECEIVE): State.RECEIVED,
    (State.RECEIVED, Step.CLASSIFY): State.CLASSIFIED,
    (State.CLASSIFIED, Step.DISPATCH): State.DISPATCHED,
    (State.CLASSIFIED, Step.SEND_TO_REVIEW): State.IN_REVIEW,
    (State.CLASSIFIED, Step.FILE_AWAY): State.FILED_AWAY,
    (State.IN_REVIEW, Step.DISPATCH): State.DISPATCHED,
    (State.DISPATCHED, Step.BREACH): State.DISPATCHED,
    (State.DISPATCHED, Step.SETTLE): State.SETTLED,
    (State.SETTLED, Step.VISIT): State.VISITED,
    (State.VISITED, Step.ARCHIVE): State.ARCHIVED,
}


class IllegalStep(ValueError):
    """The table has no such step from the ticket's state."""

    def __init__(self, step: Step, version: int, state: State | None) -> None:
        super().__init__(f"a ticket that is {state or 'new'} cannot {step}")
        self.version = version
        self.state = state


class NotIndependent(ValueError):
    """Who handled a ticket does not ask its caller how it went (domain.md §10.1)."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Who took which step when; `version` is the ticket's after it."""

    version: int
    at: datetime
    step: Step
    state: State
    actor: str
    detail: str | None = None


@dataclass(slots=True)
class Ticket:
    """Facts without text and without the caller's identity; both are kept apart (domain.md §9).

    Every step adds a line to `steps`, the history not stored yet, and raises `version` by one; a breach of the settle
    clock does not, because it changes nothing for whoever is about to act. From dispatch on there is exactly one lead.
    """

    id: str
    channel: Channel
    caller_ref: str | None
    occurred_at: datetime
    received_at: datetime
    history: bool = False
    continues: str | None = None
    text_version: int = 1
    version: int = 0
    state: State | None = None
    type_code: str | None = None
    place: Place | None = None
    urgency: Urgency | None = None
    lead: str | None = None
    co_handlers: tuple[str, ...] = ()
    review_reason: str | None = None
    settle_by: datetime | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    unit_solved: bool | None = None
    visited_at: datetime | None = None
    caller_solved: bool | None = None
    satisfaction: Satisfaction | None = None
    steps: list[HistoryEntry] = field(default_factory=list)

    def receive(self, actor: str) -> None:
        self._take(Step.RECEIVE, self.received_at, actor)

    def classify(self, at: datetime, actor: str, type_code: str, place: Place, urgency: Urgency, detail: str) -> None:
        self._take(Step.CLASSIFY, at, actor, detail)
        self.type_code, self.place, self.urgency = type_code, place, urgency

    def dispatch(
        self, at: datetime, actor: str, lead: str, co_handlers: tuple[str, ...], settle_by: datetime, detail: str
    ) -> None:
        """The settle clock starts here, so that no later quarrel stops it (domain.md §2.2)."""
        self._take(Step.DISPATCH, at, actor, detail)
        self.lead, self.co_handlers, self.settle_by = lead, co_handlers, settle_by
        self.review_reason = None

    def file_away(self, at: datetime, actor: str) -> None:
        self._take(Step.FILE_AWAY, at, actor)

    def send_to_review(self, at: datetime, actor: str, reason: str) -> None:
        self._take(Step.SEND_TO_REVIEW, at, actor, reason)
        self.review_reason = reason

    def breach(self, at: datetime, actor: str, detail: str) -> None:
        self._take(Step.BREACH, at, actor, detail)

    def settle(self, at: datetime, actor: str, unit_solved: bool, detail: str) -> None:
        self._take(Step.SETTLE, at, actor, detail)
        self.settled_at, self.settled_by, self.unit_solved = at, actor, unit_solved

    @property
    def on_time(self) -> bool:
        """Whether it was settled before its clock ended."""
        return self.settled_at is not None and self.settle_by is not None and self.settled_at <= self.settle_by

    def visit(
        self, at: datetime, actor: str, caller_solved: bool, satisfaction: Satisfaction | None, detail: str
    ) -> None:
        """Raises NotIndependent if the actor settled the ticket."""
        if self.state is State.SETTLED and actor == self.settled_by:
            raise NotIndependent(f"{actor} settled the ticket and cannot ask its caller")
        self._take(Step.VISIT, at, actor, detail)
        self.visited_at, self.caller_solved, self.satisfaction = at, caller_solved, satisfaction

    def archive(self, at: datetime, actor: str) -> None:
        self._take(Step.ARCHIVE, at, actor)

    def _take(self, step: Step, at: datetime, actor: str, detail: str | None = None) -> None:
        state = STEPS.get((self.state, step))
        if state is None:
            raise IllegalStep(step, self.version, self.state)
        self.state = state
        self.version += step is not Step.BREACH
        self.steps.append(HistoryEntry(self.version, at, step, state, actor, detail))
