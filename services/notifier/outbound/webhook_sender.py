"""The worker that sends to webhooks: handshakes and deliveries, each receiver in a thread of its own."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from services.chassis.activity import Activity
from services.chassis.database.work import Workshop
from services.chassis.messaging.errors import Kind, cause_of, kind_of
from services.chassis.web.health import Health
from services.notifier.app.ports import DeliveryLog
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.outbound.http_post import Post
from services.notifier.outbound.webhook_answers import WebhookOutcomes
from services.notifier.outbound.webhook_talk import send, shake_hands
from services.notifier.store.claims import WebhookClaim, claim
from services.notifier.store.webhook_outcomes import Settled
from services.notifier.store.webhook_sweep import sweep

SENDER = "webhooks"
TICK_S = 0.2
QUIET_TICK_S = 1.0
RETRY_S = 1.0
SWEEP_EVERY_S = 60.0
LAST_ANSWERS_S = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """Sends at least once to each receiver, under a stable id: one message at a time to each, to `receivers` at once.

    Of these at most `failing` are receivers that failed the last time: whoever hangs takes no place of the others for
    long. One thread alone talks to the database, for all of them at once. Settled messages are deleted when they are as
    old as `kept`. `lease` must outlast `post`: an older claim counts as lost and is made again.
    """

    post: Post
    log: DeliveryLog
    kept: timedelta
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    lease: timedelta = timedelta(seconds=60)
    receivers: int = 256
    failing: int = 64
    activity: Activity = field(default_factory=Activity)
    news: threading.Event = field(default_factory=threading.Event)

    def hear(self) -> None:
        """Something was queued by this process: it is looked for at once. What others queue is found by the tick."""
        self.activity.stir()
        self.news.set()

    def run(self, workshop: Workshop, stop: threading.Event, health: Health) -> None:
        round_ = _Round(self, workshop)
        health.ready_when("webhook outcomes", round_.outcomes.fault)
        try:
            while not stop.is_set():
                self.news.clear()
                try:
                    started = round_.go()
                except Exception as error:
                    if kind_of(error) is not Kind.RETRY:
                        raise
                    log.warning("webhooks wait: dependency down", cause=cause_of(error))
                    stop.wait(RETRY_S)
                    started = 0
                if started or round_.running:
                    self.activity.stir()
                health.beat(SENDER)
                if self.activity.quiet:
                    self.activity.rest(QUIET_TICK_S)
                else:
                    self.news.wait(TICK_S)
        finally:
            round_.end()

    def talk(self, claimed: WebhookClaim) -> Settled:
        """One message to one receiver."""
        sending = claimed.sending
        outcome = send(self.post, self.policy, claimed, sending) if sending else shake_hands(self.post, claimed)
        if outcome.error:
            log.info("webhook failed", webhook=str(claimed.webhook_id), cause=outcome.error)
        return Settled(claimed, outcome, random.random())


class _Round:
    """What one process has under way."""

    def __init__(self, sender: WebhookSender, workshop: Workshop) -> None:
        self.running: dict[Future[Settled], bool] = {}
        self._sender = sender
        self._workshop = workshop
        self._pool = ThreadPoolExecutor(sender.receivers, thread_name_prefix=SENDER)
        self.outcomes = WebhookOutcomes(workshop, sender.policy, sender.log)
        self._swept_at = 0.0

    def go(self) -> int:
        """Saves what came back, starts what is due; how many were started."""
        self._save()
        sender = self._sender
        if time.monotonic() > self._swept_at + SWEEP_EVERY_S:
            self._swept_at = time.monotonic()
            with self._workshop.open() as work:
                sweep(work, sender.policy, sender.kept)
        free, failing = sender.receivers - len(self.running), sender.failing - sum(self.running.values())
        with self._workshop.open() as work:
            claims = claim(work, free, failing, sender.lease)
        for claimed in claims:
            future = self._pool.submit(sender.talk, claimed)
            self.running[future] = claimed.failures > 0
            future.add_done_callback(lambda _: sender.news.set())
        return len(claims)

    def end(self) -> None:
        """Gives answers that are about to come a moment, so that they need not be asked for again."""
        wait(self.running, LAST_ANSWERS_S)
        try:
            self._save()
        except Exception as error:
            if kind_of(error) is not Kind.RETRY:
                raise
            log.warning("webhooks not settled: dependency down", cause=cause_of(error))
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _save(self) -> None:
        for done in [one for one in self.running if one.done()]:
            self.running.pop(done)
            self.outcomes.add(done.result())
        self.outcomes.save()
