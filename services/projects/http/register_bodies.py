"""The bodies of what is registered of estates, checked field by field."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    StringConstraints,
    model_validator,
)

from services.contracts.districts import sub_districts
from services.contracts.estate_events import EstateCode, HallwayName
from services.contracts.property_kinds import PropertyKindCode
from services.contracts.redaction import redact
from services.contracts.ticket_events import SubDistrictCode
from services.contracts.writing import plain
from services.projects.domain.estates import EstatePart, Facts
from services.projects.http.works_bodies import Block

MOST_ESTATES = 500
MOST_PARTS = 20_000
BODY_LIMITS = {"/estates/*/parts": 8 * 2**20}

SquareMetres = Annotated[
    Decimal, Field(gt=0, max_digits=10, decimal_places=2, allow_inf_nan=False, description="m², in 0.01 m² at most.")
]


def _hallway(said: object) -> object:
    """2, 2单元 and ２号门 are one hallway."""
    return plain(said).replace(" ", "").upper().rstrip("单元号门楼道") if isinstance(said, str) else said


Hallway = Annotated[HallwayName, BeforeValidator(_hallway)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _known_sub_district(code: str) -> str:
    if code not in sub_districts():
        raise ValueError(f"is no sub-district of the district; known are {', '.join(sorted(sub_districts()))}")
    return code


class EstateBody(_Body):
    """An estate of the district's list; what is left out is not known."""

    id: EstateCode
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60), AfterValidator(redact)]
    sub_district: Annotated[SubDistrictCode, AfterValidator(_known_sub_district)] | None = None
    property_kind: PropertyKindCode | None = None
    built: Annotated[int, Field(ge=1800, le=2200)] | None = None
    floor_area_m2: SquareMetres | None = None
    east: Annotated[float, Field(ge=-180, le=180, description="Degrees of WGS 84.")] | None = None
    north: Annotated[float, Field(ge=-90, le=90)] | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.east is None) != (self.north is None):
            raise ValueError("east and north are given together: give both, or leave both out")
        return self

    def facts(self) -> Facts:
        area = hundredths(self.floor_area_m2) if self.floor_area_m2 is not None else None
        return Facts(self.id, self.name, self.sub_district, self.property_kind, self.built, area, self.east, self.north)


def _each_once(listed: list[EstateBody]) -> list[EstateBody]:
    first: dict[str, int] = {}
    for number, one in enumerate(listed):
        known = first.setdefault(one.id, number)
        if listed[known] != one:
            rows = f"estates.{known} and estates.{number}"
            raise ValueError(f"{rows} are both {one.id}, with different contents: give each estate one row")
    return listed


class EstatesBody(_Body):
    """One row an estate; the same row again is none."""

    estates: Annotated[list[EstateBody], Field(min_length=1, max_length=MOST_ESTATES), AfterValidator(_each_once)]


class RegisteredPartBody(_Body):
    """`owner`: a keyed hash, the same for the same owner; a name is refused."""

    part_id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z一-鿿()./#_-]{1,40}$")]
    block: Block
    hallway: Hallway = ""
    area_m2: SquareMetres
    owner: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]

    def part(self) -> EstatePart:
        return EstatePart(self.part_id, self.block, self.hallway, hundredths(self.area_m2), self.owner)


class PartsBody(_Body):
    """All parts of one estate: those that are left out are taken out of the register."""

    parts: Annotated[list[RegisteredPartBody], Field(min_length=1, max_length=MOST_PARTS)]


class RemovalBody(_Body):
    """`version` is the estate's as it was read."""

    version: PositiveInt


def hundredths(metres: Decimal) -> int:
    return int(metres * 100)
