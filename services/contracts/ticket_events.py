"""Events of intake: the facts of a ticket (topic `tickets`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.event import Event, TicketId, TicketNumber, Version

CallerRef = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
TypeCode = Annotated[str, StringConstraints(pattern=r"^((XQ|MJ|SC)[0-9]{2}|OT)$")]
SubDistrictCode = Annotated[str, StringConstraints(pattern=r"^310109[0-9]{3}$")]
DepartmentCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,30}$")]

EMERGENCY_LINES: Final = ("110", "119", "120", "122")
"""Police, fire, ambulance, traffic accidents."""


class Channel(StrEnum):
    """Where the request came from (docs/domain.md §2.5)."""

    PHONE = "phone"
    WEB = "web"
    APP = "app"
    WECHAT = "wechat"
    PHOTO_REPORT = "photo-report"
    POLICE_110 = "police-110"
    FILE = "file"


class Satisfaction(StrEnum):
    """Five grades of the national 好差评 scheme (docs/domain.md §2.5)."""

    VERY_SATISFIED = "very satisfied"
    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically satisfied"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very dissatisfied"


class Urgency(StrEnum):
    """docs/domain.md §2.3."""

    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"


class RequestKind(StrEnum):
    """Beijing law art. 2, and praise, which Shanghai counts too (docs/domain.md §2.1)."""

    ENQUIRY = "enquiry"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    PRAISE = "praise"


EVIDENCE_KINDS = frozenset({RequestKind.HELP, RequestKind.COMPLAINT, RequestKind.REPORT})
"""The kinds that say something is wrong: only they are evidence of concentration (docs/domain.md §2.6)."""


class Place(BaseModel):
    """Where the matter is, as far as the register knows it; never finer than the building."""

    model_config = ConfigDict(frozen=True)

    sub_district: SubDistrictCode | None = None
    estate: str | None = Field(None, description="The estate's id in the register.")
    estate_name: str | None = None
    building: str | None = Field(None, description="The building's number in the estate.")


class StepCause(BaseModel):
    """Why a step was taken: a code, and the values that belong to it."""

    model_config = ConfigDict(frozen=True)

    code: str
    values: dict[str, int | str | tuple[str, ...]] = {}


class ClockLimit(BaseModel):
    """When a running clock of the ticket ends (docs/domain.md §2.2)."""

    model_config = ConfigDict(frozen=True)

    clock: str
    due: AwareDatetime


class TicketEvent(Event):
    """The whole public state of a ticket. Times are event times with zone."""

    ticket_id: TicketId
    number: TicketNumber | None = Field(None, description="Absent in events from before tickets had numbers.")
    state: str
    channel: Channel
    caller_ref: CallerRef | None = Field(
        None, description="Keyed hash of the caller; absent for an anonymous call, which proves no further caller."
    )
    occurred_at: AwareDatetime = Field(description="When the resident turned to us: the time windows count by.")
    received_at: AwareDatetime = Field(description="When intake recorded it.")
    text_version: Version = 1
    type_code: TypeCode | None = None
    kind: RequestKind | None = None
    place: Place | None = None
    urgency: Urgency | None = None
    lead: DepartmentCode | None = None
    co_handlers: tuple[DepartmentCode, ...] = ()
    history: bool | None = Field(
        None, description="Imported from the past: feeds baselines and detection; no dispatch, clock or message."
    )
    continues: TicketId | None = Field(
        None, description="The ticket this one goes on from: its caller said that the cure did not solve the matter."
    )
    merged_into: TicketId | None = Field(
        None, description="The ticket of the same matter this one is linked to; it counts where that one does."
    )
    settle_by: AwareDatetime | None = Field(None, description="End of the settle clock (docs/domain.md §2.2).")
    unit_solved: bool | None = Field(
        None, description="The unit's word; the caller's is another (docs/domain.md §2.4)."
    )
    caller_solved: bool | None = None
    satisfaction: Satisfaction | None = None
    repeat_of: TicketId | None = Field(None, description="An open ticket of the same caller on the same matter.")
    supervised: bool | None = Field(None, description="Somebody above looks after it (督办).")
    redos: int | None = Field(None, ge=0, description="How often the unit had to do it again (重办).")
    emergency: bool | None = None
    restricted: bool | None = Field(None, description="Sensitive: for its lead and the hub alone.")
    about_unit: DepartmentCode | None = Field(
        None, description="The department that is reported, if one is: it never gets the ticket, nor hears of it."
    )
    confidential: bool | None = Field(None, description="The caller stays unnamed to the units; the hub may know.")
    limits: tuple[ClockLimit, ...] | None = Field(
        None, description="The running clocks, the next end first; absent where the step moved none."
    )
    cause: StepCause | None = Field(
        None, description="Why the step was taken, as a code with values; what a person wrote stays in intake."
    )

    @property
    def aggregate_id(self) -> str:
        return self.ticket_id


class TicketReceived(TicketEvent):
    """A ticket was recorded; the caller has been answered 202."""

    type: ClassVar[str] = "ticket.received.v1"


class TicketDispatched(TicketEvent):
    """A lead unit was named by the catalogue (type x place), or by the hub."""

    type: ClassVar[str] = "ticket.dispatched.v1"
    type_code: TypeCode
    lead: DepartmentCode
    taken_from: DepartmentCode | None = Field(None, description="The unit that led until then, if there was one.")


class TicketSentToReview(TicketEvent):
    """The classification was too doubtful to dispatch by; a person decides."""

    type: ClassVar[str] = "ticket.sent_to_review.v1"
    review_reason: str = Field(description="In plain English, or a person's own words.")
    review_code: str | None = Field(None, description="The reason as a code; absent for a person's own words.")
    confidence: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="The classifier's, where it was too low."
    )


class TicketRejected(TicketEvent):
    """Not acceptable, as when it is in court or in petition: explained to the caller, not dispatched."""

    type: ClassVar[str] = "ticket.rejected.v1"


class TicketTransferred(TicketEvent):
    """Danger: handed to an emergency line (110, 119, 120, 122)."""

    type: ClassVar[str] = "ticket.transferred.v1"
    line: Annotated[str, StringConstraints(pattern=f"^({'|'.join(EMERGENCY_LINES)})$")]


class TicketSigned(TicketEvent):
    """The lead unit took it (签收)."""

    type: ClassVar[str] = "ticket.signed.v1"


class TicketContacted(TicketEvent):
    """The lead unit spoke with the caller (先行联系)."""

    type: ClassVar[str] = "ticket.contacted.v1"


class TicketInterimReported(TicketEvent):
    """The lead unit reported its progress (中途汇报)."""

    type: ClassVar[str] = "ticket.interim_reported.v1"


class TicketCoHandlerCalledIn(TicketEvent):
    """One more unit helps (加派)."""

    type: ClassVar[str] = "ticket.co_handler_called_in.v1"
    unit: DepartmentCode


class TicketCoHandlerReported(TicketEvent):
    """A co-handler says what it did for its part (协办反馈); the lead unit goes on being responsible."""

    type: ClassVar[str] = "ticket.co_handler_reported.v1"
    unit: DepartmentCode
    contacted: bool = Field(description="Whether it spoke with the caller.")


class TicketSupervised(TicketEvent):
    """Somebody above looks after it (督办): the lead unit has to report."""

    type: ClassVar[str] = "ticket.supervised.v1"


class TicketRedoOrdered(TicketEvent):
    """The caller was not content with good reason: the unit does it again (重办)."""

    type: ClassVar[str] = "ticket.redo_ordered.v1"


class TicketReclassified(TicketEvent):
    """A person confirmed or corrected what a ticket is: type, kind, place, urgency or units, and said why.

    It outranks whatever a machine reads, and is the classifier's next training data. `confirmed` says that the
    machine's type was right.
    """

    type: ClassVar[str] = "ticket.reclassified.v1"
    type_code: TypeCode
    confirmed: bool


class TicketMerged(TicketEvent):
    """A person linked a ticket to another of the same matter (并单): a link that can be undone, each keeps its caller.

    While it stands, `type_code` and `place` are those of the ticket it is merged into.
    """

    type: ClassVar[str] = "ticket.merged.v1"
    merged_into: TicketId


class TicketUnmerged(TicketEvent):
    """The link was undone: the ticket counts for itself again, with its own type and place."""

    type: ClassVar[str] = "ticket.unmerged.v1"


class TicketSettled(TicketEvent):
    """The lead unit handed in its result with a public answer (办结)."""

    type: ClassVar[str] = "ticket.settled.v1"
    settled_at: AwareDatetime
    unit_solved: bool


class TicketVisited(TicketEvent):
    """The caller was asked, by another role than the handler's (回访)."""

    type: ClassVar[str] = "ticket.visited.v1"
    caller_solved: bool


class TicketArchived(TicketEvent):
    """The ticket has run its course (归档)."""

    type: ClassVar[str] = "ticket.archived.v1"


class TicketFiledAway(TicketEvent):
    """A ticket of the past was classified and put on file; nobody is dispatched."""

    type: ClassVar[str] = "ticket.filed_away.v1"
