"""Puts notifier together: deliveries to departments, webhooks, officers and what sends to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from fastapi import APIRouter

from services.chassis.clock import Clock
from services.chassis.database.gauges import Gauging
from services.chassis.database.work import Workshop
from services.chassis.messaging.subscription import Subscription
from services.chassis.messaging.timers import TimerHandler
from services.chassis.sweep import Sweep
from services.chassis.workers import WorkerLoop
from services.contracts.topics import topic_table
from services.notifier.app.announce_schema import AnnounceSchema
from services.notifier.app.escalate import ESCALATE
from services.notifier.app.keep_states import KeepStates
from services.notifier.app.notify_departments import NotifyDepartments
from services.notifier.app.recipients import Recipients
from services.notifier.app.tell_answer import TellAnswer
from services.notifier.domain.delivery import CONSUMER
from services.notifier.files.log_retention import load_log_retention
from services.notifier.files.officer_words import load_officer_words
from services.notifier.files.refusal_words import load_refusal_words, said
from services.notifier.files.routing import load_routing
from services.notifier.http.deliveries import delivery_routes
from services.notifier.http.officers import officer_routes
from services.notifier.http.redeliveries import redelivery_routes
from services.notifier.http.replies import TakeReadings
from services.notifier.http.sandbox import sandbox_routes
from services.notifier.http.schema_changes import schema_change_routes
from services.notifier.http.webhooks import webhook_routes
from services.notifier.officers_wiring import OfficersWiring
from services.notifier.outbound.http_post import Post, poster
from services.notifier.outbound.officer_channels import Outward
from services.notifier.outbound.webhook_sender import SENDER, WebhookSender
from services.notifier.pages.site import people_pages
from services.notifier.sending_wiring import SendingWiring
from services.notifier.store.deliveries import SqlDeliveryLog, gauge_awaiting_text
from services.notifier.store.held_tickets import SqlHeldTickets
from services.notifier.store.known_matters import SqlKnownMatters
from services.notifier.store.known_tickets import SqlKnownTickets
from services.notifier.store.log_retention import EndLogRetention
from services.notifier.store.schema_changes import SqlSchemaChanges
from services.notifier.store.webhook_queue import SqlWebhookQueue, gauge_webhooks
from services.notifier.store.webhooks import gauge_trouble

READS = ("tickets", "ticket-texts", "hot-issues", "projects")


@dataclass(frozen=True, slots=True)
class NotifierWiring:
    """Everything notifier does, on its own tables. `demo` also admits receivers on this machine."""

    notify: NotifyDepartments
    officers: OfficersWiring
    sender: WebhookSender
    sending: SendingWiring
    demo: bool

    @classmethod
    def of(cls, *, demo: bool, post: Post | None = None, outward: Outward = Outward()) -> NotifierWiring:
        kept, log_kept = text_retention(), load_log_retention()
        log = SqlDeliveryLog()
        sender = WebhookSender(post or poster(demo=demo), log, kept)
        recipients = Recipients(load_routing())
        officers = OfficersWiring.of(recipients)
        notify = NotifyDepartments(
            recipients,
            SqlKnownTickets(),
            SqlKnownMatters(),
            log,
            SqlWebhookQueue(sender.hear),
            KeepStates(SqlHeldTickets(), SqlKnownTickets(), kept),
            officers.tell,
            kept,
            log_kept,
            partial(said, load_refusal_words()),
        )
        sending = SendingWiring.of(outward, load_officer_words().sentence)
        return cls(notify, officers, sender, sending, demo)

    def routes(self, workshop: Workshop) -> Sequence[APIRouter]:
        announce = AnnounceSchema(SqlSchemaChanges())
        return [
            delivery_routes(workshop),
            redelivery_routes(workshop),
            webhook_routes(workshop, demo=self.demo),
            schema_change_routes(workshop, announce),
            sandbox_routes(workshop),
            officer_routes(workshop, self.sending.desk.leaving),
            self.sending.routes(workshop),
            *self.officers.routes(workshop),
            *people_pages(
                workshop,
                self.officers.explain,
                load_officer_words(),
                self.officers.mark_read,
                self.sending.desk.leaving,
            ),
        ]

    @property
    def subscriptions(self) -> Sequence[Subscription]:
        tell = TellAnswer(self.notify.log, self.notify.webhooks, self.notify.said)
        readings = TakeReadings.of(self.officers.mark_read, tell)
        return [Subscription(CONSUMER, READS, self.notify.events, self.notify), readings.subscription]

    @property
    def timers(self) -> Mapping[str, TimerHandler]:
        return {**self.notify.states.timers, ESCALATE: self.officers.tell.escalate}

    def gauges(self, clock: Clock) -> Sequence[Gauging]:
        own = (gauge_awaiting_text, gauge_webhooks, gauge_trouble)
        return [*own, *self.officers.gauges(clock), self.sending.gauge(clock)]

    @property
    def workers(self) -> Mapping[str, WorkerLoop]:
        log = Sweep("delivery-log", EndLogRetention(self.notify.log_kept), rest_s=3600)
        sweeps = {one.name: one.run for one in (log, *self.officers.sweeps)}
        return {SENDER: self.sender.run, **sweeps, **self.sending.workers}


def text_retention() -> timedelta:
    """How long notifier keeps a text: as long as its topic does."""
    return timedelta(milliseconds=int(topic_table().topic("ticket-texts").configs()["retention.ms"]))
