"""Webhooks: a department, or an administrator on its behalf, names a URL that gets its messages too."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.chassis.database.work import Work, Workshop
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem, invalid
from services.contracts.departments import departments
from services.notifier.domain.delivery import DeliveryStatus
from services.notifier.domain.destination import fault_of
from services.notifier.http.deliveries import unknown_cursor
from services.notifier.http.webhook_bodies import (
    WebhookCreated,
    WebhookDeliveryOut,
    WebhookDeliveryPage,
    WebhookIn,
    WebhookList,
    WebhookOut,
    WebhookSecret,
)
from services.notifier.store import webhook_deliveries, webhooks
from services.notifier.store.webhooks import MOST_PER_DEPARTMENT, TooManyWebhooks

OwnerOrAdmin = Annotated[Actor, Depends(require(Role.ADMIN, Role.DEPARTMENT))]


def webhook_routes(workshop: Workshop, *, demo: bool) -> APIRouter:
    """`demo`: receivers on this machine are allowed (domain/destination.py)."""
    router = APIRouter(tags=["webhooks"])

    @router.post("/webhooks", status_code=201)
    def create_webhook(actor: OwnerOrAdmin, body: WebhookIn) -> WebhookCreated:
        """Answers with the secret. To become active, the URL must echo a challenge, sent for three days."""
        if body.department not in departments():
            raise _invalid("department", f"{body.department!r} is not in departments.yaml")
        if not _may_act_for(actor, body.department):
            remedy = "department: only its own role may do this."
            raise Problem(403, "not-yours", "Another department's webhook", remedy)
        if fault := fault_of(body.url, demo=demo):
            raise _invalid("url", fault)
        with workshop.open() as work:
            try:
                made = webhooks.create(work, body.department, body.url, body.events, actor.subject)
            except TooManyWebhooks:
                raise Problem(
                    409,
                    "too-many-webhooks",
                    "Too many webhooks",
                    f"A department has at most {MOST_PER_DEPARTMENT}: delete one first.",
                ) from None
        if made is None:
            raise Problem(
                409,
                "webhook-exists",
                "The webhook exists",
                "The department has a webhook with this url: if its secret is lost, delete it first.",
            )
        return WebhookCreated.model_validate(made)

    @router.get("/webhooks")
    def list_webhooks(actor: OwnerOrAdmin) -> WebhookList:
        """All webhooks; a department sees its own. The secret is never shown."""
        with workshop.open() as work:
            rows = webhooks.listed(work, None if Role.ADMIN in actor.roles else actor.departments)
        return WebhookList(items=[WebhookOut.model_validate(row) for row in rows])

    @router.delete("/webhooks/{webhook_id}", status_code=204)
    def delete_webhook(actor: OwnerOrAdmin, webhook_id: UUID) -> None:
        """Deletes it at once: what still waited for it counts as failed."""
        with workshop.open() as work:
            _find(work, actor, webhook_id)
            webhooks.remove(work, webhook_id)

    @router.get("/webhooks/{webhook_id}/deliveries")
    def list_webhook_deliveries(
        actor: OwnerOrAdmin,
        webhook_id: UUID,
        status: DeliveryStatus | None = None,
        cursor: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> WebhookDeliveryPage:
        """What was sent to it, waits or failed; newest cause first."""
        filters = {"webhook_id": webhook_id} | ({} if status is None else {"status": status})
        with workshop.open() as work:
            _find(work, actor, webhook_id)
            after = None if cursor is None else webhook_deliveries.webhook_position(work, cursor, webhook_id)
            if cursor is not None and after is None:
                raise unknown_cursor()
            found = webhook_deliveries.webhook_page(work, filters, after, limit + 1)
        items = [WebhookDeliveryOut.model_validate(row) for row in found[:limit]]
        return WebhookDeliveryPage(items=items, next=items[-1].delivery_id if len(found) > limit else None)

    @router.post("/webhooks/{webhook_id}/secret")
    def change_secret(actor: OwnerOrAdmin, webhook_id: UUID) -> WebhookSecret:
        """A new secret. For 24 hours the old one signs too: take the new one into use meanwhile."""
        with workshop.open() as work:
            _find(work, actor, webhook_id)
            return WebhookSecret(secret=webhooks.change_secret(work, webhook_id))

    @router.post("/webhooks/{webhook_id}/enable", status_code=202)
    def enable_webhook(actor: OwnerOrAdmin, webhook_id: UUID) -> WebhookOut:
        """Sends the challenge anew to one that was disabled, or whose handshake was given up."""
        with workshop.open() as work:
            return WebhookOut.model_validate(enable(work, actor, webhook_id))

    return router


def enable(work: Work, actor: Actor, webhook: UUID) -> Any:
    """Raises Problem 404 for a webhook that is not theirs, 409 for one that is active."""
    _find(work, actor, webhook)
    enabled = webhooks.enable(work, webhook)
    if enabled is None:
        remedy = "To send at once what waits or failed, POST /webhooks/{webhook_id}/redeliver; nothing was changed."
        raise Problem(409, "webhook-active", "The webhook is active", remedy)
    return enabled


def _find(work: Work, actor: Actor, webhook: UUID) -> None:
    """Raises Problem 404 for a webhook of another department as for one that does not exist."""
    if not is_own(work, actor, webhook):
        raise Problem(404, "unknown-webhook", "No such webhook", "webhook_id: take it from GET /webhooks.")


def is_own(work: Work, actor: Actor, webhook: UUID) -> bool:
    """Whether there is such a webhook, and the actor may act for its department."""
    department = webhooks.department_of(work, webhook)
    return department is not None and _may_act_for(actor, department)


def _may_act_for(actor: Actor, department: str) -> bool:
    return Role.ADMIN in actor.roles or department in actor.departments


def _invalid(field: str, message: str) -> Problem:
    return invalid([{"loc": ("body", field), "type": "value_error", "msg": message}])
