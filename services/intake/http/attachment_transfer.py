"""Uploads and downloads of attachments, with the same rights and checks for the API and the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from fastapi import Response, UploadFile

from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem, invalid
from services.intake.app.attach import Attachment, AttachToTicket, Contents
from services.intake.domain.attachment import Media, Purpose, TooBig, Unacceptable, must_fit
from services.intake.files.attachment_content import cleaned, media_of
from services.intake.http.refusals import answered
from services.intake.http.rights import as_lead, no_such_ticket
from services.intake.http.tickets import visible_ticket
from services.intake.outbound.scanner import Scan, ScannerUnavailable


@dataclass(frozen=True, slots=True)
class AttachmentTransfer:
    """Without `contents` files cannot be stored or opened (503); references of recordings can."""

    workshop: Workshop
    attach: AttachToTicket
    contents: Contents | None
    scan: Scan

    def add(
        self, ticket_id: UUID, actor: Actor, purpose: Purpose, file: UploadFile | None, recording: str | None
    ) -> Attachment:
        """Raises Problem 403, 404, 413, 422 or 503. Repeated, it returns the same attachment."""
        with answered(no_such_ticket), self.workshop.open() as work:
            self.attach.allowed(work, str(ticket_id), as_lead(actor))
        if (file is None) == (recording is None):
            raise _wrong("file", "give a file, or the reference of a recording in `recording`: one of them")
        if recording is not None:
            self._check_reference(str(ticket_id), actor, recording)
        facts: dict[str, Any] = {"recording": recording}
        if file is not None:
            media, content = self._accepted(str(ticket_id), actor, file)
            facts = {"media_type": media, "size": len(content), "sha256": _store(self.contents).keep(content)}
        with answered(no_such_ticket), self.workshop.open() as work:
            at = work.clock.now()
            wanted = Attachment(str(uuid4()), str(ticket_id), purpose, at, actor.subject, **facts)
            return self.attach(work, wanted, as_lead(actor))

    def _check_reference(self, ticket_id: str, actor: Actor, recording: str) -> None:
        """Raises Problem 422 for a reference that says who called: recordings are often named after the number."""
        with answered(no_such_ticket), self.workshop.open() as work:
            ticket = self.attach.allowed(work, ticket_id, as_lead(actor))
            if self.attach.desk.redacted(work, ticket, recording) != recording:
                raise _wrong("recording", "holds what reads as a person's number or name: give the id of the recording")

    def _accepted(self, ticket_id: str, actor: Actor, file: UploadFile) -> tuple[Media, bytes]:
        """The type, and the content to be stored: cleaned, and redacted if it is a text."""
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

        Raises Problem 404 if the actor may not see the ticket.
        """
        with self.workshop.open() as work:
            visible_ticket(work, str(ticket_id), actor)
            one = self.attach.attachments.find(work, str(ticket_id), str(attachment_id))
        if one is None:
            raise Problem(404, "not-found", "No such attachment", "attachment_id: take it from the ticket's list.")
        if one.media_type is None or one.sha256 is None:
            return Response(status_code=204, headers={"Content-Location": one.recording or ""})
        content = _store(self.contents).read(one.sha256)
        if content is None:
            raise _store_problem("Its content is not in the store: restore CLOSEDLOOP_ATTACHMENTS_DIR from the backup.")
        return Response(content, media_type=one.media_type, headers=_headers(one, one.media_type))


def _headers(one: Attachment, media: Media) -> dict[str, str]:
    """Makes a browser save the file, without guessing its type or running anything in it."""
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
    except ScannerUnavailable:
        raise Problem(
            503,
            "scanner-unavailable",
            "The file cannot be scanned for the moment",
            "Nothing was kept: send it again in a minute.",
            headers={"Retry-After": "60"},
        ) from None


def _wrong(field: str, why: str) -> Problem:
    return invalid([{"loc": ("body", field), "type": "value_error", "msg": why}])
