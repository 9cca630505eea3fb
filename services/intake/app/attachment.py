"""Attaching to a ticket: its content lies in the store before the row that names it commits; an orphan harms nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.work import Work
from services.intake.app.commands import Authorise, Unfit, Unknown
from services.intake.app.desk import Desk
from services.intake.domain.attachment import MOST, Media, Purpose
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Attachment:
    """A content by its hash, or the reference of a recording that lies elsewhere."""

    id: str
    ticket_id: str
    purpose: Purpose
    at: datetime
    actor: str
    media_type: Media | None = None
    size: int | None = None
    sha256: str | None = None
    recording: str | None = None


class Contents(Protocol):
    """A store of contents, each under the SHA-256 of its bytes."""

    def keep(self, content: bytes) -> str:
        """Returns the hash; by then the content outlives a power cut. The same content again is kept once."""

    def read(self, sha256: str) -> bytes | None:
        """None if it is not there."""


class Attachments(Protocol):
    def count(self, work: Work, ticket_id: str) -> int: ...

    def add(self, work: Work, attachment: Attachment) -> Attachment:
        """Stores it, or returns the one of the same ticket, purpose and content that there is."""

    def find(self, work: Work, ticket_id: str, attachment_id: str) -> Attachment | None: ...


@dataclass(frozen=True, slots=True)
class AttachToTicket:
    desk: Desk
    attachments: Attachments

    def allowed(self, work: Work, ticket_id: str, authorise: Authorise) -> Ticket:
        """The ticket, if the actor may attach to it: asked before anything costs time. Raises Unknown and what
        `authorise` does."""
        ticket = self.desk.tickets.find(work, ticket_id)
        if ticket is None:
            raise Unknown
        authorise(ticket)
        return ticket

    def __call__(self, work: Work, attachment: Attachment, authorise: Authorise) -> Attachment:
        """Attaches what lies in the store; again, the same attachment. Raises also Unfit when there are too many."""
        self.desk.held(work, attachment.ticket_id, None, authorise)
        kept = self.attachments.add(work, attachment)
        if kept is attachment and self.attachments.count(work, attachment.ticket_id) > MOST:
            raise Unfit("file", f"is one too many: a ticket has {MOST} attachments at most; put pages into one PDF")
        return kept
