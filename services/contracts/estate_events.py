"""Events of the register of estates (topic `estates`): docs/domain.md §4.2. None names an owner."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.event import Event
from services.contracts.ticket_events import SubDistrictCode
from services.contracts.works_events import BlockName

EstateCode = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,40}$"),
    Field(description="The estate's id in the register."),
]
Hundredths = Annotated[int, Field(gt=0, description="In 0.01 m².")]


HallwayName = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-Za-z甲乙丙丁东西南北-]{0,10}$"),
    Field(description="A hallway of a block, as 2 or 3A, without 单元 or 号门; empty where the block has one."),
]


class RegisteredBlock(BaseModel):
    """A block as its parts make it: its hallways, how many parts, their area."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    block: BlockName
    hallways: tuple[HallwayName, ...]
    parts: int = Field(ge=1)
    area: Hundredths


class EstateRegistered(Event):
    """An estate was registered, or what is registered of it changed; never published again without a change."""

    type: ClassVar[str] = "estate.registered.v1"
    estate_id: EstateCode
    estate_name: str
    sub_district: SubDistrictCode | None = None
    property_kind: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,12}(-[a-z]{1,12})?$")] | None = Field(
        None, description="A code of property_kinds.yaml."
    )
    built: int | None = Field(None, ge=1800, le=2200, description="The year.")
    floor_area: Hundredths | None = None
    east: float | None = Field(None, ge=-180, le=180, description="Degrees of WGS 84; with `north`, or neither.")
    north: float | None = Field(None, ge=-90, le=90)
    blocks: tuple[RegisteredBlock, ...] = Field((), description="By block; empty until its parts are known.")

    @property
    def aggregate_id(self) -> str:
        return self.estate_id


class EstateRemoved(Event):
    """An estate is in the register no more; should it be registered again, its versions go on."""

    type: ClassVar[str] = "estate.removed.v1"
    estate_id: EstateCode

    @property
    def aggregate_id(self) -> str:
        return self.estate_id
