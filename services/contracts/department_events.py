"""What notifier sends to a department on its own topic (`departments.<code>`).

Disturbances and defects by works: `works_notices`.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.case_events import CaseId
from services.contracts.event import Event, HotIssueNumber, ProjectNumber, TicketId, TicketNumber, deterministic_id
from services.contracts.hot_issue_events import DecisionKind, HotIssueId, ProjectId
from services.contracts.standard_events import StandardId
from services.contracts.ticket_events import (
    ClockLimit,
    DepartmentCode,
    Place,
    RequestKind,
    Satisfaction,
    StepCause,
    TypeCode,
    Urgency,
)


class DepartmentEvent(Event):
    """A message to a department. `delivery_id` is stable: a department that gets one twice drops the second."""

    delivery_id: UUID
    department: DepartmentCode


class _TicketGiven(DepartmentEvent):
    """`version` is the ticket's. Text and address are the redacted ones, as kept on `ticket-texts`."""

    ticket_id: TicketId
    number: TicketNumber | None = None
    type_code: TypeCode
    place: Place | None = None
    urgency: Urgency | None = None
    co_handlers: tuple[DepartmentCode, ...] = ()
    occurred_at: AwareDatetime
    received_at: AwareDatetime
    text: str
    address: str | None = None
    kind: RequestKind | None = None
    settle_by: AwareDatetime | None = None
    limits: tuple[ClockLimit, ...] | None = Field(
        None, description="The running clocks as of this step, the next end first."
    )
    cause: StepCause | None = Field(None, description="Why it is given to this unit, as a code with values.")
    emergency: bool | None = None
    restricted: bool | None = Field(None, description="Sensitive: for this department and the hub alone.")
    about_unit: DepartmentCode | None = Field(
        None, description="The department that is reported, if one is: it must not hear of the ticket."
    )
    supervised: bool | None = None
    repeat_of: TicketId | None = Field(None, description="An open ticket of the same caller on the same matter.")
    continues: TicketId | None = Field(None, description="The ticket this one goes on from.")

    @property
    def aggregate_id(self) -> str:
        return self.ticket_id


class TicketAssigned(_TicketGiven):
    """A ticket was dispatched to this department as its lead unit."""

    type: ClassVar[str] = "department.ticket_assigned.v1"


class TicketShared(_TicketGiven):
    """This department helps with a ticket (协办): by the dispatch catalogue, or called in. `lead` is responsible.

    It may answer `reply.contacted.v1` and `reply.interim.v1`; all else is for the lead to do.
    """

    type: ClassVar[str] = "department.ticket_shared.v1"
    lead: DepartmentCode


class TicketNotice(DepartmentEvent):
    """A fact of a ticket that the department has to know. `stage` names it, as in `ticket.clock_breached.v1`.

    Without the text: it came with the TicketAssigned or the TicketShared.
    """

    type: ClassVar[str] = "department.ticket_told.v1"
    ticket_id: TicketId
    number: TicketNumber | None = None
    stage: str
    state: str
    type_code: TypeCode | None = None
    place: Place | None = None
    urgency: Urgency | None = None
    lead: DepartmentCode | None = None
    settle_by: AwareDatetime | None = None
    merged_into: TicketId | None = None
    clock: str | None = Field(None, description="Which clock, if the fact is about one.")
    due: AwareDatetime | None = None
    kind: RequestKind | None = None
    co_handlers: tuple[DepartmentCode, ...] | None = None
    limits: tuple[ClockLimit, ...] | None = Field(
        None, description="The running clocks as of this step, the next end first; absent where it moved none."
    )
    cause: StepCause | None = Field(None, description="Why the step was taken, as a code with values.")
    unit: DepartmentCode | None = Field(None, description="The co-handler, if the fact is about one.")
    returned_by: DepartmentCode | None = None
    line: str | None = Field(None, description="The emergency line that has it now.")
    unit_solved: bool | None = None
    caller_solved: bool | None = None
    satisfaction: Satisfaction | None = None
    supervised: bool | None = None
    redos: int | None = Field(None, ge=0, description="How often the unit had to do it again (重办).")

    @property
    def aggregate_id(self) -> str:
        return self.ticket_id


class DepartmentReplyRefused(DepartmentEvent):
    """A reply to a ticket did not fit and changed nothing: the reason, and the current state.

    `department.reply_refused.v2` says the same of every reply; who reads that drops this one.
    """

    type: ClassVar[str] = "department.reply_refused.v1"
    reply_id: UUID
    ticket_id: TicketId
    number: TicketNumber | None = None
    reply: str
    reason: str
    current_version: int | None = None
    current_state: str | None = None

    @property
    def aggregate_id(self) -> str:
        return str(self.reply_id)


class OfficerUnreached(DepartmentEvent):
    """A way to one of the unit's officers has failed and is not tried for a time. Who it is stands in `GET /officers`.

    The unit gets it, and the hub. It is told by this topic alone, never by such a way.
    """

    type: ClassVar[str] = "department.officer_unreached.v1"
    unit: str = Field(description="The code of a department, or of a supervising party.")
    post: Literal["duty", "leader", "representative"]
    channel: Literal["email", "wecom", "dingtalk", "feishu", "sms"]
    cause: str = Field(description="A code, or what the channel answered.")
    until: AwareDatetime = Field(description="The way is not tried before.")

    @property
    def aggregate_id(self) -> str:
        return str(self.delivery_id)


class HotIssueNotice(DepartmentEvent):
    """A fact of a hot issue that the department has to know. `stage` names it, as in `hot_issue.decided.v1`."""

    type: ClassVar[str] = "department.hot_issue_told.v1"
    hot_issue_id: HotIssueId
    number: HotIssueNumber | None = None
    stage: str
    type_code: TypeCode
    place: Place
    lead: DepartmentCode
    callers: int
    decide_by: AwareDatetime
    decision: DecisionKind | None = None
    verdict: str | None = None
    state: str | None = None
    project_id: ProjectId | None = None
    observe_until: AwareDatetime | None = None
    overdue: bool | None = None
    cause: StepCause | None = Field(None, description="Why the step was taken, as a code with values.")

    @property
    def aggregate_id(self) -> str:
        return self.hot_issue_id


class CaseNotice(DepartmentEvent):
    """A typical case that the department has to know: proposed, a countermeasure that is its task, or late.

    `stage` names the fact, as in `typical_case.measure_changed.v1`.
    """

    type: ClassVar[str] = "department.case_told.v1"
    case_id: CaseId
    stage: str
    type_code: TypeCode
    state: str
    lead: DepartmentCode
    unit: DepartmentCode | None = Field(None, description="Whose countermeasure it is, if the fact is about one.")
    what: str | None = Field(None, description="What the unit does, redacted.")
    due: date | None = Field(None, description="The last day for it.")
    done_on: date | None = None
    overdue: bool | None = None

    @property
    def aggregate_id(self) -> str:
        return self.case_id


class StandardNotice(DepartmentEvent):
    """A standard that the department has to know: issued, to be adopted, late, exempt, checked, to be reviewed.

    `stage` names the fact, as in `rollout.changed.v1`.
    """

    type: ClassVar[str] = "department.standard_told.v1"
    standard_id: StandardId
    stage: str
    state: str
    lead: DepartmentCode
    place: Place | None = Field(None, description="The sub-district, if the fact is about one.")
    check_id: StandardId | None = Field(None, description="The check, if the fact is about one.")
    title: str | None = None
    number: int | None = Field(None, description="Of the version, if the fact is about one.")
    adopt_by: date | None = None
    exempt_until: date | None = None
    clause: str | None = None
    mend_by: date | None = None
    review_on: date | None = None
    retired_on: date | None = Field(None, description="The last day in force.")
    overdue: bool | None = None

    @property
    def aggregate_id(self) -> str:
        """A check and each sub-district's roll-out have versions of their own."""
        if self.check_id:
            return str(deterministic_id("standard check told", self.check_id, self.type))
        if self.place and self.place.sub_district:
            return str(deterministic_id("rollout told", self.standard_id, self.place.sub_district))
        return self.standard_id


class ProjectNotice(DepartmentEvent):
    """A step of a repair project that the department has to know."""

    type: ClassVar[str] = "department.project_told.v1"
    project_id: ProjectId
    number: ProjectNumber | None = None
    state: str
    place: Place
    lead: DepartmentCode
    hot_issues: tuple[HotIssueId, ...] = ()
    previous_state: str | None = None
    planned_start: date | None = None
    planned_end: date | None = None
    started_at: AwareDatetime | None = None
    accepted_at: AwareDatetime | None = None
    resume_to: str | None = Field(None, description="Where a suspended project goes on.")

    @property
    def aggregate_id(self) -> str:
        return self.project_id
