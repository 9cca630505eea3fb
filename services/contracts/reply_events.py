"""What a department answers on its own topic (`departments.<code>.replies`); which department it is, the topic says.

A reply is a step of the ticket with the same checks as over HTTP. One that does not fit changes nothing and is answered
with the reason (`department.reply_refused.v1`).
"""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from services.contracts.event import Event, TicketId, TicketNumber, Version
from services.contracts.ticket_events import DepartmentCode

Person = Annotated[str, StringConstraints(pattern=r"^\S{1,100}$")]
Note = Annotated[str, StringConstraints(pattern=r"^[\s\S]{0,1000}$")]
Answer = Annotated[str, StringConstraints(pattern=r"^[\s\S]{0,5000}$")]


class ReplyEvent(Event):
    """`version` is the ticket's version that the department last received; steps of the same department after it are
    no conflict. Text is redacted by intake, and its topic keeps it for a short time only."""

    ticket_id: TicketId
    in_reply_to: UUID | None = Field(None, description="`delivery_id` of the message that is answered.")
    actor: Person = Field(description="Who did it, by an identifier of the department; not a name.")

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


class ReplyRefused(Event):
    """A department's reply did not fit the ticket's state and changed nothing; the department gets the reason.

    A fact of the reply, not of the ticket: `reply_id` is the id of the event that is refused.
    """

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
        return str(self.reply_id)
