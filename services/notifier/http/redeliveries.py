"""Sending to webhooks again, and reading what was too large for them."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.notifier.http.webhook_bodies import RangeIn, RangeOut, WebhookDeliveryOut
from services.notifier.http.webhooks import OwnerOrAdmin, is_own
from services.notifier.store import redeliveries, webhook_deliveries, webhooks


def redelivery_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["webhooks"])

    @router.post("/webhooks/deliveries/{delivery_id}/redeliver", status_code=202)
    def redeliver(actor: OwnerOrAdmin, delivery_id: UUID) -> WebhookDeliveryOut:
        """Sends it again at once, under the same webhook-id, whether it had failed or was sent."""
        with workshop.open() as work:
            start_again(work, actor, delivery_id)
            (sending,) = webhook_deliveries.webhook_page(work, {"delivery_id": delivery_id}, None, 1)
        return WebhookDeliveryOut.model_validate(sending)

    @router.post("/webhooks/{webhook_id}/redeliver", status_code=202)
    def redeliver_range(actor: OwnerOrAdmin, webhook_id: UUID, body: RangeIn) -> RangeOut:
        """Sends at once what failed or waits, of a time, each under its webhook-id, unless it is no longer kept."""
        with workshop.open() as work:
            if not is_own(work, actor, webhook_id):
                raise Problem(404, "unknown-webhook", "No such webhook", "webhook_id: take it from GET /webhooks.")
            _require_enabled(work, webhook_id)
            again = redeliveries.send_range_again(
                work, webhook_id, body.since, body.until, only_failed=body.only_failed
            )
        return RangeOut(again=again)

    @router.get("/webhooks/deliveries/{delivery_id}/message", response_class=Response)
    def read_message(actor: OwnerOrAdmin, delivery_id: UUID) -> Response:
        """The whole message, as on the department's topic: for one that went thin because it was too large."""
        with workshop.open() as work:
            _webhook_of(work, actor, delivery_id)
            message = redeliveries.kept_message(work, delivery_id)
        if message is None:
            raise _no_longer_kept()
        return Response(message, media_type="application/json")

    return router


def start_again(work: Work, actor: Actor, delivery: UUID) -> None:
    """Raises Problem 404, 409 or 410 for a delivery that is not theirs, of a disabled webhook, or no longer kept."""
    webhook = _webhook_of(work, actor, delivery)
    _require_enabled(work, webhook)
    if not redeliveries.send_again(work, webhook, delivery):
        raise _no_longer_kept()


def _webhook_of(work: Work, actor: Actor, delivery: UUID) -> UUID:
    webhook = redeliveries.webhook_of(work, delivery)
    if webhook is None or not is_own(work, actor, webhook):
        raise Problem(404, "unknown-delivery", "No such delivery", "delivery_id: no webhook has this one.")
    return webhook


def _require_enabled(work: Work, webhook: UUID) -> None:
    if webhooks.is_disabled(work, webhook):
        remedy = "POST /webhooks/{webhook_id}/enable first; what failed meanwhile is kept."
        raise Problem(409, "webhook-disabled", "The webhook is disabled", remedy)


def _no_longer_kept() -> Problem:
    return Problem(410, "no-longer-kept", "No longer kept", "Its body has been deleted, as on the topic.")
