"""Events of visits before a warranty ends (topic `projects`): docs/domain.md §4.2."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from services.contracts.ticket_events import DepartmentCode, Place
from services.contracts.works_events import BlockName, Sha256, WorksEvent, WorksId


class VisitMade(BaseModel):
    """One visit, and what came of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    visit_id: WorksId = Field(description="The visitor's own.")
    on: date
    result: str
    by: str
    again_on: date | None = Field(None, description="When somebody comes again, where nobody was at home.")
    defect_id: WorksId | None = Field(None, description="The defect that it opened.")
    photographs: tuple[Sha256, ...] = ()


class WorksWarrantyVisited(WorksEvent):
    """Residents of a block were visited before its warranties end, or the day for that went by. All visits so far."""

    type: ClassVar[str] = "works.warranty_visited.v1"
    round_id: WorksId
    block: BlockName | None = Field(None, description="Absent: the grounds of the estate.")
    ends: date = Field(description="The last day of the warranties.")
    visits: tuple[VisitMade, ...] = ()
    overdue: bool = False
    lead: DepartmentCode
    place: Place

    @property
    def aggregate_id(self) -> str:
        return self.round_id
