"""Events of a repair project (topic `projects`), docs/domain.md §4.2, §10.2."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field, StringConstraints

from services.contracts.event import Event, ProjectNumber
from services.contracts.hot_issue_events import HotIssueId, ProjectId
from services.contracts.ticket_events import DepartmentCode, Place, SubDistrictCode, TypeCode

ElementCode = Annotated[str, StringConstraints(pattern=r"^E[0-9]{2}$")]


class ProjectEvent(Event):
    """The whole public state of a repair project."""

    project_id: ProjectId
    number: ProjectNumber | None = Field(
        None, description="Absent in events from before there were numbers: made of the id then (ADR 34)."
    )
    state: str
    hot_issues: tuple[HotIssueId, ...]
    place: Place
    estates: tuple[Place, ...] | None = Field(
        None, description="All estates of the works, `place` first; absent where it is the only one."
    )
    lead: DepartmentCode
    elements: tuple[ElementCode, ...] = ()
    floor_area_m2: float | None = Field(None, gt=0, description="Newly started floor area counts by this.")
    planned_start: date | None = None
    planned_end: date | None = None
    started_at: AwareDatetime | None = None
    accepted_at: AwareDatetime | None = None
    opened_at: AwareDatetime | None = None
    resume_to: str | None = Field(None, description="Where a suspended project goes on.")
    responsible: DepartmentCode | None = Field(None, description="Who must remove what stopped the works.")
    review_on: date | None = Field(None, description="The day on which stopped works are looked at again.")
    actor: str | None = Field(None, description="Who took the step.")
    step_at: AwareDatetime | None = None

    @property
    def aggregate_id(self) -> str:
        return self.project_id


class ProjectOpened(ProjectEvent):
    """A repair project was opened, as a rule by the decision on a hot issue."""

    type: ClassVar[str] = "project.opened.v1"


class ProjectAdvanced(ProjectEvent):
    """The project took one step of its table; `previous_state` is where it came from."""

    type: ClassVar[str] = "project.advanced.v1"
    previous_state: str
    note: str | None = None
    joined_hot_issue: HotIssueId | None = Field(None, description="A further hot issue that these works are to cure.")


class ProjectStepReversed(ProjectEvent):
    """A wrong step was taken back: the project is where it was before it, and nothing counts by that step."""

    type: ClassVar[str] = "project.step_reversed.v1"
    reverses: int = Field(ge=1, description="The version of the wrong step.")
    previous_state: str = Field(description="The state that the wrong step had led to.")
    note: str = Field(description="Why it was wrong.")


class ProjectReviewDue(ProjectEvent):
    """The works are still stopped on the day on which they were to be looked at again."""

    type: ClassVar[str] = "project.review_due.v1"


class TypicalCaseProposed(Event):
    """One type of problem is concentrated in several estates at once: worth a case that solves the type.

    See docs/domain.md §3.3, L3.

    A proposal is published again when further issues join it; a person decides whether it is chosen.
    """

    type: ClassVar[str] = "typical_case.proposed.v1"
    case_id: ProjectId
    type_code: TypeCode
    state: str
    lead: DepartmentCode
    hot_issues: tuple[HotIssueId, ...]
    estates: int = Field(ge=1)
    sub_districts: tuple[SubDistrictCode, ...]
    proposed_at: AwareDatetime = Field(description="Event time of the issue that fulfilled the rule.")
    rules_version: int | None = None
    ordinal: int | None = Field(None, ge=0, description="Cases of the type that were closed before; absent: none.")

    @property
    def aggregate_id(self) -> str:
        return self.case_id
