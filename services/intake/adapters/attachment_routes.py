"""What is attached to a ticket, over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import StringConstraints

from services.intake.adapters.attachment_shelf import Shelf
from services.intake.adapters.attachments import shown
from services.intake.adapters.rights import Handler, Reader, seen_by
from services.intake.domain.attachment import LARGEST, Purpose

BODY_LIMIT = LARGEST + 64 * 2**10
"""The largest file, and what multipart/form-data puts around it."""

Recording = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{3,199}$")]


def attachment_routes(shelf: Shelf) -> APIRouter:
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
        kept = shelf.add(ticket_id, actor, purpose, file, recording)
        response.headers["Location"] = f"/tickets/{ticket_id}/attachments/{kept.id}"
        return shown(kept)

    @router.get("")
    def list_attachments(ticket_id: UUID, actor: Reader) -> dict[str, Any]:
        """What is attached, the oldest first."""
        with shelf.workshop.engine.begin() as connection:
            return {"items": seen_by(connection, str(ticket_id), actor)["attachments"]}

    @router.get("/{attachment_id}", response_class=Response)
    def show(ticket_id: UUID, attachment_id: UUID, actor: Reader) -> Response:
        """The content, to be saved; 204 with the header `Content-Location` for a recording, which lies elsewhere.

        Evidence of a sensitive matter is for the hub and the department that leads alone.
        """
        return shelf.open(ticket_id, attachment_id, actor)

    return router
