"""`GET /deliveries`: what was sent to whom, and when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.database.work import Work, Workshop
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem
from services.contracts.event import TicketId
from services.contracts.hot_issue_events import HotIssueId, ProjectId
from services.contracts.supervision_events import SupervisionId
from services.contracts.ticket_events import DepartmentCode
from services.notifier.domain.delivery import DeliveryChannel, DeliveryStatus, recipient_of
from services.notifier.store import delivery_views
from services.notifier.store.delivery_views import Position

WHOLE_LOG = frozenset({Role.HUB, Role.SUPERVISOR, Role.ADMIN})


class DeliveryOut(BaseModel):
    """One message to one recipient, without its contents."""

    model_config = ConfigDict(from_attributes=True)

    delivery_id: UUID
    event_id: UUID = Field(description="The event that caused it.")
    recipient: str
    channel: DeliveryChannel
    status: DeliveryStatus
    message: str = Field(description="The type of the message.")
    ticket_id: str | None
    hot_issue_id: str | None
    project_id: str | None
    matter_id: str | None = Field(description="Whatever else it is about, such as a topic of supervision.")
    version: int = Field(description="Of the ticket, hot issue or project.")
    caused_at: datetime
    told_at: datetime | None
    webhook_id: UUID | None = None


class DeliveryPage(BaseModel):
    """`next` is the cursor of the following page; absent on the last."""

    items: list[DeliveryOut]
    next: UUID | None = None


def delivery_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["deliveries"])

    @router.get("/deliveries")
    def list_deliveries(
        actor: Annotated[Actor, Depends(require(*WHOLE_LOG, Role.DEPARTMENT))],
        ticket_id: TicketId | None = None,
        hot_issue_id: HotIssueId | None = None,
        project_id: ProjectId | None = None,
        matter_id: SupervisionId | None = None,
        department: DepartmentCode | None = None,
        cursor: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> DeliveryPage:
        """The log of deliveries, newest cause first; a department sees its own."""
        recipients = _visible(actor, department)
        asked = {
            "ticket_id": ticket_id,
            "hot_issue_id": hot_issue_id,
            "project_id": project_id,
            "matter_id": matter_id,
        }
        filters = {column: wanted for column, wanted in asked.items() if wanted is not None}
        with workshop.open() as work:
            found = delivery_views.log_page(work, filters, recipients, position_of(work, cursor, recipients), limit + 1)
        items = [DeliveryOut.model_validate(row) for row in found[:limit]]
        return DeliveryPage(items=items, next=items[-1].delivery_id if len(found) > limit else None)

    return router


def position_of(
    work: Work, cursor: UUID | None, recipients: Collection[str] | None = None, webhook: UUID | None = None
) -> Position | None:
    """Raises Problem 422 for a cursor that is no delivery of these recipients or of this webhook."""
    if cursor is None:
        return None
    position = delivery_views.position_of(work, cursor, recipients, webhook)
    if position is None:
        raise Problem(422, "unknown-cursor", "The cursor is unknown", "cursor: give the `next` of the previous page.")
    return position


def _visible(actor: Actor, asked: DepartmentCode | None) -> frozenset[str] | None:
    """The recipients to list: the one asked for, or all that the actor may see (None: everybody)."""
    if actor.roles & WHOLE_LOG:
        return None if asked is None else frozenset({recipient_of(asked)})
    if asked is None:
        return frozenset(map(recipient_of, actor.departments))
    if asked not in actor.departments:
        raise Problem(403, "not-yours", "Another department's log", f"Leave department={asked} out to see your own.")
    return frozenset({recipient_of(asked)})
