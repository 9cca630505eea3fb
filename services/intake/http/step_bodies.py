"""The bodies of the steps that people take with a ticket, checked field by field."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt

from services.contracts.event import TicketId, TicketNumber
from services.contracts.persons import is_identifier
from services.contracts.ticket_events import DepartmentCode, Place, RequestKind, Satisfaction, TypeCode, Urgency
from services.intake.app.ports import Result
from services.intake.app.review_ticket import Correction
from services.intake.domain.calls import CallResult
from services.intake.domain.dispatched_ticket import NOBODY
from services.intake.http.ticket_bodies import Text


def _identifier(person: str) -> str:
    if not is_identifier(person):
        raise ValueError("is no identifier: give the subject of their token, not a name or a number of theirs")
    return person


MAX_ANSWER = 5_000
MAX_NOTE = 1_000

Note = Annotated[Text, Field(max_length=MAX_NOTE)]
Answer = Annotated[Text, Field(max_length=MAX_ANSWER)]
Person = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_identifier)]
EstateId = Annotated[str, Field(max_length=60, pattern=r"^[a-z][a-z0-9-]*$")]
Building = Annotated[str, Field(min_length=1, max_length=10, pattern=r"^[0-9A-Za-z甲乙丙丁东南西北中号楼座栋幢弄#-]+$")]


class TicketStepBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: StrictInt = Field(description="The ticket's version as you saw it.")

    @property
    def words(self) -> str:
        """What the actor writes with the step; "" if the body has no field for it."""
        return ""


class NoteBody(TicketStepBody):
    """A step of a unit with its note: a record of the talk, a report, a reason."""

    note: Note

    @property
    def words(self) -> str:
        return self.note


class MissedContactBody(TicketStepBody):
    """A call for the first contact that reached nobody."""

    result: Literal[CallResult.NOT_REACHED, CallResult.WRONG_NUMBER]


class AssistBody(NoteBody):
    """A co-handler's part."""

    contacted: StrictBool = Field(False, description="Whether it spoke with the caller.")


class ReasonBody(TicketStepBody):
    """A step of the hub with its reason."""

    reason: Note

    @property
    def words(self) -> str:
        return self.reason


class PlaceBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sub_district: Annotated[str, Field(pattern=r"^310109[0-9]{3}$")] | None = None
    estate: EstateId | None = None
    estate_name: Annotated[Text, Field(max_length=60)] | None = None
    building: Building | None = None


class ReclassificationBody(ReasonBody):
    """What is left out stays as it is; nothing but a reason confirms what was read."""

    type_code: TypeCode | None = None
    kind: RequestKind | None = None
    place: PlaceBody | None = Field(None, description="The whole place: what it does not name is not known.")
    urgency: Urgency | None = None
    about_unit: DepartmentCode | None = Field(
        None, description=f"The department that is reported, if one is: it never gets the ticket. {NOBODY}: none is."
    )

    def correction(self) -> Correction:
        place = Place(**self.place.model_dump()) if self.place else None
        return Correction(self.type_code, self.kind, place, self.urgency, self.about_unit)


class DispatchBody(ReclassificationBody):
    type_code: TypeCode
    lead: DepartmentCode | None = Field(None, description="The catalogue's lead of the type, if left out.")


class LeadBody(ReasonBody):
    lead: DepartmentCode


class UnitBody(ReasonBody):
    unit: DepartmentCode


class AssigneeBody(TicketStepBody):
    person: Person = Field(description="The subject of their token.")


class LineBody(ReasonBody):
    line: Literal["110", "119", "120", "122"]


class MergeBody(ReasonBody):
    into: TicketId | TicketNumber = Field(description="The other ticket, by its id or by its number.")


class SettlementBody(TicketStepBody):
    public_answer: Answer = Field(description="What the caller is answered.")
    unit_solved: StrictBool
    reason: Note | None = Field(None, description="Why not, where it is not solved.")
    handling: Answer | None = Field(None, description="What was done, for the file.")
    matter_true: StrictBool | None = Field(None, description="Whether what the caller reports is so.")
    beyond_duty: StrictBool | None = Field(None, description="Whether it is beyond what the unit may do.")

    def result(self) -> Result:
        return Result(**self.model_dump(exclude={"version"}))


class VisitBody(TicketStepBody):
    caller_solved: StrictBool = Field(description="The caller's own word.")
    satisfaction: Satisfaction | None = None
    note: Note | None = None
    redo: Note | None = Field(None, description="Why the unit has to do it again; without it the ticket is archived.")

    @property
    def words(self) -> str:
        return self.note or ""
