"""The bodies of the steps that people take with a ticket, checked field by field."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from services.contracts.event import TicketId
from services.contracts.ticket_events import DepartmentCode, Place, RequestKind, Satisfaction, TypeCode, Urgency
from services.intake.adapters.requests import Text
from services.intake.app.ports import Result
from services.intake.app.review import Correction

MAX_ANSWER = 5_000
MAX_NOTE = 1_000

Note = Annotated[Text, Field(max_length=MAX_NOTE)]
Answer = Annotated[Text, Field(max_length=MAX_ANSWER)]
Person = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S+$")]


class StepBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: StrictInt = Field(description="The ticket's version as you saw it.")


class NoteBody(StepBody):
    """A unit's step: the record of a talk, a report, why a return or more time is asked for."""

    note: Note


class ReasonBody(StepBody):
    """The hub's step, and why it is taken."""

    reason: Note


class PlaceBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sub_district: Annotated[str, Field(pattern=r"^310109[0-9]{3}$")] | None = None
    estate: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    estate_name: Annotated[Text, Field(max_length=60)] | None = None
    building: Annotated[str, Field(min_length=1, max_length=10)] | None = None


class ReclassificationBody(ReasonBody):
    """What is left out stays as it is; nothing but a reason confirms what was read."""

    type_code: TypeCode | None = None
    kind: RequestKind | None = None
    place: PlaceBody | None = Field(None, description="The whole place: what it does not name is not known.")
    urgency: Urgency | None = None

    def correction(self) -> Correction:
        place = Place(**self.place.model_dump()) if self.place else None
        return Correction(self.type_code, self.kind, place, self.urgency)


class DispatchBody(ReclassificationBody):
    type_code: TypeCode
    lead: DepartmentCode | None = Field(None, description="The catalogue's lead of the type, if left out.")


class LeadBody(ReasonBody):
    lead: DepartmentCode


class UnitBody(ReasonBody):
    unit: DepartmentCode


class AssigneeBody(StepBody):
    person: Person = Field(description="The subject of their token.")


class LineBody(ReasonBody):
    line: Literal["110", "119", "120", "122"]


class MergeBody(ReasonBody):
    into: TicketId


class SettlementBody(StepBody):
    public_answer: Answer = Field(description="What the caller is told.")
    unit_solved: StrictBool
    reason: Note | None = Field(None, description="Why not, where it is not solved.")
    handling: Answer | None = Field(None, description="What was done, for the file.")
    matter_true: StrictBool | None = Field(None, description="Whether what the caller reports is so.")
    beyond_duty: StrictBool | None = Field(None, description="Whether it is beyond what the unit may do.")

    def result(self) -> Result:
        return Result(**self.model_dump(exclude={"version"}))


class VisitBody(StepBody):
    caller_solved: StrictBool = Field(description="The caller's own word.")
    satisfaction: Satisfaction | None = None
    note: Note | None = None
    redo: Note | None = Field(None, description="Why the unit has to do it again; without it the ticket is archived.")
