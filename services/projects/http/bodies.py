"""The bodies of the commands on hot issues and repair projects, checked field by field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    StringConstraints,
    model_validator,
)

from services.contracts.departments import departments
from services.contracts.elements import elements
from services.contracts.hot_issue_events import DecisionKind
from services.contracts.redaction import redact
from services.contracts.taxonomy import taxonomy
from services.projects.app.decide import Decision
from services.projects.app.repair import ProjectStep
from services.projects.app.reverse_step import Reversal
from services.projects.domain.works.repair_project import NO_PLAN, Pause, Plan, ProjectState

Codes = TypeVar("Codes", bound=Sequence[str])


def known_elements(codes: Codes) -> Codes:
    if not elements().keys() >= set(codes):
        raise ValueError("holds what stands in no menu: take codes of services/contracts/data/elements.yaml")
    return codes


def known_department(code: str) -> str:
    if code not in departments():
        raise ValueError("is no department: take a code of services/contracts/data/departments.yaml")
    return code


def known_type(code: str) -> str:
    if code not in taxonomy().types:
        raise ValueError("is no type of the taxonomy: take a code of services/contracts/data/taxonomy.csv")
    return code


def _plausible(day: date) -> date:
    if not 2000 <= day.year <= 2200:
        raise ValueError("is not between 2000 and 2200")
    return day


def _plausible_moment(moment: datetime) -> datetime:
    """What lies at the ends of the calendar cannot be stored, or not be read again in another time zone."""
    _plausible(moment.date())
    return moment


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), AfterValidator(redact)]
"""What a person writes; redacted here, before anything keeps, publishes or shows it."""
Day = Annotated[date, AfterValidator(_plausible)]
Moment = Annotated[AwareDatetime, AfterValidator(_plausible_moment)]
FloorArea = Annotated[float, Field(gt=0, le=10_000_000, allow_inf_nan=False, description="m²")]
Department = Annotated[str, AfterValidator(known_department)]
Elements = Annotated[tuple[str, ...], Field(max_length=40), AfterValidator(known_elements)]


class _CommandBody(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlanBody(_CommandBody):
    floor_area_m2: FloorArea | None = None
    elements: Elements | None = None
    planned_start: Day | None = None
    planned_end: Day | None = None

    def plan(self) -> Plan:
        return Plan(self.floor_area_m2, self.elements, self.planned_start, self.planned_end)


class DecisionBody(_CommandBody):
    """`version` is the issue's as it was read. `project_id` joins a project of the estate; else `project` opens one."""

    version: PositiveInt
    kind: DecisionKind
    reason: Words
    merge_into: UUID | None = None
    project_id: UUID | None = None
    project: PlanBody | None = None

    @model_validator(mode="after")
    def _only_what_the_kind_takes(self) -> Self:
        if (self.kind is DecisionKind.MERGE) != (self.merge_into is not None):
            raise ValueError("merge_into belongs to the kind merge, and the kind merge needs it")
        if self.kind is not DecisionKind.PROJECT and (self.project or self.project_id):
            raise ValueError("project and project_id belong to the kind project")
        return self

    def decision(self, actor: str) -> Decision:
        return Decision(
            version=self.version,
            kind=self.kind,
            reason=self.reason,
            actor=actor,
            merge_into=str(self.merge_into) if self.merge_into else None,
            project_id=str(self.project_id) if self.project_id else None,
            plan=self.project.plan() if self.project else NO_PLAN,
        )


class AssignmentBody(_CommandBody):
    """`lead` takes the issue over; without it the department that leads already takes note."""

    version: PositiveInt
    lead: Department | None = None
    note: Words | None = None


class MembershipBody(_CommandBody):
    """Whether a ticket is of the matter; `version` is the issue's as it was read."""

    version: PositiveInt
    ticket_id: UUID
    belongs: bool
    reason: Words


class CureDoneBody(_CommandBody):
    version: PositiveInt
    note: Words | None = None


class ProjectStepBody(PlanBody):
    """`version` is the project's as it was read; what is planned may come with any step.

    `responsible` and `review_on`: of a suspension, the unit that must remove what stops the works, and the day on which
    they are looked at again.
    """

    version: PositiveInt
    to: ProjectState
    note: Words | None = None
    responsible: Department | None = None
    review_on: Day | None = None

    def step(self, actor: str) -> ProjectStep:
        pause = Pause(self.responsible, self.review_on)
        return ProjectStep(self.version, self.to, actor, self.note, self.plan(), pause)


class ReversalBody(_CommandBody):
    """`version` is the project's as it was read; its last step is taken back."""

    version: PositiveInt
    reason: Words

    def reversal(self, actor: str) -> Reversal:
        return Reversal(self.version, actor, self.reason)
