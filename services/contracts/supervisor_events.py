"""Notifier's messages about supervision: to a unit on its topic, to a supervising party on `supervisors.<party>`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.case_events import CaseId
from services.contracts.department_events import DepartmentEvent
from services.contracts.event import Event
from services.contracts.supervision_events import (
    SupervisingParty,
    SupervisionClock,
    SupervisionId,
    SupervisionRating,
    SupervisionReply,
)
from services.contracts.ticket_events import DepartmentCode, SubDistrictCode, TypeCode


class _ClauseGiven(Event):
    """What is told of a clause of a supervising party's opinion. `step` says what happened, `note` why."""

    party: SupervisingParty
    opinion_id: SupervisionId
    topic_id: SupervisionId
    number: int = Field(ge=1, description="Clauses of a topic count from 1.")
    clause: str
    lead: DepartmentCode
    state: str
    step: str
    note: str | None = None
    agreed: bool | None = None
    carried_out_on: date | None = None
    clocks: tuple[SupervisionClock, ...] = ()
    replies: tuple[SupervisionReply, ...] = ()
    ratings: tuple[SupervisionRating, ...] = ()

    @property
    def aggregate_id(self) -> str:
        return self.opinion_id


class SupervisionNotice(_ClauseGiven, DepartmentEvent):
    """A clause was handed over to this department, rated, is soon due or overdue, or was found done or not."""

    type: ClassVar[str] = "department.supervision_told.v1"


class SupervisorNotice(_ClauseGiven):
    """A clause of this party was returned, answered, or is overdue; or more time is asked for."""

    type: ClassVar[str] = "supervisor.supervision_told.v1"
    delivery_id: UUID


class SupervisorCaseNotice(Event):
    """A typical case that the supervising parties have to know: proposed, or its pilot came to no standard in time."""

    type: ClassVar[str] = "supervisor.case_told.v1"
    delivery_id: UUID
    case_id: CaseId
    stage: str
    type_code: TypeCode
    state: str
    lead: DepartmentCode
    estates: int = Field(ge=1)
    sub_districts: tuple[SubDistrictCode, ...]
    proposed_at: AwareDatetime

    @property
    def aggregate_id(self) -> str:
        return self.case_id
