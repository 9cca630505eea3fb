"""The outbox relay: publishes committed rows in order, one relay of a service at a time (ADR 1)."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

import psycopg
import structlog
from kafka.errors import KafkaError

from services.chassis import metrics
from services.chassis.database.database import TCP_LIMITS, Connection
from services.chassis.database.housekeeping import Housekeeping
from services.chassis.messaging.errors import cause_of
from services.chassis.messaging.outbox import ASIDE, CHANNEL
from services.chassis.messaging.pace import FEW, Pace
from services.chassis.messaging.published import Published
from services.chassis.messaging.publisher import Overdue, Publisher, PublisherFactory, Row, Unsendable
from services.chassis.messaging.wire import unpack_headers
from services.chassis.web.health import Health
from services.contracts.topics import STREAM_OFFSET, topic_table

log = structlog.get_logger(__name__)

BATCH = 500
POLL_S = 1.0
LEADER_IDLE_S = 5
BACK_OFF_S = (0.4, 5.0)

_UNPUBLISHED = f"""
    {ASIDE}
    SELECT seq, topic, key, headers, value FROM outbox AS o
     WHERE published_at IS NULL AND set_aside_at IS NULL
       AND NOT EXISTS (SELECT FROM aside AS a WHERE a.topic = o.topic AND a.key = o.key AND a.seq < o.seq)
     ORDER BY seq LIMIT %s
"""  # noqa: S608 - a constant
# The table's statistics say "nothing is unpublished", which is wrong in a burst: the planner would read and sort the
# whole backlog for every batch. So it may only follow the index.
_IN_INDEX_ORDER = "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off -c jit=off"
_PUBLISHED = "UPDATE outbox SET published_at = clock_timestamp() WHERE seq = ANY(%s)"
_SET_ASIDE = "UPDATE outbox SET set_aside_at = clock_timestamp(), set_aside_cause = %s WHERE seq = %s"

Session = psycopg.Connection[Any]


class Relay:
    """Publishes the outbox of one service until `stop` is set.

    Guarantees: rows of one key go out in `seq` order; a row is marked published only after the broker's
    acknowledgement of its transaction; a crash in between publishes it again under the same event id.
    Leadership is an advisory lock on a session that the server ends when its process freezes; on Apache Kafka
    the new leader's `transactional_id` fences the old one, so that what it sends when it wakes up is refused.
    A refused row is set aside and blocks the later rows of its key until a person acts; other keys continue.
    """

    def __init__(
        self,
        dsn: str,
        connect: PublisherFactory,
        health: Health,
        stop: threading.Event,
        ring: Callable[[Collection[str]], None] = lambda topics: None,
        breath_after: Callable[[float], float] = Pace(0).breath_after,
        looks_again: threading.Event | None = None,
    ) -> None:
        """`ring` is called with the topics of records that have been acknowledged.

        `looks_again` is set while nobody need wake this relay: it has rows to publish, and looks for more after them.
        """
        self._dsn = dsn
        self._connect = connect
        self._health = health
        self._stop = stop
        self._ring = ring
        self._breath_after = breath_after
        self._looks_again = looks_again or threading.Event()
        self.published = Published()
        self._streams = topic_table().streams
        self._housekeeping = Housekeeping()
        # The broker refuses one of the rows up to this one: they are sent singly, to find it.
        self._suspect_until = 0
        self._failures = 0

    def run(self) -> None:
        while not self._stop.is_set():
            try:
                self._wait_for_leadership()
            except (psycopg.Error, KafkaError, Overdue, Unsendable) as error:
                log.warning("relay starts again", cause=cause_of(error))
                metrics.PRODUCER_RENEWALS.inc()
                self._back_off()
            finally:
                self._looks_again.clear()
                metrics.RELAY_LEADER.set(0)
                self._health.beat("relay")

    def _back_off(self) -> None:
        low, high = BACK_OFF_S
        self._stop.wait(random.uniform(0.5, 1) * min(high, low * 2 ** min(self._failures, 10)))
        self._failures += 1

    def _wait_for_leadership(self) -> None:
        # If a crash of PostgreSQL loses the marks, the rows are published a second time, and readers drop them.
        limits = f"-c idle_session_timeout={LEADER_IDLE_S * 1000} -c statement_timeout=30000"
        options = f"{limits} -c synchronous_commit=off {_IN_INDEX_ORDER}"
        with Connection.connect(
            self._dsn, autocommit=True, application_name="outbox relay", options=options, **TCP_LIMITS
        ) as session:
            while not self._stop.is_set():
                self._health.beat("relay")
                leads = session.execute("SELECT pg_try_advisory_lock(hashtext('outbox relay'))").fetchone()
                if leads == (True,):
                    with self._connect() as publisher:
                        self._lead(session, publisher)
                        return
                self._stop.wait(POLL_S)

    def _lead(self, session: Session, publisher: Publisher) -> None:
        metrics.RELAY_LEADER.set(1)
        session.execute(f"LISTEN {CHANNEL}")
        while not self._stop.is_set():
            self._health.beat("relay")
            self._housekeeping.prune_when_due(session)
            self._looks_again.clear()  # before the look: it may miss what is committed from now on
            rows = self._next(session)
            if rows:
                self._looks_again.set()
                began = time.monotonic()
                self._publish(session, publisher, rows)
                if len(rows) < FEW:
                    self._stop.wait(self._breath_after(time.monotonic() - began))
            else:
                for _ in session.notifies(timeout=POLL_S, stop_after=1):
                    pass

    def _next(self, session: Session) -> list[Row]:
        found = session.execute(_UNPUBLISHED, [1 if self._suspect_until else BATCH]).fetchall()
        rows = [Row(seq, topic, key, unpack_headers(headers), value) for seq, topic, key, headers, value in found]
        if self._suspect_until and (not rows or rows[0].seq > self._suspect_until):
            self._suspect_until = 0
            return self._next(session)
        return rows

    def _publish(self, session: Session, publisher: Publisher, rows: Sequence[Row]) -> None:
        try:
            placed = [self._placed(row) for row in rows]
            acknowledged = publisher.publish(placed, while_waiting=lambda: self._still_here(session))
        except Unsendable as refused:
            if len(rows) > 1:
                self._suspect_until = rows[-1].seq
            else:
                session.execute(_SET_ASIDE, [str(refused), rows[0].seq])
                log.error("event set aside: the broker refuses it", seq=rows[0].seq, cause=str(refused))
            raise
        for one in acknowledged:
            self.published.record(one)
        self._ring({row.topic for row in rows})
        session.execute(_PUBLISHED, [[row.seq for row in rows]])
        self._failures = 0
        for row in rows:
            department_family = "departments.state" if row.topic in self._streams else "departments"
            family = department_family if row.topic.startswith("departments.") else row.topic
            metrics.EVENTS_PUBLISHED.labels(family, row.type).inc()

    def _placed(self, row: Row) -> Row:
        """A record of a state with the place in its stream before which the state holds everything (ADR 53).

        That is what was acknowledged before: whoever writes a message and its state together writes the state first.
        After a start it is unknown until the stream's next message, and the record goes without.
        """
        stream = self._streams.get(row.topic)
        end = self.published.end_of(stream) if stream else None
        return row if end is None else row._replace(headers=[*row.headers, (STREAM_OFFSET, str(end).encode())])

    def _still_here(self, session: Session) -> None:
        """Keeps the session alive: a slow broker must not cost a live relay its leadership."""
        session.execute("SELECT 1")
        self._health.beat("relay")
