"""Attachments as people add and open them, over the API or on the pages: same rights, same checks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from fastapi import Response, UploadFile

from services.chassis.identity import Actor
from services.chassis.problems import Problem, invalid
from services.chassis.work import Workshop
from services.intake.adapters.attachment_content import cleaned, media_of
from services.intake.adapters.attachment_scanner import Scan
from services.intake.adapters.refusals import answered
from services.intake.adapters.rights import as_lead, may_lead, no_such_ticket, seen_by
from services.intake.app.attachment import Attachment, AttachToTicket, Contents
from services.intake.domain.attachment import Media, Purpose, TooBig, Unacceptable, for_few, must_fit
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Shelf:
    """Without `contents` no file can be kept or opened (503); references of recordings can."""

    workshop: Workshop
    attach: AttachToTicket
    contents: Contents | None
    scan: Scan

    def add(
        self, ticket_id: UUID, actor: Actor, purpose: Purpose, file: UploadFile | None, recording: str | None
    ) -> Attachment:
        """Raises Problem: 404, 403, 413, 422, 503. The same again is the same attachment."""
        with answered(no_such_ticket), self.workshop.open() as work:
            self.attach.allowed(work, str(ticket_id), as_lead(actor))
        if (file is None) == (recording is None):
            raise _wrong("file", "give a file, or the reference of a recording in `recording`: one of them")
        facts: dict[str, Any] = {"recording": recording}
        if file is not None:
            media, content = self._taken(str(ticket_id), actor, file)
            facts = {"media_type": media, "size": len(content), "sha256": _store(self.contents).keep(content)}
        with answered(no_such_ticket), self.workshop.open() as work:
            at = work.clock.now()
            wanted = Attachment(str(uuid4()), str(ticket_id), purpose, at, actor.subject, **facts)
            return self.attach(work, wanted, as_lead(actor))

    def _taken(self, ticket_id: str, actor: Actor, file: UploadFile) -> tuple[Media, bytes]:
        """The type and what of the file is kept; of a text, what redaction leaves."""
        _store(self.contents)
        content = file.file.read()
        with _refused():
            media = media_of(content)
            must_fit(media, len(content), file.content_type)
            self.scan(content)
            content = cleaned(media, content)
        if media is Media.TEXT:
            with answered(no_such_ticket), self.workshop.open() as work:
                ticket = self.attach.allowed(work, ticket_id, as_lead(actor))
                content = self.attach.desk.redacted(work, ticket, content.decode("utf-8-sig")).encode()
        return media, content

    def open(self, ticket_id: UUID, attachment_id: UUID, actor: Actor) -> Response:
        """The content, to be saved; 204 with the header `Content-Location` for a recording, which lies elsewhere.

        Evidence of a sensitive matter is for the hub and the department that leads alone.
        """
        with self.workshop.open() as work:
            seen_by(work.connection, str(ticket_id), actor)
            ticket = self.attach.desk.tickets.find(work, str(ticket_id))
            one = self.attach.attachments.find(work, str(ticket_id), str(attachment_id))
        assert ticket
        if one is None:
            raise Problem(404, "not-found", "No such attachment", "attachment_id: take it from the ticket's list.")
        _may_open(actor, ticket, one)
        if one.media_type is None or one.sha256 is None:
            return Response(status_code=204, headers={"Content-Location": one.recording or ""})
        content = _store(self.contents).read(one.sha256)
        if content is None:
            raise _store_problem("Its content is not in the store: restore CLOSEDLOOP_ATTACHMENTS_DIR from the backup.")
        return Response(content, media_type=one.media_type, headers=_headers(one, one.media_type))


def _may_open(actor: Actor, ticket: Ticket, one: Attachment) -> None:
    if for_few(ticket, one.purpose) and not may_lead(actor, ticket.lead):
        detail = "The matter is sensitive: this is for the hub and for the department that leads; ask them."
        raise Problem(403, "for-few", "Not for every reader of the ticket", detail)


def _headers(one: Attachment, media: Media) -> dict[str, str]:
    """A browser saves it and neither guesses at it nor runs anything of it."""
    return {
        "Content-Disposition": f'attachment; filename="{one.id}.{media.extension}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }


def _store(contents: Contents | None) -> Contents:
    if contents is None:
        raise _store_problem("No store is set up: give CLOSEDLOOP_ATTACHMENTS_DIR. Nothing was kept.")
    return contents


def _store_problem(detail: str) -> Problem:
    return Problem(503, "attachments-unavailable", "Files cannot be kept or shown for the moment", detail)


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except TooBig as error:
        raise Problem(413, "file-too-large", "The file is too large", f"file: {error}.") from None
    except Unacceptable as error:
        raise _wrong("file", str(error)) from None


def _wrong(field: str, why: str) -> Problem:
    return invalid([{"loc": ("body", field), "type": "value_error", "msg": why}])
