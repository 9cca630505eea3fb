"""What is attached to a ticket, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import StringConstraints

from services.chassis.identity import Actor, Role
from services.chassis.problems import Problem, invalid
from services.chassis.work import Workshop
from services.intake.adapters.attachment_content import cleaned, media_of
from services.intake.adapters.attachment_scanner import Scan
from services.intake.adapters.attachments import attached_to, shown
from services.intake.adapters.refusals import answered
from services.intake.adapters.rights import Handler, Reader, as_lead, no_such_ticket, share_of
from services.intake.adapters.views import ticket_with_history
from services.intake.app.attachment import Attachment, AttachToTicket, Contents
from services.intake.domain.attachment import LARGEST, Media, Purpose, TooBig, Unacceptable, for_few, must_fit
from services.intake.domain.ticket import Ticket

BODY_LIMIT = LARGEST + 64 * 2**10
"""The largest file, and what multipart/form-data puts around it."""

Recording = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{3,199}$")]


def attachment_routes(
    workshop: Workshop, attach: AttachToTicket, contents: Contents | None, scan: Scan
) -> APIRouter:
    router = APIRouter(prefix="/tickets/{ticket_id}/attachments", tags=["attachments"])

    @router.post("", status_code=201)
    def add(
        ticket_id: UUID,
        actor: Handler,
        purpose: Annotated[Purpose, Form()],
        response: Response,
        file: Annotated[UploadFile | None, File(description="A picture, a PDF, or plain text in UTF-8.")] = None,
        recording: Annotated[
            Recording | None, Form(description="Where a recording lies: its reference, never a phone number.")
        ] = None,
    ) -> dict[str, Any]:
        """Attaches a file or the reference of a recording: for the hub, or the department that leads. The same again is
        the same attachment. A file's name is not kept."""
        with answered(no_such_ticket), workshop.open() as work:
            attach.allowed(work, str(ticket_id), as_lead(actor))
        if (file is None) == (recording is None):
            raise _wrong("file", "give a file, or the reference of a recording in `recording`: one of them")
        facts: dict[str, Any] = {"recording": recording}
        if file is not None:
            media, content = _taken(str(ticket_id), actor, file)
            facts = {"media_type": media, "size": len(content), "sha256": _store(contents).keep(content)}
        with answered(no_such_ticket), workshop.open() as work:
            at = work.clock.now()
            wanted = Attachment(str(uuid4()), str(ticket_id), purpose, at, actor.subject, **facts)
            kept = attach(work, wanted, as_lead(actor))
        response.headers["Location"] = f"/tickets/{ticket_id}/attachments/{kept.id}"
        return shown(kept)

    def _taken(ticket_id: str, actor: Actor, file: UploadFile) -> tuple[Media, bytes]:
        """The type and what of the file is kept; of a text, what redaction leaves."""
        _store(contents)
        content = file.file.read()
        with _refused():
            media = media_of(content)
            must_fit(media, len(content), file.content_type)
            scan(content)
            content = cleaned(media, content)
        if media is Media.TEXT:
            with answered(no_such_ticket), workshop.open() as work:
                ticket = attach.allowed(work, ticket_id, as_lead(actor))
                content = attach.desk.redacted(work, ticket, content.decode("utf-8-sig")).encode()
        return media, content

    @router.get("")
    def list_attachments(ticket_id: UUID, actor: Reader) -> dict[str, Any]:
        """What is attached, the oldest first."""
        with workshop.engine.begin() as connection:
            ticket = ticket_with_history(connection, str(ticket_id))
            share = share_of(actor)
            if ticket is None or (share and not share.holds(ticket)):
                raise no_such_ticket()
            return {"items": attached_to(connection, str(ticket_id))}

    @router.get("/{attachment_id}", response_class=Response)
    def show(ticket_id: UUID, attachment_id: UUID, actor: Reader) -> Response:
        """The content, to be saved; 204 with the header `Content-Location` for a recording, which lies elsewhere.

        Evidence of a sensitive matter is for the hub and the department that leads alone.
        """
        with workshop.open() as work:
            facts = ticket_with_history(work.connection, str(ticket_id))
            share = share_of(actor)
            if facts is None or (share and not share.holds(facts)):
                raise no_such_ticket()
            ticket = attach.desk.tickets.find(work, str(ticket_id))
            one = attach.attachments.find(work, str(ticket_id), str(attachment_id))
        assert ticket
        if one is None:
            raise Problem(404, "not-found", "No such attachment", "attachment_id: take it from the ticket's list.")
        _may_open(actor, ticket, one)
        if one.media_type is None or one.sha256 is None:
            return Response(status_code=204, headers={"Content-Location": one.recording or ""})
        content = _store(contents).read(one.sha256)
        if content is None:
            raise _store_problem("Its content is not in the store: restore CLOSEDLOOP_ATTACHMENTS_DIR from the backup.")
        return Response(content, media_type=one.media_type, headers=_headers(one, one.media_type))

    return router


def _may_open(actor: Actor, ticket: Ticket, one: Attachment) -> None:
    if for_few(ticket, one.purpose) and Role.HUB not in actor.roles and ticket.lead not in actor.departments:
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
