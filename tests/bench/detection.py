"""Figures of detection on PostgreSQL: what a ticket costs as the data grows, tickets a second, memory, the rebuild."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psutil
from kafka import KafkaAdminClient, KafkaProducer
from sqlalchemy import text

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from services.chassis.messaging.topic_admin import apply_topics
from services.contracts.classification_events import TicketClassified
from services.contracts.event import Envelope, Event
from services.contracts.fingerprint import SAID_AT_OPENING, TERMS, TermKey
from services.contracts.ticket_events import Channel, Place, RequestKind, TicketDispatched, TicketReceived, Urgency
from services.contracts.topics import topic_table
from services.localstack.apache_kafka import ApacheKafka
from services.localstack.postgres import EmbeddedPostgres
from services.projects.files.rules import FILE, RulesInForce, load_rules
from services.projects.jobs.rebuild.run import TOPICS, Rebuilding
from services.projects.jobs.rebuild.topic_reader import Topics
from services.projects.wiring import ProjectsWiring
from tests.bench.figures import figure
from tests.bench.system import new_database, postgres

NOW = datetime(2026, 7, 1, tzinfo=UTC)
BATCH = 200
MEASURED = 4000
ESTATES = 430
A_YEAR = 110_000
"""Tickets of a district in a year (docs/domain.md §6)."""
SOME_TYPES = [f"{area}{n:02}" for area, count in (("XQ", 15), ("MJ", 19), ("SC", 7)) for n in range(1, count + 1)]
REBUILT = 60_000
KEY = TermKey(b"bench")
PROJECTS = ProjectsWiring.of(RulesInForce(FILE), KEY)
UNPLACED = 4_000


def tickets(count: int, first: int, dice: random.Random, *, begin: datetime, days: float) -> Iterator[TicketDispatched]:
    """In the order of their event times, over all cells, each of a caller of its own but every third."""
    for number in range(count):
        estate = dice.randrange(ESTATES)
        at = begin + timedelta(days=days * number / count)
        yield TicketDispatched(
            ticket_id=str(UUID(int=first + number)),
            version=2,
            state="dispatched",
            channel=Channel.PHONE,
            caller_ref=f"{dice.randrange(400_000):032x}",
            occurred_at=at,
            received_at=at,
            type_code=dice.choice(SOME_TYPES),
            place=Place(sub_district=f"31010900{estate % 8 + 1}", estate=f"estate-{estate}", estate_name=f"{estate}号"),
            lead="housing",
        )


def cost_of_detection() -> None:
    """Seconds a ticket through `Subscription.apply` and its commit, with 10 k and 1 M tickets of years stored."""
    with postgres() as server:
        costs = {stored: _cost(server, stored) for stored in (10_000, 100_000, 1_000_000)}
    for stored, seconds in costs.items():
        conditions = {"stored_tickets": stored, "batch": BATCH, "broker": None}
        figure("detection_tickets_per_s", MEASURED / seconds, "tickets/s", **conditions)
    figure("detection_cost_growth", costs[1_000_000] / costs[10_000], "ratio", of="1 M against 10 k stored tickets")
    figure("detection_rss", psutil.Process().memory_info().rss / 1e6, "MB", stored_tickets=1_000_000)


def _cost(server: EmbeddedPostgres, stored: int) -> float:
    url = new_database(server, "projects", f"cost_{stored}")
    engine = engine_for(url, name="bench", idle_in_transaction_s=60)
    with engine.begin() as connection:
        connection.execute(_STORE, {"count": stored, "now": NOW, "a_year": A_YEAR, "types": SOME_TYPES})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE ticket_sightings"))
    workshop = Workshop(engine, FixedClock(NOW), "/310109/projects")
    days = MEASURED / A_YEAR * 365
    batches = _batches(tickets(BATCH + MEASURED, 10**9, random.Random(1), begin=NOW, days=days))
    _apply(workshop, next(batches))
    started = time.perf_counter()
    for batch in batches:
        _apply(workshop, batch)
    seconds = time.perf_counter() - started
    engine.dispose()
    return seconds


def detection_without_an_estate() -> None:
    """Tickets a second, each with its fact and its reading, of which no estate is known: each is joined or kept."""
    with postgres() as server:
        engine = engine_for(new_database(server, "projects", "unplaced"), name="bench", idle_in_transaction_s=60)
        workshop, events = Workshop(engine, FixedClock(NOW), "/310109/projects"), list(_unplaced(random.Random(1)))
        started = time.perf_counter()
        for batch in _batches(iter(events)):
            _apply(workshop, batch)
        per_s = UNPLACED / (time.perf_counter() - started)
        engine.dispose()
    figure("detection_unplaced_tickets_per_s", per_s, "tickets/s", tickets=UNPLACED, batch=BATCH, broker=None)


def _unplaced(dice: random.Random) -> Iterator[Event]:
    """Two months' tickets of 70 terms, as common and as rare as words are, which name one of 3,000 places."""
    ranks = range(1, 20_000)
    how_common = list(accumulate(1 / rank for rank in ranks))
    for number in range(UNPLACED):
        name = f"{chr(0x4E00 + dice.randrange(60))}{chr(0x5000 + dice.randrange(50))}苑"
        terms = {rank * 7919 % TERMS: 0 for rank in dice.choices(ranks, cum_weights=how_common, k=70)}
        at = NOW + timedelta(days=60 * number / UNPLACED)
        ticket = {"ticket_id": str(UUID(int=1 + number)), "version": 1}
        yield TicketReceived(
            **ticket,
            state="received",
            channel=Channel.PHONE,
            caller_ref=f"{dice.randrange(400_000):032x}",
            occurred_at=at,
            received_at=at,
        )
        yield TicketClassified(
            **ticket,
            type_code=dice.choice(SOME_TYPES),
            confidence=0.9,
            kind=RequestKind.COMPLAINT,
            urgency=Urgency.NORMAL,
            place=Place(),
            place_words=(name,),
            fingerprint=KEY.encode(terms | dict.fromkeys(KEY.terms_of(name), SAID_AT_OPENING)),
            model_version="bench",
        )


def rebuild_of_projects() -> None:
    """Events a second that the rebuild folds out of Apache Kafka into PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="closedloop-bench-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "postgres", Path(folder) / "postgres.log")
        broker = ApacheKafka(Path(folder) / "kafka", Path(folder) / "broker.log")
        server.start_and_wait()
        try:
            broker.start_and_wait()
            _publish(broker.bootstrap)
            engine = engine_for(new_database(server, "projects", "rebuilt"), name="rebuild", idle_in_transaction_s=60)
            with Topics(broker.access, TOPICS) as topics:
                outcome = Rebuilding(topics, engine, load_rules(FILE), KEY).fold_all(lambda _events: None)
            engine.dispose()
        finally:
            broker.stop()
            server.stop()
    assert outcome.events == REBUILT, outcome
    figure("rebuild_events_per_s", outcome.events_per_s, "events/s", events=outcome.events)
    figure("rebuild_rss", psutil.Process().memory_info().rss / 1e6, "MB", events=outcome.events)


def _publish(bootstrap: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    apply_topics(admin, list(topic_table().topics.values()))
    admin.close()
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=20, batch_size=200_000)
    sent: list[Any] = []
    for event in tickets(REBUILT, 1, random.Random(1), begin=NOW - timedelta(days=365), days=365):
        one = Envelope(uuid4(), "/310109/intake", NOW, event)
        sent.append(producer.send("tickets", key=one.key, value=one.value(), headers=one.headers()))
    for one in sent:
        one.get(timeout=30)
    producer.close()


def _batches(found: Iterator[Event]) -> Iterator[Sequence[Event]]:
    held: list[Event] = []
    for one in found:
        held.append(one)
        if len(held) == BATCH:
            yield held
            held = []


def _apply(workshop: Workshop, batch: Sequence[Event]) -> None:
    with workshop.open() as work:
        PROJECTS.count([Envelope(uuid4(), "/310109/intake", NOW, event) for event in batch], work)


_STORE = text(
    """
    INSERT INTO ticket_sightings (ticket_id, ticket_version, caller_ref, occurred_at, decided_type,
                                  decided_sub_district, decided_estate, decided_estate_name)
    SELECT md5('stored' || n)::uuid::text, 2, md5((hashtext('caller' || n) % 400000)::text),
           CAST(:now AS timestamptz) - n * (interval '365 days' / :a_year),
           (CAST(:types AS text[]))[1 + abs(hashtext('type' || n)) % cardinality(CAST(:types AS text[]))],
           '31010900' || 1 + abs(hashtext('estate' || n)) % 430 % 8,
           'estate-' || abs(hashtext('estate' || n)) % 430, abs(hashtext('estate' || n)) % 430 || '号'
      FROM generate_series(1, :count) AS n
    """
)
