"""`GET /tickets/{ticket_id}/related`: the three kinds of repeat, kept apart (docs/domain.md §2.6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.intake.http.rights import Reader, no_such_ticket, scope_of
from services.intake.store.related_tickets import related_to


def related_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(prefix="/tickets/{ticket_id}", tags=["tickets"])

    @router.get("/related")
    def related(actor: Reader, ticket_id: UUID) -> dict[str, Any]:
        """Of the 30 days around it, up to 50 of each kind, the newest first; a reader sees those they may see."""
        with workshop.engine.begin() as connection:
            found = related_to(connection, str(ticket_id), scope_of(actor))
        if found is None:
            raise no_such_ticket()
        return found

    return router
