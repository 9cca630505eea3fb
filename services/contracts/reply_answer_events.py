"""The result of each reply of a department: from the service that handled it, for notifier to send."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from services.contracts.department_acts import ActCode
from services.contracts.event import Event, TicketId, TicketNumber
from services.contracts.ticket_events import DepartmentCode


class ReplyOutcome(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"


RefusalCode = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{1,15}(-[a-z]{1,15}){0,4}$"),
    Field(description="Why, as a code: that of the problem over HTTP, or of a record that is no reply."),
]


class ReplyAnswered(Event):
    """A fact of the reply, not of what it is about: `version` is always 1.

    `reply_id` is the id that the department gave; absent where none could be read, and then `offset` tells which record
    it was.
    """

    department: DepartmentCode
    record: UUID = Field(description="Which record of the department: `reply_id`, or made from a dead letter's place.")
    reply_id: UUID | None = None
    offset: int | None = Field(None, ge=0, description="Of the record on the department's reply topic.")
    reply: str | None = Field(None, description="The reply's type, if it is one that is known.")
    act: ActCode | None = None
    about: dict[str, str] = Field({}, description="What it was about, as far as the reply named ids.")
    ticket_id: TicketId | None = None
    number: TicketNumber | None = None
    in_reply_to: UUID | None = None
    outcome: ReplyOutcome
    code: RefusalCode | None = None
    reason: str | None = Field(None, description="Of a refused one: which field, what is wrong, what would do.")
    current_version: int | None = Field(None, ge=0)
    current_state: str | None = None

    @property
    def aggregate_id(self) -> str:
        """With the department: its ids are its own, and another may have used the same."""
        return f"{self.department}:{self.record}"


class TicketReplyAnswered(ReplyAnswered):
    """By intake: of the steps of tickets, and of whatever is no reply at all."""

    type: ClassVar[str] = "reply.answered.v1"


class ActReplyAnswered(ReplyAnswered):
    """By projects: of the acts."""

    type: ClassVar[str] = "reply.act_answered.v1"
