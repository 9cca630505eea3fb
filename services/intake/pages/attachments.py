"""Attachments on the pages: sent from a ticket's page, opened from there."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile

from services.chassis.pages.look import Pages, done
from services.intake.domain.attachment import Purpose
from services.intake.http.attachment_transfer import AttachmentTransfer
from services.intake.http.rights import Handler, Reader


def attachment_pages(pages: Pages, transfer: AttachmentTransfer) -> APIRouter:
    router = pages.router()

    @router.post("/tickets/{ticket_id}/attachments")
    def add(
        ticket_id: UUID,
        actor: Handler,
        purpose: Annotated[Purpose, Form()],
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        transfer.add(ticket_id, actor, purpose, file, None)
        return done(f"/pages/tickets/{ticket_id}", "attach")

    @router.get("/tickets/{ticket_id}/attachments/{attachment_id}")
    def show(ticket_id: UUID, attachment_id: UUID, actor: Reader) -> Response:
        return transfer.open(ticket_id, attachment_id, actor)

    return router
