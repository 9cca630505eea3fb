"""Events of disturbance by works (topic `projects`): what was promised, and each disturbance (docs/domain.md §4.5)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.event import deterministic_id
from services.contracts.ticket_events import DepartmentCode, Place
from services.contracts.works_events import BlockName, WorksEvent, WorksId

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
BanReason = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]

IMPACT_KINDS: Final = ("water_cut", "power_cut", "gas_cut", "noise", "scaffold", "parking_closed", "path_closed")


class NoiseBan(BaseModel):
    """Days, `last` included, without noise; `nights`: without noise in their nights."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    first: date
    last: date
    reason: BanReason
    nights: bool = False


class WorksImpactsPlanned(WorksEvent):
    """How a project will disturb its residents least; the whole plan, in place of the one before."""

    type: ClassVar[str] = "works.impacts_planned.v1"
    noise_from: TimeOfDay
    noise_to: TimeOfDay
    notice_days: dict[str, int] = Field(description="By kind: whole days from the announcement to the beginning.")
    scaffold_days: int = Field(ge=1)
    scaffold_by_block: dict[str, int] = Field({}, description="Blocks for which another time was promised.")
    parking_replaced: int = Field(0, ge=0, description="Parking spaces found elsewhere.")
    permit: WorksId | None = Field(None, description="The paper that permits work at night.")
    bans: tuple[NoiseBan, ...] = ()
    quiet: tuple[BlockName, ...] = Field((), description="Blocks with people who need quiet. Never who they are.")

    @property
    def aggregate_id(self) -> str:
        return str(deterministic_id("works", self.project_id, "works.impacts_planned"))


class WorksImpactChanged(WorksEvent):
    """A disturbance was announced, began, ended or was cancelled; or it was reported after it had happened."""

    type: ClassVar[str] = "works.impact_changed.v1"
    impact_id: WorksId
    kind: str
    state: str
    lead: DepartmentCode
    place: Place
    blocks: tuple[BlockName, ...] = Field((), description="None: the whole estate.")
    announced_at: AwareDatetime
    starts: AwareDatetime = Field(description="As announced.")
    ends: AwareDatetime = Field(description="As announced.")
    asked: tuple[BlockName, ...] = Field((), description="Blocks whose people on the quiet list were asked.")
    rescue: bool = False
    begun_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    breaches: tuple[str, ...] = Field((), description="The rules that it broke: codes.")

    @property
    def aggregate_id(self) -> str:
        return self.impact_id
