"""`/tickets/{ticket_id}/attachments`: files and references of recordings."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import StringConstraints

from services.intake.domain.attachment import LARGEST, Purpose
from services.intake.http.attachment_transfer import AttachmentTransfer
from services.intake.http.rights import Handler, Reader
from services.intake.http.tickets import visible_ticket
from services.intake.store.attachments import shown

BODY_LIMIT = LARGEST + 64 * 2**10
"""The largest file and its multipart/form-data envelope."""

Recording = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{3,199}$")]


def attachment_routes(transfer: AttachmentTransfer) -> APIRouter:
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
        kept = transfer.add(ticket_id, actor, purpose, file, recording)
        response.headers["Location"] = f"/tickets/{ticket_id}/attachments/{kept.id}"
        return shown(kept)

    @router.get("")
    def list_attachments(ticket_id: UUID, actor: Reader) -> dict[str, Any]:
        """What is attached, the oldest first."""
        with transfer.workshop.open() as work:
            return {"items": visible_ticket(work, str(ticket_id), actor)["attachments"]}

    @router.get("/{attachment_id}", response_class=Response)
    def show(ticket_id: UUID, attachment_id: UUID, actor: Reader) -> Response:
        """The content, to be saved; 204 with the header `Content-Location` for a recording, which lies elsewhere."""
        return transfer.open(ticket_id, attachment_id, actor)

    return router
