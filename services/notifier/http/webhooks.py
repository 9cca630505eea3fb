"""Webhooks: a department, or an administrator on its behalf, names a URL that gets its messages too."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.chassis.database.work import Work, Workshop
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem, invalid
from services.contracts.departments import departments
from services.notifier.domain.delivery import DeliveryStatus
from services.notifier.domain.destination import fault_of
from services.notifier.http.deliveries import position_of
from services.notifier.http.webhook_bodies import (
    WebhookCreated,
    WebhookDeliveryOut,
    WebhookDeliveryPage,
    WebhookIn,
    WebhookList,
    WebhookOut,
)
from services.notifier.store import delivery_views, webhook_queue, webhooks
from services.notifier.store.webhooks import MOST_PER_DEPARTMENT, TooManyWebhooks

OwnerOrAdmin = Annotated[Actor, Depends(require(Role.ADMIN, Role.DEPARTMENT))]


def webhook_routes(workshop: Workshop, *, demo: bool) -> APIRouter:
    """`demo`: receivers on this machine are allowed (domain/destination.py)."""
    router = APIRouter(tags=["webhooks"])

    @router.post("/webhooks", status_code=201)
    def create_webhook(actor: OwnerOrAdmin, body: WebhookIn) -> WebhookCreated:
        """Answers with the secret. To become active, the URL must echo a challenge that is sent to it within a day."""
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
            after = position_of(work, cursor, webhook=webhook_id)
            found = delivery_views.webhook_page(work, filters, after, limit + 1)
        items = [WebhookDeliveryOut.model_validate(row) for row in found[:limit]]
        return WebhookDeliveryPage(items=items, next=items[-1].delivery_id if len(found) > limit else None)

    @router.post("/webhooks/deliveries/{delivery_id}/redeliver", status_code=202)
    def redeliver(actor: OwnerOrAdmin, delivery_id: UUID) -> WebhookDeliveryOut:
        """Sends it again at once, under the same webhook-id, whether it had failed or was sent."""
        with workshop.open() as work:
            webhook_id = webhook_queue.webhook_of(work, delivery_id)
            if webhook_id is None or not _is_own(work, actor, webhook_id):
                raise Problem(404, "unknown-delivery", "No such delivery", "delivery_id: no webhook has this one.")
            if not webhook_queue.send_again(work, webhook_id, delivery_id):
                raise Problem(410, "no-longer-kept", "No longer kept", "Its body has been deleted, as on the topic.")
            (sending,) = delivery_views.webhook_page(work, {"delivery_id": delivery_id}, None, 1)
        return WebhookDeliveryOut.model_validate(sending)

    return router


def _find(work: Work, actor: Actor, webhook: UUID) -> None:
    """Raises Problem 404 for a webhook of another department as for one that does not exist."""
    if not _is_own(work, actor, webhook):
        raise Problem(404, "unknown-webhook", "No such webhook", "webhook_id: take it from GET /webhooks.")


def _is_own(work: Work, actor: Actor, webhook: UUID) -> bool:
    department = webhooks.department_of(work, webhook)
    return department is not None and _may_act_for(actor, department)


def _may_act_for(actor: Actor, department: str) -> bool:
    return Role.ADMIN in actor.roles or department in actor.departments


def _invalid(field: str, message: str) -> Problem:
    return invalid([{"loc": ("body", field), "type": "value_error", "msg": message}])
