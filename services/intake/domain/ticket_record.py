"""The record of a ticket (工单), and how a step moves its state and history (docs/domain.md §2.5, §10.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.contracts.ticket_events import Channel, Place, RequestKind, Satisfaction, Urgency
from services.intake.domain.history import TicketHistoryEntry
from services.intake.domain.review import ReviewReason
from services.intake.domain.steps import ASIDE, BACK, CLOCKS, SAME, STEPS, IllegalTicketStep, TicketState, TicketStep


class Extension(StrEnum):
    """Of the settle deadline, once a ticket (docs/domain.md §2.1)."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(slots=True)
class TicketRecord:
    """Facts without the text and the caller's identity, which are kept apart (docs/domain.md §9).

    Every step raises `version` by one and adds an entry to `steps`, the history that is not stored yet. `acted_version`
    is the version of the last step that was not a deadline's: whoever saw that version may act. From dispatch on there
    is exactly one lead. `number` is what people call it by, from receipt on (services/contracts/numbers.py);
    `city_number` is the ticket's number in the city's hotline, `city_by` the city's deadline.
    `came_from` is the state to which a ticket that was taken aside goes back. `about_unit` is the department that is
    reported, where the report is of a department: it never gets the ticket (scope.py). `confidential`: the caller
    wishes to stay unnamed to the units, and the hub alone may know who it is (caller_access.py). `reach` is what the
    caller left to be reached by (reach.py).
    """

    id: str
    channel: Channel
    caller_ref: str | None
    occurred_at: datetime
    received_at: datetime
    history: bool = False
    continues: str | None = None
    text_version: int = 1
    number: str | None = None
    version: int = 0
    acted_version: int = 0
    state: TicketState | None = None
    came_from: TicketState | None = None
    type_code: str | None = None
    kind: RequestKind | None = None
    place: Place | None = None
    urgency: Urgency | None = None
    emergency: bool = False
    restricted: bool = False
    about_unit: str | None = None
    confidential: bool = False
    repeat_of: str | None = None
    lead: str | None = None
    co_handlers: tuple[str, ...] = ()
    assignee: str | None = None
    review_reason: ReviewReason | None = None
    merged_into: str | None = None
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    contacted_at: datetime | None = None
    settle_by: datetime | None = None
    extension: Extension | None = None
    paused_at: datetime | None = None
    supervised: bool = False
    returns: int = 0
    redos: int = 0
    settled_at: datetime | None = None
    settled_by: str | None = None
    unit_solved: bool | None = None
    unreached: int = 0
    visited_at: datetime | None = None
    caller_solved: bool | None = None
    satisfaction: Satisfaction | None = None
    city_number: str | None = None
    city_by: datetime | None = None
    reach: tuple[str, ...] = ()
    steps: list[TicketHistoryEntry] = field(default_factory=list)

    @property
    def sub_district(self) -> str | None:
        return self.place.sub_district if self.place else None

    def refused(self, step: TicketStep, why: str) -> IllegalTicketStep:
        """The error for a step that a guard refuses. If the table has no such step, it says that instead."""
        if (self.state, step) not in STEPS:
            return IllegalTicketStep(step, self.version, self.state)
        return IllegalTicketStep(step, self.version, self.state, why)

    def take(self, step: TicketStep, at: datetime, actor: str, words: str | None = None, **facts: Any) -> None:
        """Takes a step by the table. Raises IllegalTicketStep, and then nothing has changed."""
        target = STEPS.get((self.state, step))
        if target is None:
            raise IllegalTicketStep(step, self.version, self.state)
        before = self.state
        if target == BACK:
            assert self.came_from
            self.state, self.came_from = self.came_from, None
        elif target != SAME:
            self.state = TicketState(target)
        if self.state in ASIDE and before not in ASIDE:
            self.came_from = before
        elif self.state not in ASIDE:
            self.came_from = None
        assert self.state
        self.version += 1
        if step not in CLOCKS:
            self.acted_version = self.version
        self.steps.append(TicketHistoryEntry(self.version, at, step, self.state, actor, words, facts))
