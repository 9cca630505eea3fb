"""Webhooks from one process: how many a second to 500 receivers, and what receivers that do harm cost the others."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from uuid import UUID, uuid4

import structlog
from sqlalchemy import insert, text

from services.chassis.clock import SystemClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from services.chassis.web.health import Health
from services.contracts.department_events import TicketNotice
from services.notifier.domain.delivery import DepartmentMessage, TopicDelivery
from services.notifier.outbound.http_post import poster
from services.notifier.outbound.webhook_sender import SENDER, WebhookSender
from services.notifier.store.deliveries import SqlDeliveryLog
from services.notifier.store.tables import webhooks
from services.notifier.store.webhook_queue import SqlWebhookQueue
from tests.bench.figures import figure, percentile
from tests.bench.receivers import BAD, GOOD, receivers
from tests.bench.system import new_database, postgres

SUBSCRIPTIONS, DEAD = 500, 50
BACKLOG_S, RATE, PHASE_S, PAIRS = 12.0, 50, 4.0, 8
_TICKET = str(UUID(int=1))
_versions = count(1)


def webhooks_of_one_process() -> None:
    """Deliveries a second out of a backlog; then the p99 of good receivers at a steady rate, without and with bad ones
    in turn."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with postgres() as server, receivers() as good, receivers() as bad:
        urls = bad | {GOOD: good[GOOD]}  # else what the bad ones do would cost the good ones' own process
        _throughput(_workshop(new_database(server, "notifier", "throughput")), urls)
        _harm(_workshop(new_database(server, "notifier", "harm")), urls)


def _throughput(workshop: Workshop, urls: dict[str, str]) -> None:
    good = _subscribe(workshop, urls[GOOD], SUBSCRIPTIONS - DEAD)
    dead = _subscribe_bad(workshop, urls)
    for _ in range(20):
        _queue(workshop, SqlWebhookQueue(), [*good, *dead])
    started = time.monotonic()
    with _sending(workshop):
        time.sleep(BACKLOG_S)
        sent, seconds = len(_latencies(workshop, good)), time.monotonic() - started
    known = {"subscriptions": SUBSCRIPTIONS, "dead": DEAD, "seconds": round(seconds, 1), "broker": None}
    figure("webhooks", sent / seconds, "1/s", **known)
    workshop.engine.dispose()


def _harm(workshop: Workshop, urls: dict[str, str]) -> None:
    """450 good receivers beside 50 further good ones, then beside 50 bad ones, in turn; the median of the phases, since
    what else the machine does falls on single ones."""
    good = _subscribe(workshop, urls[GOOD], SUBSCRIPTIONS - DEAD)
    beside = {False: _subscribe(workshop, urls[GOOD], DEAD), True: _subscribe_bad(workshop, urls)}
    seen: dict[bool, list[list[float]]] = {False: [], True: []}
    with _sending(workshop) as queue:
        _steadily(workshop, queue, good, beside[False])
        for number in range(PAIRS):
            for bad in (False, True) if number % 2 else (True, False):  # neither has the larger tables
                seen[bad].append(_steadily(workshop, queue, good, beside[bad]))
    known = {"rate": RATE, "good": len(good), "bad": DEAD, "kinds": ",".join(BAD), "phases": PAIRS, "broker": None}
    for share in (0.5, 0.99):
        all_good, some_bad = (median(percentile(one, share) for one in seen[bad]) * 1000 for bad in (False, True))
        name = f"webhook_p{round(share * 100)}"
        moved = round((some_bad / all_good - 1) * 100, 1)
        figure(name, all_good, "ms", beside_bad=round(some_bad, 1), moved_percent=moved, **known)
    workshop.engine.dispose()


def _steadily(workshop: Workshop, queue: SqlWebhookQueue, good: Sequence[str], others: Sequence[str]) -> list[float]:
    """Latencies of the good ones, at `RATE` a second; each of the others gets as much as each of them."""
    with workshop.engine.begin() as connection:
        connection.execute(text("UPDATE webhook_sendings SET due_at = NULL WHERE due_at IS NOT NULL"))
        connection.execute(text("UPDATE webhooks SET failures = 0, resume_at = now()"))
        since = connection.execute(text("SELECT now()")).scalar_one()
    started, everybody = time.monotonic(), random.Random(1).sample([*good, *others], len(good) + len(others))
    a_second, given = RATE * len(everybody) / len(good), 0
    for tick in range(1, int(PHASE_S * 10) + 1):
        time.sleep(max(0.0, started + tick / 10 - time.monotonic()))
        upto = int(a_second * tick / 10)
        _queue(workshop, queue, [everybody[number % len(everybody)] for number in range(given, upto)])
        given = upto
    time.sleep(1)
    return _latencies(workshop, good, since)


def _workshop(url: str) -> Workshop:
    return Workshop(engine_for(url, name="bench", idle_in_transaction_s=60), SystemClock(), "/310109/notifier")


def _subscribe_bad(workshop: Workshop, urls: dict[str, str]) -> list[str]:
    return [
        one
        for number, name in enumerate(BAD)
        for one in _subscribe(workshop, urls[name], DEAD // len(BAD) + (number < DEAD % len(BAD)))
    ]


def _subscribe(workshop: Workshop, url: str, number: int) -> list[str]:
    """Departments with an active webhook each."""
    codes = [f"unit-{uuid4().hex[:20]}" for _ in range(number)]
    rows = [
        {"webhook_id": uuid4(), "department": code, "url": f"{url}/{code}", "secret": "whsec_" + "A" * 43,
         "status": "active", "created_at": datetime.now(UTC), "created_by": "bench"}
        for code in codes
    ]  # fmt: skip
    with workshop.engine.begin() as connection:
        connection.execute(insert(webhooks), rows)
    return codes


def _queue(workshop: Workshop, queue: SqlWebhookQueue, departments: Sequence[str]) -> None:
    """A message to each."""
    now = datetime.now(UTC)
    messages = []
    for code in departments:
        own_id, version = uuid4(), next(_versions)
        delivery = TopicDelivery(own_id, uuid4(), code, TicketNotice, _TICKET, version, now, published_at=now)
        notice = TicketNotice(
            version=version, delivery_id=own_id, department=code, ticket_id=_TICKET, stage="ticket.settled.v1",
            state="settled", type_code="MJ01",
        )  # fmt: skip
        messages.append(DepartmentMessage(delivery, notice, None))
    with workshop.open() as work:
        queue.add(work, messages)


@contextmanager
def _sending(workshop: Workshop) -> Iterator[SqlWebhookQueue]:
    """The sender as notifier runs it, but to this machine; and the queue it hears of."""
    stop, health = threading.Event(), Health()
    health.expect(SENDER, 60)
    sender = WebhookSender(poster(demo=True), SqlDeliveryLog(), timedelta(days=30))
    thread = threading.Thread(target=sender.run, args=(workshop, stop, health), daemon=True)
    thread.start()
    try:
        yield SqlWebhookQueue(sender.hear)
    finally:
        stop.set()
        thread.join(30)


def _latencies(workshop: Workshop, departments: Sequence[str], since: datetime | None = None) -> list[float]:
    """Seconds from the queue to the receiver's answer as it is saved."""
    statement = text(
        """
        SELECT extract(epoch FROM d.told_at - s.queued_at) FROM deliveries d JOIN webhook_sendings s USING (delivery_id)
         WHERE d.status = 'sent' AND d.recipient = ANY(:recipients) AND s.queued_at >= :since
        """
    )
    recipients = [f"department:{code}" for code in departments]
    asked = {"recipients": recipients, "since": since or datetime(2000, 1, 1, tzinfo=UTC)}
    with workshop.engine.connect() as connection:
        return [float(one) for one in connection.execute(statement, asked).scalars()]
