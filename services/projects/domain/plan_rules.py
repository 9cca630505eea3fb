"""The rules of the yearly plan as data: how estates are ranked, who pays, who decides.

Their values are in data/plan_rules.yaml alone.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, StringConstraints, model_validator

from services.contracts.data_files import DataRow
from services.contracts.districts import sub_districts
from services.contracts.property_kinds import PropertyKindCode
from services.contracts.taxonomy import OFFICE_OF_THE_PLACE
from services.contracts.ticket_events import DepartmentCode, TypeCode

Percent = Annotated[int, Field(ge=0, le=100)]


class RankPart(StrEnum):
    URGENCY = "urgency"
    HEAT = "heat"
    AGE = "age"
    CALLERS = "callers"
    LAST_REPAIR = "last_repair"
    AGREEMENT = "agreement"


class RankRule(DataRow):
    """`weight` points at the value `full` and above; `unknown` is the value where there is none."""

    part: RankPart
    weight: int = Field(ge=0, le=100)
    full: PositiveInt
    unknown: int = Field(0, ge=0)


class Funding(DataRow):
    """Who pays how much of the works of a kind of property, in per cent."""

    property_kind: PropertyKindCode
    city: Percent
    district: Percent
    sub_district: Percent
    owners: Percent

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.city + self.district + self.sub_district + self.owners != 100:
            raise ValueError("the shares must add up to 100")
        return self


class SizeRule(DataRow):
    """Works of this cost and more are decided by this unit."""

    from_fen: int = Field(ge=0)
    decided_by: DepartmentCode | Literal["@office-of-the-place"]


class EmergencyRule(DataRow):
    """`answer_days`: calendar days that the committee has to answer."""

    answer_days: PositiveInt
    kinds: frozenset[Annotated[str, StringConstraints(pattern=r"^[a-z]{1,12}(_[a-z]{1,12})?$")]]


class PlanRules(DataRow):
    version: PositiveInt
    asking_types: frozenset[TypeCode]
    rank: tuple[RankRule, ...]
    funding: tuple[Funding, ...]
    authority: tuple[SizeRule, ...]
    emergency: EmergencyRule

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sorted(one.part for one in self.rank) != sorted(RankPart):
            raise ValueError("rank must have each part once")
        if sum(one.weight for one in self.rank) != 100:
            raise ValueError("the weights of rank must add up to 100")
        if len({one.property_kind for one in self.funding}) != len(self.funding):
            raise ValueError("funding names a kind of property twice")
        if not self.authority or self.authority[0].from_fen != 0:
            raise ValueError("authority must begin at 0")
        if any(below.from_fen >= above.from_fen for below, above in pairwise(self.authority)):
            raise ValueError("authority must rise")
        return self

    def funding_of(self, property_kind: str | None) -> Funding | None:
        """None where the kind is not known, or not in the rules."""
        return next((one for one in self.funding if one.property_kind == property_kind), None)

    def decided_by(self, cost_fen: int, sub_district: str | None) -> str | None:
        """The unit that decides on works of this size there; None if it depends on a place that is not known."""
        unit = next(one.decided_by for one in reversed(self.authority) if one.from_fen <= cost_fen)
        return _unit(unit, sub_district)

    def may_approve(self, cost_fen: int | None, sub_district: str | None) -> frozenset[str]:
        """The units that decide on works of this size or larger there; where the cost is not known, on any works."""
        last = max(number for number, one in enumerate(self.authority) if one.from_fen <= (cost_fen or 0))
        units = (_unit(one.decided_by, sub_district) for one in self.authority[last:])
        return frozenset(unit for unit in units if unit)


def _unit(decided_by: str, sub_district: str | None) -> str | None:
    if decided_by != OFFICE_OF_THE_PLACE:
        return decided_by
    place = sub_districts().get(sub_district or "")
    return place.office if place else None
