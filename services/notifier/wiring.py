"""Puts notifier together: its use case on its own tables, its routes, its sender of webhooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter

from services.chassis.database.gauges import Gauging
from services.chassis.database.work import Workshop
from services.chassis.messaging.subscription import Subscription
from services.chassis.sweep import Sweep
from services.chassis.workers import WorkerLoop
from services.contracts.topics import topic_table
from services.notifier.app.notify_departments import NotifyDepartments
from services.notifier.app.recipients import Recipients
from services.notifier.domain.delivery import CONSUMER
from services.notifier.files.log_retention import load_log_retention
from services.notifier.files.routing import load_routing
from services.notifier.http.deliveries import delivery_routes
from services.notifier.http.redeliveries import redelivery_routes
from services.notifier.http.webhooks import webhook_routes
from services.notifier.outbound.http_post import Post, poster
from services.notifier.outbound.webhook_sender import SENDER, WebhookSender
from services.notifier.pages.site import people_pages
from services.notifier.store.deliveries import SqlDeliveryLog, gauge_awaiting_text
from services.notifier.store.known_matters import SqlKnownMatters
from services.notifier.store.known_tickets import SqlKnownTickets
from services.notifier.store.log_retention import EndLogRetention
from services.notifier.store.webhook_queue import SqlWebhookQueue, gauge_webhooks
from services.notifier.store.webhooks import gauge_trouble

READS = ("tickets", "ticket-texts", "hot-issues", "projects")


@dataclass(frozen=True, slots=True)
class NotifierWiring:
    """Everything notifier does, on its own tables. `demo` also admits receivers on this machine."""

    notify: NotifyDepartments
    sender: WebhookSender
    forget: Sweep
    demo: bool

    @classmethod
    def of(cls, *, demo: bool, post: Post | None = None) -> NotifierWiring:
        kept, log_kept = text_retention(), load_log_retention()
        log = SqlDeliveryLog()
        sender = WebhookSender(post or poster(demo=demo), log, kept)
        notify = NotifyDepartments(
            Recipients(load_routing()),
            SqlKnownTickets(),
            SqlKnownMatters(),
            log,
            SqlWebhookQueue(sender.hear),
            kept,
            log_kept,
        )
        forget = Sweep("delivery-log", EndLogRetention(log_kept), rest_s=3600)
        return cls(notify, sender, forget, demo)

    def routes(self, workshop: Workshop) -> Sequence[APIRouter]:
        return [
            delivery_routes(workshop),
            redelivery_routes(workshop),
            webhook_routes(workshop, demo=self.demo),
            *people_pages(workshop),
        ]

    @property
    def subscriptions(self) -> Sequence[Subscription]:
        return [Subscription(CONSUMER, READS, self.notify.events, self.notify)]

    @property
    def gauges(self) -> Sequence[Gauging]:
        return [gauge_awaiting_text, gauge_webhooks, gauge_trouble]

    @property
    def workers(self) -> Mapping[str, WorkerLoop]:
        return {SENDER: self.sender.run, self.forget.name: self.forget.run}


def text_retention() -> timedelta:
    """How long notifier keeps a text: as long as its topic does."""
    return timedelta(milliseconds=int(topic_table().topic("ticket-texts").configs()["retention.ms"]))
