"""Events of the yearly plan and of emergency use of the maintenance fund (topic `projects`): docs/domain.md §4.2.

A plan and each of its entries is an aggregate of its own. A published plan never changes: the next one supersedes it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.elements import ElementCode
from services.contracts.event import Event, deterministic_id
from services.contracts.hot_issue_events import ProjectId
from services.contracts.need_events import NeedId, Reason
from services.contracts.ticket_events import DepartmentCode, Place

Fen = Annotated[int, Field(ge=0)]
BEGUN = Field((), description="Works that were begun for what an earlier version of the year's plan listed.")
Decision = Literal["listed", "postponed", "refused"]


class PlanPayers(BaseModel):
    """Who pays how much, in fen; it adds up to the cost."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    city: Fen
    district: Fen
    sub_district: Fen
    owners: Fen


class PlanEvent(Event):
    """The public state of one version of a year's plan."""

    plan_id: NeedId
    year: int = Field(ge=2000, le=2200)
    number: int = Field(ge=1, description="Versions of the year's plan count from 1.")
    state: Literal["draft", "published", "superseded"]
    lead: DepartmentCode
    budget_fen: Fen = Field(description="Public money; what owners pay is apart.")
    rules_version: int = Field(ge=1)
    supersedes: NeedId | None = Field(None, description="The version of the same year that was in force before.")
    opened_at: AwareDatetime
    published_at: AwareDatetime | None = None
    actor: str

    @property
    def aggregate_id(self) -> str:
        return self.plan_id


class PlanChanged(PlanEvent):
    """A draft was begun, ranked anew, decided on or given another budget; or a published version was superseded."""

    type: ClassVar[str] = "plan.changed.v1"


class PublishedEntry(BaseModel):
    """What a published plan says of one estate."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    place: Place
    rank: int = Field(ge=0, description="In tenths of a point.")
    decision: Decision
    reason: Reason | None = None
    cost_fen: Fen | None = None
    projects: tuple[ProjectId, ...] = BEGUN


class PlanPublished(PlanEvent):
    """A version of the plan was published. It never changes; it is told what became of each estate that has needs."""

    type: ClassVar[str] = "plan.published.v1"
    entries: tuple[PublishedEntry, ...]


class RankShare(BaseModel):
    """One part of a rank: the value that was found, and the tenths of a point that it gives."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    part: str
    value: int | None = None
    tenths: int = Field(ge=0)


class PlanEntryChanged(Event):
    """An estate with needs in a draft: ranked, or decided on."""

    type: ClassVar[str] = "plan.entry_changed.v1"
    plan_id: NeedId
    place: Place
    property_kind: str | None = Field(None, pattern=r"^[a-z]{1,12}(-[a-z]{1,12})?$")
    rank: int = Field(ge=0, description="In tenths of a point: the sum of its parts.")
    parts: tuple[RankShare, ...]
    needs: tuple[NeedId, ...]
    projects: tuple[ProjectId, ...] = BEGUN
    agreement: int | None = Field(None, ge=0, le=100, description="Per cent of the residents who agree, as reported.")
    cost_fen: Fen | None = None
    payers: PlanPayers | None = None
    decided_by: DepartmentCode | None = Field(None, description="The unit that decides on works of this size.")
    decision: Decision | None = None
    reason: Reason | None = None
    actor: str

    @property
    def aggregate_id(self) -> str:
        return str(deterministic_id("plan entry", self.plan_id, self.place.estate or ""))


class FundUseChanged(Event):
    """The maintenance fund is asked for an emergency: answered, unanswered in time, repaired on behalf, or done."""

    type: ClassVar[str] = "fund_use.changed.v1"
    fund_use_id: NeedId
    place: Place
    lead: DepartmentCode
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,12}(_[a-z]{1,12})?$")]
    element: ElementCode | None = None
    cost_fen: Fen
    safety: bool = Field(description="Use or safety is hit: the bureau may repair on the committee's behalf.")
    state: Literal["asked", "approved", "declined", "unanswered", "on_behalf", "done"]
    asked_at: AwareDatetime
    answer_by: AwareDatetime = Field(description="The end of the days that the committee has.")
    done_on: date | None = None
    actor: str

    @property
    def aggregate_id(self) -> str:
        """The asker's id may be another's of another kind."""
        return str(deterministic_id("fund use", self.fund_use_id, self.type))
