"""Events of what estates need (topic `projects`): docs/domain.md §4.2, steps 1 and 3."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.elements import ElementCode
from services.contracts.event import Event, TicketId, deterministic_id
from services.contracts.hot_issue_events import ProjectId
from services.contracts.ticket_events import DepartmentCode, Place
from services.contracts.works_events import Sha256

NeedId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
Reason = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,10}(_[a-z]{1,10}){0,3}$")]


class NeedSourceFact(BaseModel):
    """Where a need comes from; `ref` is the id of the ticket, hot issue, survey or request."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["hot_issue", "ticket", "survey", "committee", "file"]
    ref: NeedId
    at: AwareDatetime


class NeedChanged(Event):
    """An estate needs an element repaired; or a source joined or left; or it was planned, begun, met or refused."""

    type: ClassVar[str] = "need.changed.v1"
    need_id: NeedId
    place: Place
    element: ElementCode | None = Field(None, description="Absent: to be repaired at all.")
    ordinal: int = Field(ge=0, description="Needs of the same estate and element that were closed before.")
    state: Literal["open", "in_plan", "in_project", "met", "refused"]
    lead: DepartmentCode
    sources: tuple[NeedSourceFact, ...]
    opened_at: AwareDatetime
    plan_id: NeedId | None = None
    project_id: ProjectId | None = None
    reason: Reason | None = Field(None, description="Why it was refused, or is open again.")

    @property
    def aggregate_id(self) -> str:
        return self.need_id


class NeedSettled(Event):
    """A plan or a person said what becomes of a need; `tickets` are those of the residents who asked."""

    type: ClassVar[str] = "need.settled.v1"
    need_id: NeedId
    place: Place
    element: ElementCode | None = None
    outcome: Literal["listed", "postponed", "refused"]
    reason: Reason | None = None
    year: int | None = Field(None, ge=2000, le=2200, description="Of the plan that said so.")
    plan_id: NeedId | None = Field(None, description="Absent: a person said so outside a plan.")
    tickets: tuple[TicketId, ...]

    @property
    def aggregate_id(self) -> str:
        return str(deterministic_id("needs", self.need_id, f"{self.type}{self.plan_id or ''}"))


class SurveyFinding(BaseModel):
    """Something that was found: which elements it asks for, in which words, shown by which photographs."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    elements: tuple[ElementCode, ...]
    note: str
    photographs: tuple[Sha256, ...] = ()


class NeedsSurveyed(Event):
    """Somebody looked at an estate and found what it needs. Never changed."""

    type: ClassVar[str] = "needs.surveyed.v1"
    survey_id: NeedId
    place: Place
    lead: DepartmentCode
    role: Literal["bureau", "sub_district", "residents_committee", "owners_committee", "property_firm", "designer"]
    unit: str
    on_site: bool
    made_at: AwareDatetime
    findings: tuple[SurveyFinding, ...]
    actor: str
    at: AwareDatetime

    @property
    def aggregate_id(self) -> str:
        """The surveyor's id may be another's of another kind."""
        return survey_aggregate(self.survey_id)


class NeedsSurveyWithdrawn(Event):
    """A survey was withdrawn, as one made of the wrong estate: it asks for nothing any more."""

    type: ClassVar[str] = "needs.survey_withdrawn.v1"
    survey_id: NeedId
    place: Place
    lead: DepartmentCode
    actor: str
    at: AwareDatetime

    @property
    def aggregate_id(self) -> str:
        return survey_aggregate(self.survey_id)


def survey_aggregate(survey_id: str) -> str:
    return str(deterministic_id("needs", survey_id, NeedsSurveyed.type))
