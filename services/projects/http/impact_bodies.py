"""The bodies of what people do about the disturbance by works, checked field by field."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from services.projects.app.works.disturb import Announced, ImpactStep
from services.projects.domain.works.impact import BanPeriod, ImpactKind, ImpactPlan, ImpactState
from services.projects.domain.works.rules import Code
from services.projects.http.bodies import Day, Moment
from services.projects.http.works_bodies import Block

NoticeDays = Annotated[int, Field(ge=0, le=60)]
StandingDays = Annotated[int, Field(ge=1, le=1000)]
Blocks = Annotated[list[Block], Field(max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BanBody(_Body):
    """`nights`: without noise in their nights; otherwise all day."""

    first: Day
    last: Day
    reason: Code
    nights: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("last is before first; correct one of them")
        return self


class ImpactPlanBody(_Body):
    """`version` is that of the plan it replaces, 0 for the first. What is left out is as `data/works.yaml` says."""

    version: Annotated[int, Field(ge=0)]
    noise_from: time | None = None
    noise_to: time | None = None
    notice_days: dict[ImpactKind, NoticeDays] = {}
    scaffold_days: StandingDays | None = None
    scaffold_by_block: Annotated[dict[Block, StandingDays], Field(max_length=200)] = {}
    parking_replaced: Annotated[int, Field(ge=0, le=10_000)] = 0
    permit: UUID | None = None
    bans: Annotated[list[BanBody], Field(max_length=50)] = []
    quiet: Blocks = []

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.noise_from and self.noise_to and self.noise_to <= self.noise_from:
            raise ValueError("noise_to is not after noise_from; correct one of them")
        return self

    def plan(self, usual: ImpactPlan) -> ImpactPlan:
        return ImpactPlan(
            {**usual.notice_days, **self.notice_days},
            self.noise_from or usual.noise_from,
            self.noise_to or usual.noise_to,
            self.scaffold_days or usual.scaffold_days,
            tuple(BanPeriod(one.first, one.last, one.reason, one.nights) for one in self.bans),
            str(self.permit) if self.permit else None,
            frozenset(self.quiet),
            self.scaffold_by_block,
            self.parking_replaced,
        )


class ImpactBody(_Body):
    """`id` is the announcer's own. Without `blocks`: the whole estate. `asked`: blocks whose people on the quiet list
    were asked. `rescue`: to save people or property. `happened`: it was begun without an announcement."""

    id: UUID
    kind: ImpactKind
    blocks: Blocks = []
    starts: Moment
    ends: Moment
    asked: Blocks = []
    rescue: bool = False
    happened: bool = False

    def announced(self) -> Announced:
        return Announced(
            str(self.id),
            self.kind,
            frozenset(self.blocks),
            self.starts,
            self.ends,
            frozenset(self.asked),
            self.rescue,
            self.happened,
        )


class ImpactStepBody(_Body):
    """`version`: as it was read. `at`: when it happened; now if it is left out."""

    version: PositiveInt
    to: ImpactState
    at: Moment | None = None

    def step(self) -> ImpactStep:
        return ImpactStep(self.version, self.to, self.at)
