"""Webhooks: a department, or the administrator for it, says where its messages are to be sent as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Connection, Row

from services.chassis.identity import Actor, Role, require
from services.chassis.metrics import DELIVERIES
from services.chassis.problems import Problem, invalid
from services.chassis.work import Workshop
from services.contracts.departments import departments
from services.notifier.adapters import deliveries, sendings, webhooks
from services.notifier.adapters.routes import position_of
from services.notifier.adapters.webhook_bodies import (
    WebhookCreated,
    WebhookDeliveryOut,
    WebhookDeliveryPage,
    WebhookIn,
    WebhookList,
    WebhookOut,
)
from services.notifier.adapters.webhooks import MOST_PER_DEPARTMENT, TooMany
from services.notifier.domain.delivery import DeliveryChannel, Status
from services.notifier.domain.destination import fault_of

OwnerOrAdmin = Annotated[Actor, Depends(require(Role.ADMIN, Role.DEPARTMENT))]


def webhook_routes(workshop: Workshop, *, demo: bool) -> APIRouter:
    """`demo`: receivers on this machine are allowed (domain/destination.py)."""
    router = APIRouter(tags=["webhooks"])

    @router.post("/webhooks", status_code=201)
    def create_webhook(actor: OwnerOrAdmin, body: WebhookIn) -> WebhookCreated:
        """Answers with the secret, then shakes hands: the URL must echo a challenge within a day to become active."""
        if body.department not in departments():
            raise _invalid("department", f"{body.department!r} is not in departments.yaml")
        _only_own(actor, body.department)
        if fault := fault_of(body.url, demo=demo):
            raise _invalid("url", fault)
        with workshop.open() as work:
            try:
                made = webhooks.create(
                    work.connection, body.department, body.url, body.events, actor.subject, work.clock.now()
                )
            except TooMany:
                raise Problem(
                    409,
                    "too-many-webhooks",
                    "Too many webhooks",
                    f"A department holds {MOST_PER_DEPARTMENT} at most: delete one first.",
                ) from None
        if made is None:
            raise Problem(
                409,
                "webhook-exists",
                "There is such a webhook",
                "The department has a webhook of this url: delete it first if its secret is lost.",
            )
        return WebhookCreated.model_validate(made)

    @router.get("/webhooks")
    def list_webhooks(actor: OwnerOrAdmin) -> WebhookList:
        """All webhooks; a department sees its own. Never the secret."""
        with workshop.open() as work:
            rows = webhooks.listed(work.connection, None if Role.ADMIN in actor.roles else actor.departments)
        return WebhookList(items=[WebhookOut.model_validate(row) for row in rows])

    @router.delete("/webhooks/{webhook_id}", status_code=204)
    def delete_webhook(actor: OwnerOrAdmin, webhook_id: UUID) -> None:
        """Ends it at once: what still waited for it counts as failed."""
        with workshop.open() as work:
            _find(work.connection, actor, webhook_id)
            failed = webhooks.remove(work.connection, webhook_id)
            work.after_commit(lambda: DELIVERIES.labels(DeliveryChannel.WEBHOOK, "failed").inc(failed))

    @router.get("/webhooks/{webhook_id}/deliveries")
    def list_webhook_deliveries(
        actor: OwnerOrAdmin,
        webhook_id: UUID,
        status: Status | None = None,
        cursor: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> WebhookDeliveryPage:
        """What was, is and could not be sent to it, newest cause first."""
        asked = {"webhook_id": webhook_id} | ({} if status is None else {"status": status})
        with workshop.open() as work:
            _find(work.connection, actor, webhook_id)
            found = deliveries.page_of(work.connection, asked, None, position_of(work.connection, cursor), limit + 1)
            items = _with_progress(work.connection, found[:limit])
        return WebhookDeliveryPage(items=items, next=items[-1].delivery_id if len(found) > limit else None)

    @router.post("/webhooks/deliveries/{delivery_id}/redeliver", status_code=202)
    def redeliver(actor: OwnerOrAdmin, delivery_id: UUID) -> WebhookDeliveryOut:
        """Sends it anew and at once, under the same webhook-id, whether it had failed or was sent."""
        with workshop.open() as work:
            webhook_id = sendings.webhook_of(work.connection, delivery_id)
            if webhook_id is None:
                raise Problem(404, "unknown-delivery", "No such delivery", "delivery_id: no webhook has such a one.")
            _find(work.connection, actor, webhook_id)
            if not sendings.send_again(work.connection, webhook_id, delivery_id):
                raise Problem(410, "no-longer-kept", "No longer kept", "Its body has been deleted, as on the topic.")
            (item,) = _with_progress(work.connection, deliveries.of_id(work.connection, delivery_id))
        return item

    return router


def _find(connection: Connection, actor: Actor, webhook: UUID) -> None:
    department = webhooks.department_of(connection, webhook)
    if department is None:
        raise Problem(404, "unknown-webhook", "No such webhook", "webhook_id: GET /webhooks lists those there are.")
    _only_own(actor, department)


def _only_own(actor: Actor, department: str) -> None:
    if Role.ADMIN not in actor.roles and department not in actor.departments:
        raise Problem(403, "not-yours", "Another department's webhook", "department: only its own role may do this.")


def _invalid(field: str, message: str) -> Problem:
    return invalid([{"loc": ("body", field), "type": "value_error", "msg": message}])


def _with_progress(connection: Connection, rows: Sequence[Row[Any]]) -> list[WebhookDeliveryOut]:
    kept = sendings.progress_of(connection, [row.delivery_id for row in rows])
    items = []
    for row in rows:
        item = WebhookDeliveryOut.model_validate(row)
        if progress := kept.get(row.delivery_id):
            item.attempts, item.due_at, item.error = progress.attempts, progress.due_at, progress.error
        items.append(item)
    return items
