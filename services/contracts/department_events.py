"""What notifier tells a department on its own topic (`departments.<code>`)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.event import Event, TicketId
from services.contracts.hot_issue_events import DecisionKind, HotIssueId, ProjectId
from services.contracts.ticket_events import DepartmentCode, Place, TypeCode, Urgency


class TicketAssigned(Event):
    """A ticket was dispatched to this department as its lead unit.

    `delivery_id` is stable: a department that sees one twice drops the second. `version` is the ticket's.
    Text and address are the redacted ones, as kept on `ticket-texts`.
    """

    type: ClassVar[str] = "department.ticket_assigned.v1"
    delivery_id: UUID
    department: DepartmentCode
    ticket_id: TicketId
    type_code: TypeCode
    place: Place | None = None
    urgency: Urgency | None = None
    co_handlers: tuple[DepartmentCode, ...] = ()
    occurred_at: AwareDatetime
    received_at: AwareDatetime
    text: str
    address: str | None = None

    @property
    def aggregate_id(self) -> str:
        return self.ticket_id


class TicketTold(Event):
    """What a department has to know of a ticket. `stage` is the past-tense fact, as in `ticket.clock_breached.v1`.

    Without the text: it came with the TicketAssigned.
    """

    type: ClassVar[str] = "department.ticket_told.v1"
    delivery_id: UUID
    department: DepartmentCode
    ticket_id: TicketId
    stage: str
    state: str
    type_code: TypeCode | None = None
    place: Place | None = None
    urgency: Urgency | None = None
    lead: DepartmentCode | None = None
    settle_by: AwareDatetime | None = None
    merged_into: TicketId | None = None
    clock: str | None = Field(None, description="Which clock is told of.")
    due: AwareDatetime | None = None

    @property
    def aggregate_id(self) -> str:
        return self.ticket_id


class DepartmentReplyRefused(Event):
    """A reply of the department did not fit and changed nothing: what stands now, and why."""

    type: ClassVar[str] = "department.reply_refused.v1"
    delivery_id: UUID
    department: DepartmentCode
    reply_id: UUID
    ticket_id: TicketId
    reply: str
    reason: str
    current_version: int | None = None
    current_state: str | None = None

    @property
    def aggregate_id(self) -> str:
        return str(self.reply_id)


class HotIssueTold(Event):
    """What a department has to know of a hot issue. `stage` is the past-tense fact, as in `hot_issue.decided.v1`."""

    type: ClassVar[str] = "department.hot_issue_told.v1"
    delivery_id: UUID
    department: DepartmentCode
    hot_issue_id: HotIssueId
    stage: str
    type_code: TypeCode
    place: Place
    lead: DepartmentCode
    callers: int
    decide_by: AwareDatetime
    decision: DecisionKind | None = None
    verdict: str | None = None

    @property
    def aggregate_id(self) -> str:
        return self.hot_issue_id


class ProjectTold(Event):
    """What a department has to know of a repair project."""

    type: ClassVar[str] = "department.project_told.v1"
    delivery_id: UUID
    department: DepartmentCode
    project_id: ProjectId
    state: str
    place: Place
    lead: DepartmentCode
    hot_issues: tuple[HotIssueId, ...] = ()

    @property
    def aggregate_id(self) -> str:
        return self.project_id
