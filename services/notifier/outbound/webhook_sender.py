"""The worker that sends to webhooks: handshakes and deliveries, each receiver in a thread of its own."""

from __future__ import annotations

import json
import random
import secrets
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog
from standardwebhooks import Webhook

from services.chassis.activity import Activity
from services.chassis.database.work import Workshop
from services.chassis.messaging.errors import Kind, cause_of, kind_of
from services.chassis.web.health import Health
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.outbound.http_post import Post, ReceiverUnreachable
from services.notifier.store.claims import Sending, WebhookClaim, claim
from services.notifier.store.webhook_outcomes import settle_handshake, settle_sending, sweep

SENDER = "webhooks"
TICK_S = 0.2
QUIET_TICK_S = 1.0
RETRY_S = 1.0
SWEEP_EVERY_S = 60.0
CHALLENGE = "webhook.challenge"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """Sends at least once to each receiver, under a stable id: one message at a time to each, to `receivers` at once.

    Settled messages are deleted when they are as old as `kept`. `lease` must outlast `post`: an older claim counts as
    lost and is made again. `activity` is stirred when something is queued.
    """

    post: Post
    kept: timedelta
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    lease: timedelta = timedelta(seconds=30)
    receivers: int = 16
    activity: Activity = field(default_factory=Activity)

    def run(self, workshop: Workshop, stop: threading.Event, health: Health) -> None:
        pool = ThreadPoolExecutor(self.receivers, thread_name_prefix=SENDER)
        running: set[Future[None]] = set()
        freed = threading.Event()
        swept_at = 0.0
        try:
            while not stop.is_set():
                freed.clear()
                for done in [one for one in running if one.done()]:
                    running.discard(done)
                    done.result()
                try:
                    if time.monotonic() > swept_at + SWEEP_EVERY_S:
                        swept_at = time.monotonic()
                        with workshop.open() as work:
                            sweep(work, self.policy, self.kept)
                    with workshop.open() as work:
                        claims = claim(work, self.receivers - len(running), self.lease)
                except Exception as error:
                    if kind_of(error) is not Kind.RETRY:
                        raise
                    log.warning("webhooks wait: dependency down", cause=cause_of(error))
                    stop.wait(RETRY_S)
                    claims = []
                if claims or running:
                    self.activity.stir()
                for claimed in claims:
                    future = pool.submit(self._serve, workshop, claimed)
                    future.add_done_callback(lambda _: freed.set())
                    running.add(future)
                health.beat(SENDER)
                if self.activity.quiet:
                    self.activity.rest(QUIET_TICK_S)
                else:
                    freed.wait(TICK_S)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _serve(self, workshop: Workshop, claimed: WebhookClaim) -> None:
        """One message to one receiver. If the outcome cannot be saved, the lease ends and it is sent again."""
        sending = claimed.sending
        error = self._shake_hands(claimed) if sending is None else self._send(claimed, sending)
        if error:
            log.info("webhook failed", webhook=str(claimed.webhook_id), cause=error)
        share = random.random()
        try:
            with workshop.open() as work:
                if sending is None:
                    settle_handshake(work, claimed, error, self.policy, share)
                else:
                    settle_sending(work, claimed, sending, error, self.policy, share)
        except Exception as failure:
            if kind_of(failure) is not Kind.RETRY:
                raise
            log.warning("webhook not settled: dependency down", cause=cause_of(failure))

    def _shake_hands(self, claimed: WebhookClaim) -> str | None:
        """None if the receiver echoes a challenge, which proves that whoever named the URL controls it."""
        challenge = secrets.token_urlsafe(32)
        body = json.dumps({"type": CHALLENGE, "challenge": challenge}).encode()
        try:
            answer = self.post(claimed.url, signed(claimed.secret, str(uuid4()), body), body)
        except ReceiverUnreachable as error:
            return str(error)
        if answer.status // 100 == 2 and _echoes(answer.body, challenge):
            return None
        return f'answered {answer.status} without the challenge: answer 200 and {{"challenge": …}} with its value'

    def _send(self, claimed: WebhookClaim, sending: Sending) -> str | None:
        if sending.attempts > self.policy.attempts:
            return "given up: the last attempts were cut short"
        attributes = {name.replace("ce_", "ce-"): value.decode() for name, value in sending.headers}
        headers = attributes | signed(claimed.secret, str(sending.delivery_id), sending.body)
        try:
            answer = self.post(claimed.url, headers, sending.body)
        except ReceiverUnreachable as error:
            return str(error)
        return None if answer.status // 100 == 2 else f"answered {answer.status}"


def signed(secret: str, message_id: str, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks, signed at this moment of real time."""
    now = datetime.now(UTC)
    return {
        "content-type": "application/json",
        "user-agent": "closedloop12345",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
    }


def _echoes(body: bytes, challenge: str) -> bool:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and answer.get("challenge") == challenge
