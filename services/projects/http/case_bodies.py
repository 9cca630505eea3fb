"""The bodies of what people do with typical cases, checked field by field."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt

from services.contracts.ticket_events import TypeCode
from services.projects.app.cases.work_on_case import NewCause, NewMeasure
from services.projects.domain.cases.root_causes import RootKind
from services.projects.domain.cases.typical_case import Criterion
from services.projects.http.bodies import Day, Words, known_department


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CaseBody(_Body):
    """A person's proposal: confirmed hot issues of one type."""

    type_code: TypeCode
    hot_issues: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=50)]


class ChoiceBody(_Body):
    """`version` is the case's as it was read. `criteria`: what shows each of them."""

    version: PositiveInt
    criteria: dict[Criterion, Words]


class MeasureBody(_Body):
    """What one unit does, until the end of a day."""

    unit: Annotated[str, AfterValidator(known_department)]
    task: Words
    due: Day


class CauseBody(_Body):
    """`tickets`: complaints of the case's type that show the cause."""

    version: PositiveInt
    kind: RootKind
    finding: Words
    tickets: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=200)]
    measures: Annotated[tuple[MeasureBody, ...], Field(min_length=1, max_length=20)]

    def cause(self) -> NewCause:
        measures = tuple(NewMeasure(one.unit, one.task, one.due) for one in self.measures)
        return NewCause(self.kind, self.finding, tuple(dict.fromkeys(map(str, self.tickets))), measures)


class CaseStepBody(_Body):
    version: PositiveInt


class PilotBody(_Body):
    version: PositiveInt
    project_id: UUID


class ClosingBody(_Body):
    """`reason`: why it is closed without a standard; not needed once one was issued."""

    version: PositiveInt
    reason: Words | None = None
