"""The worker that talks to webhooks: handshakes and deliveries, each receiver in a thread of its own."""

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

from services.chassis.errors import Kind, cause_of, kind_of
from services.chassis.health import Health
from services.chassis.work import Workshop
from services.notifier.adapters.claims import Claim, Sending, claim, settle_handshake, settle_sending, sweep
from services.notifier.adapters.consumer import TEXT_RETENTION
from services.notifier.adapters.http_post import Post, Unreachable
from services.notifier.domain.patience import Patience

SENDER = "webhooks"
TICK_S = 0.2
RETRY_S = 1.0
SWEEP_EVERY_S = 60.0
CHALLENGE = "webhook.challenge"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sender:
    """At least once to each receiver, in a stable id; each receiver one message at a time, `receivers` at once.

    `lease` must outlast `post`: a claim that is older counts as lost and is made again.
    """

    post: Post
    patience: Patience = field(default_factory=Patience)
    lease: timedelta = timedelta(seconds=30)
    receivers: int = 16

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
                            sweep(work, self.patience, TEXT_RETENTION)
                    with workshop.engine.begin() as connection:
                        claims = claim(connection, self.receivers - len(running), self.lease)
                except Exception as error:
                    if kind_of(error) is not Kind.RETRY:
                        raise
                    log.warning("webhooks wait: dependency down", cause=cause_of(error))
                    stop.wait(RETRY_S)
                    claims = []
                for claimed in claims:
                    future = pool.submit(self._serve, workshop, claimed)
                    future.add_done_callback(lambda _: freed.set())
                    running.add(future)
                health.beat(SENDER)
                freed.wait(TICK_S)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _serve(self, workshop: Workshop, claimed: Claim) -> None:
        """One message to one receiver. If the database is away when it is to be noted, the lease ends, and again."""
        sending = claimed.sending
        error = self._shake_hands(claimed) if sending is None else self._send(claimed, sending)
        if error:
            log.info("webhook failed", webhook=str(claimed.webhook_id), cause=error)
        share = random.random()
        try:
            with workshop.open() as work:
                if sending is None:
                    settle_handshake(work, claimed, error, self.patience, share)
                else:
                    settle_sending(work, claimed, sending, error, self.patience, share)
        except Exception as failure:
            if kind_of(failure) is not Kind.RETRY:
                raise
            log.warning("webhook not settled: dependency down", cause=cause_of(failure))

    def _shake_hands(self, claimed: Claim) -> str | None:
        """None if the receiver echoes a challenge: whoever named the URL has a say over what answers there."""
        challenge = secrets.token_urlsafe(32)
        body = json.dumps({"type": CHALLENGE, "challenge": challenge}).encode()
        try:
            answer = self.post(claimed.url, signed(claimed.secret, str(uuid4()), body), body)
        except Unreachable as error:
            return str(error)
        if answer.status // 100 == 2 and _echoes(answer.body, challenge):
            return None
        return f"answered {answer.status} without the challenge: answer 200 and {{\"challenge\": …}} with its value"

    def _send(self, claimed: Claim, sending: Sending) -> str | None:
        if sending.attempts > self.patience.attempts:
            return "given up: the last attempts were cut short"
        attributes = {name.replace("ce_", "ce-"): value.decode() for name, value in sending.headers}
        headers = attributes | signed(claimed.secret, str(sending.delivery_id), sending.body)
        try:
            answer = self.post(claimed.url, headers, sending.body)
        except Unreachable as error:
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
