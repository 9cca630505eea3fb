"""What a department answers on its own topic (`departments.<code>.replies`); which department it is, the topic says.

A reply does what a request over HTTP does, with the same checks. Each is answered: `department.reply_taken.v1`, or
`department.reply_refused.v2` with the reason, and then nothing has changed (docs/replies.md).
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, JsonValue, StringConstraints

from services.contracts.department_acts import ActCode
from services.contracts.event import Event, TicketId, TicketNumber, Version
from services.contracts.ticket_events import DepartmentCode

Person = Annotated[str, StringConstraints(pattern=r"^\S{1,100}$")]
Note = Annotated[str, StringConstraints(pattern=r"^[\s\S]{0,1000}$")]
Answer = Annotated[str, StringConstraints(pattern=r"^[\s\S]{0,5000}$")]


class DepartmentReply(Event):
    """What all replies have. Text is redacted by who takes it, and the topic keeps it for a short time only."""

    in_reply_to: UUID | None = Field(
        None, description="`delivery_id` of the message that is answered; the answer to the reply repeats it."
    )
    actor: Person = Field(description="Who did it, by an identifier of the department; not a name.")
    base_version: Version | None = Field(
        None,
        description="The version that the department acts on; refused as a conflict if somebody acted since. Without "
        "it the reply is taken as the ticket stands; an act of projects needs it here or in `body`.",
    )


class ReplyEvent(DepartmentReply):
    """A step of a ticket. `version` is not looked at: a conflict is only found by `base_version`."""

    ticket_id: TicketId

    @property
    def aggregate_id(self) -> str:
        return self.ticket_id


class _ReplyWithText(ReplyEvent):
    text: Note


class TicketSignReplied(ReplyEvent):
    """The department takes the ticket (签收)."""

    type: ClassVar[str] = "reply.signed.v1"


class TicketContactReplied(_ReplyWithText):
    """It spoke with the caller; `text` is the record (先行联系). A co-handler's stops no clock of the lead's."""

    type: ClassVar[str] = "reply.contacted.v1"


class TicketInterimReplied(_ReplyWithText):
    """How far it is (中途汇报); a co-handler, with its part."""

    type: ClassVar[str] = "reply.interim.v1"


class TicketReturnReplied(_ReplyWithText):
    """It is not its duty, and why (退单)."""

    type: ClassVar[str] = "reply.return_requested.v1"


class TicketExtensionReplied(_ReplyWithText):
    """It needs more time, and why (延期)."""

    type: ClassVar[str] = "reply.extension_requested.v1"


class TicketSettlementReplied(ReplyEvent):
    """Its result (办结); `text` is the public answer."""

    type: ClassVar[str] = "reply.settled.v1"
    text: Answer
    unit_solved: bool
    reason: Note | None = Field(None, description="Why not, where it is not solved.")
    handling: Answer | None = None
    matter_true: bool | None = None
    beyond_duty: bool | None = None


class TicketContactMissedReplied(ReplyEvent):
    """The caller was called for the first contact, in vain (联系未果)."""

    type: ClassVar[str] = "reply.contact_missed.v1"
    result: Literal["not reached", "wrong number"]


class TicketAssigneeReplied(ReplyEvent):
    """It gave the ticket to one of its people (指派)."""

    type: ClassVar[str] = "reply.assigned.v1"
    person: Person = Field(description="By an identifier of the department; not a name.")


class ActReplied(DepartmentReply):
    """An act on anything but a ticket: `act` says what, `about` of what, and `body` is that of the act's route.

    `version` is not looked at. What the route's body calls `version` may come as `base_version`.
    """

    type: ClassVar[str] = "reply.acted.v1"
    act: ActCode
    about: dict[str, Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,60}$")]] = Field(
        {}, description="By name, what stands in braces in the act's path."
    )
    body: dict[str, JsonValue] = Field({}, description="What the act's path takes over HTTP; its words are redacted.")

    @property
    def aggregate_id(self) -> str:
        """Of what it is about, the first; the act itself where it is about nothing that exists."""
        return next(iter(self.about.values()), self.act)


class NoticesReadReplied(DepartmentReply):
    """Somebody of the unit has read these notices to its officers (阅知); the chain of each ends."""

    type: ClassVar[str] = "reply.notices_read.v1"
    notice_ids: tuple[UUID, ...] = Field(
        min_length=1, max_length=100, description="From `GET /officer-notices`. All are the unit's, or none is taken."
    )

    @property
    def aggregate_id(self) -> str:
        return str(self.notice_ids[0])


class ReplyRefused(Event):
    """A reply to a ticket was refused: `reply.answered.v1` for who reads department.reply_refused.v1."""

    type: ClassVar[str] = "reply.refused.v1"
    reply_id: UUID
    department: DepartmentCode
    ticket_id: TicketId
    number: TicketNumber | None = None
    reply: str = Field(description="The type of the reply.")
    reason: str
    current_version: Version | None = None
    current_state: str | None = None

    @property
    def aggregate_id(self) -> str:
        """With the department: its ids are its own, and another may have used the same."""
        return f"{self.department}:{self.reply_id}:refused"
