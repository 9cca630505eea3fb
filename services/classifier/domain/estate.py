"""A residential estate, as the district's register lists it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.contracts.property_kinds import PropertyKindCode
from services.contracts.ticket_events import SubDistrictCode

EstateId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
Name = Annotated[str, StringConstraints(min_length=2, max_length=60)]


class Estate(BaseModel):
    """One residential estate. Every name of it, with its addresses (`lanes`: 凉城路1201弄), may stand in a text.

    `lng` and `lat` are WGS84 degrees; `raw_lng`, `raw_lat` and `raw_crs` what the district's file said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: EstateId
    name: Name
    sub_district: SubDistrictCode | None = None
    committee: str | None = None
    aliases: tuple[Name, ...] = ()
    lanes: tuple[str, ...] = ()
    lng: float | None = None
    lat: float | None = None
    raw_lng: float | None = None
    raw_lat: float | None = None
    raw_crs: str | None = None
    built: int | None = None
    floor_area_m2: float | None = None
    property_co: str | None = None
    property_kind: PropertyKindCode | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)
