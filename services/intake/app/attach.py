"""Attaches files and recordings. A content is stored before the row that names it; an orphan does no harm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.commands import Unfit, admitted
from services.chassis.database.work import Work
from services.intake.app.ports import Authorise
from services.intake.app.ticket_desk import TicketDesk
from services.intake.domain.attachment import MOST, Media, Purpose
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored content, by its hash, or the reference of a recording that is kept elsewhere."""

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
    """A store of contents by the SHA-256 of their bytes."""

    def keep(self, content: bytes) -> str:
        """Stores the content durably and returns its hash. The same content is stored once."""

    def read(self, sha256: str) -> bytes | None:
        """The content; None if it is not stored."""

    def remove(self, sha256: str) -> None:
        """Deletes the content, if it is stored."""


class Attachments(Protocol):
    def count(self, work: Work, ticket_id: str) -> int: ...

    def add(self, work: Work, attachment: Attachment) -> Attachment:
        """Stores it, or returns the existing one of the same ticket, purpose and content."""

    def find(self, work: Work, ticket_id: str, attachment_id: str) -> Attachment | None: ...


@dataclass(frozen=True, slots=True)
class AttachToTicket:
    desk: TicketDesk
    attachments: Attachments

    def allowed(self, work: Work, ticket_id: str, authorise: Authorise) -> Ticket:
        """The ticket, if the actor may attach to it; to be asked before the upload is checked.

        Raises Unknown, and what `authorise` raises.
        """
        return admitted(self.desk.tickets.find(work, ticket_id), authorise)

    def __call__(self, work: Work, attachment: Attachment, authorise: Authorise) -> Attachment:
        """Attaches a stored content; repeated, returns the same attachment. Raises also Unfit for one too many."""
        self.desk.lock_checked(work, attachment.ticket_id, None, authorise)
        kept = self.attachments.add(work, attachment)
        if kept is attachment and self.attachments.count(work, attachment.ticket_id) > MOST:
            raise Unfit("file", f"is one too many: a ticket has {MOST} attachments at most; put pages into one PDF")
        return kept
