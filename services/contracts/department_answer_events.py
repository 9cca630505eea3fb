"""How notifier reports the result of each reply to its department (docs/replies.md)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from services.contracts.department_acts import ActCode
from services.contracts.department_events import DepartmentEvent
from services.contracts.event import TicketId, TicketNumber
from services.contracts.reply_answer_events import RefusalCode


class _AnsweredReply(DepartmentEvent):
    """`reply_id` is the id that the department gave its reply; where none could be read, `offset` tells which record of
    its reply topic is meant. `about` is what the reply named."""

    record: UUID = Field(description="Which record is answered; another answer to the same one has the same.")
    reply_id: UUID | None = None
    offset: int | None = Field(None, ge=0)
    reply: str | None = Field(None, description="The reply's type.")
    act: ActCode | None = None
    about: dict[str, str] = Field({}, description="What it was about, as far as the reply named ids.")
    ticket_id: TicketId | None = None
    number: TicketNumber | None = None
    in_reply_to: UUID | None = None
    current_version: int | None = Field(None, ge=0, description="Of what it was about, as it stands now.")
    current_state: str | None = None

    @property
    def aggregate_id(self) -> str:
        return f"{self.department}:{self.record}"


class DepartmentReplyTaken(_AnsweredReply):
    """A reply was taken: the state it led to."""

    type: ClassVar[str] = "department.reply_taken.v1"


class DepartmentReplyTurnedDown(_AnsweredReply):
    """A reply was refused and changed nothing. A program branches on `code`; `said_zh` and `said_en` are for people."""

    type: ClassVar[str] = "department.reply_refused.v2"
    code: RefusalCode
    reason: str = Field(description="Which field, what is wrong, what would do; in English.")
    said_zh: str
    said_en: str
