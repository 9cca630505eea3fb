"""What notifier sends to a department on its own topic of works: disturbances and defects."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime, Field

from services.contracts.department_events import DepartmentEvent
from services.contracts.hot_issue_events import ProjectId
from services.contracts.ticket_events import DepartmentCode, Place
from services.contracts.works_events import BlockName, WorksId


class ImpactNotice(DepartmentEvent):
    """A disturbance by works that the department has to know: announced, begun, ended, cancelled, or against a rule."""

    type: ClassVar[str] = "department.impact_told.v1"
    impact_id: WorksId
    project_id: ProjectId
    kind: str
    state: str
    place: Place
    lead: DepartmentCode
    blocks: tuple[BlockName, ...] = Field((), description="None: the whole estate.")
    starts: AwareDatetime
    ends: AwareDatetime
    rescue: bool = False
    begun_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    breaches: tuple[str, ...] = Field((), description="The rules that it broke: codes.")

    @property
    def aggregate_id(self) -> str:
        return self.impact_id


class DefectNotice(DepartmentEvent):
    """A defect of works that the department has to know: opened, or not cured within its clock."""

    type: ClassVar[str] = "department.defect_told.v1"
    defect_id: WorksId
    project_id: ProjectId
    item_id: WorksId
    severity: str
    state: str
    place: Place | None = None
    lead: DepartmentCode | None = None
    ticket_id: str | None = Field(None, description="The complaint that showed it.")
    cure_by: AwareDatetime | None = Field(None, description="The end of the cure clock.")
    overdue: bool | None = None

    @property
    def aggregate_id(self) -> str:
        return self.defect_id
