"""Complaints about works, as projects attaches them (topic `projects`): docs/domain.md §1.1, §3.4."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime, Field

from services.contracts.event import Event, TicketId, deterministic_id
from services.contracts.hot_issue_events import ProjectId
from services.contracts.ticket_events import TypeCode


class WorksComplaintChanged(Event):
    """A ticket of the estate turned out to be about a project's works, or to be about none after all."""

    type: ClassVar[str] = "works.complaint_changed.v1"
    ticket_id: TicketId
    project_id: ProjectId | None = Field(None, description="Absent: it is about no project any more.")
    type_code: TypeCode
    occurred_at: AwareDatetime
    at: AwareDatetime

    @property
    def aggregate_id(self) -> str:
        return str(deterministic_id("works", self.ticket_id, "works.complaint"))
