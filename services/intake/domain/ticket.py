"""The ticket (工单) and the steps it may take. One table says all (domain.md §2.1, §10.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.contracts.ticket_events import Channel, Place, Urgency


class State(StrEnum):
    RECEIVED = "received"
    CLASSIFIED = "classified"
    DISPATCHED = "dispatched"
    IN_REVIEW = "in review"
    FILED_AWAY = "filed away"


class Step(StrEnum):
    RECEIVE = "receive"
    CLASSIFY = "classify"
    DISPATCH = "dispatch"
    SEND_TO_REVIEW = "send to review"
    FILE_AWAY = "file away"


STEPS: Mapping[tuple[State | None, Step], State] = {
    (None, Step.RECEIVE): State.RECEIVED,
    (State.RECEIVED, Step.CLASSIFY): State.CLASSIFIED,
    (State.CLASSIFIED, Step.DISPATCH): State.DISPATCHED,
    (State.CLASSIFIED, Step.SEND_TO_REVIEW): State.IN_REVIEW,
    (State.CLASSIFIED, Step.FILE_AWAY): State.FILED_AWAY,
}


class IllegalStep(ValueError):
    """The table has no such step from the ticket's state."""


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

    Every step raises `version` by one and adds a line to `steps`, the history not stored yet. From dispatch on
    there is exactly one lead.
    """

    id: str
    channel: Channel
    caller_ref: str | None
    occurred_at: datetime
    received_at: datetime
    history: bool = False
    text_version: int = 1
    version: int = 0
    state: State | None = None
    type_code: str | None = None
    place: Place | None = None
    urgency: Urgency | None = None
    lead: str | None = None
    co_handlers: tuple[str, ...] = ()
    review_reason: str | None = None
    steps: list[HistoryEntry] = field(default_factory=list)

    def receive(self, actor: str) -> None:
        self._take(Step.RECEIVE, self.received_at, actor)

    def classify(self, at: datetime, actor: str, type_code: str, place: Place, urgency: Urgency, detail: str) -> None:
        self._take(Step.CLASSIFY, at, actor, detail)
        self.type_code, self.place, self.urgency = type_code, place, urgency

    def dispatch(self, at: datetime, actor: str, lead: str, co_handlers: tuple[str, ...]) -> None:
        self._take(Step.DISPATCH, at, actor, lead)
        self.lead, self.co_handlers = lead, co_handlers

    def file_away(self, at: datetime, actor: str) -> None:
        self._take(Step.FILE_AWAY, at, actor)

    def send_to_review(self, at: datetime, actor: str, reason: str) -> None:
        self._take(Step.SEND_TO_REVIEW, at, actor, reason)
        self.review_reason = reason

    def _take(self, step: Step, at: datetime, actor: str, detail: str | None = None) -> None:
        state = STEPS.get((self.state, step))
        if state is None:
            raise IllegalStep(f"a ticket that is {self.state or 'new'} cannot {step}")
        self.state = state
        self.version += 1
        self.steps.append(HistoryEntry(self.version, at, step, state, actor, detail))
