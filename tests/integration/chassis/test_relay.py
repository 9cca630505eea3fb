"""The relay: every committed event reaches its topic, in its key's order, and again under the same id if in doubt."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from contextlib import ExitStack
from typing import LiteralString
from uuid import uuid4

import prometheus_client
import pytest
from kafka import KafkaAdminClient
from sqlalchemy import Engine, text

from services.chassis.database.work import Workshop
from services.chassis.messaging.outbox import OutboxRow, record, wake_relay
from services.chassis.messaging.topic_admin import apply_topics
from services.chassis.metrics import PRODUCER_RENEWALS
from services.contracts.topics import STREAM_OFFSET, Topic, topic_table
from services.localstack.embedded_broker import EmbeddedBroker
from tests.harness.topics import read_topic
from tests.harness.waiting import eventually
from tests.integration.chassis.conftest import Query
from tests.integration.chassis.events import received
from tests.integration.chassis.relays import Broker, real_producer, relay

SESSIONS: LiteralString = """
    SELECT pid FROM pg_stat_activity WHERE application_name = 'outbox relay' AND datname = current_database()
"""
LEADERS: LiteralString = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest.fixture
def topic(embedded_broker: EmbeddedBroker) -> str:
    """A topic of this test's own."""
    name = f"test-{uuid4()}"
    table = Topic(
        name=name, description="", key="ticket id", partitions=3, retention_days=1, cleanup="delete",
        max_message_bytes=1_048_576, writer="test", readers=(),
    )  # fmt: skip
    admin = KafkaAdminClient(bootstrap_servers=embedded_broker.bootstrap)
    apply_topics(admin, [table])
    admin.close()
    return name


def tell(engine: Engine, topic: str, *rows: tuple[str, str]) -> None:
    """Rows of (key, value), committed together."""
    with engine.begin() as connection:
        record(connection, [OutboxRow(uuid4(), topic, k.encode(), None, [], v.encode()) for k, v in rows])


def unpublished(query: Query) -> list[str]:
    rows = query("SELECT value FROM outbox WHERE published_at IS NULL ORDER BY seq")
    return [bytes(value).decode() for (value,) in rows]


def by_key(taken: list[tuple[bytes, bytes]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for key, value in taken:
        values[key.decode()].append(value.decode())
    return dict(values)


def test_events_reach_their_topic_each_key_in_its_order(
    workshop: Workshop, chassis_url: str, embedded_broker: EmbeddedBroker, topic: str, query: Query
) -> None:
    with relay(chassis_url, real_producer(embedded_broker.bootstrap)) as running:
        ids = []
        for version in range(1, 6):
            for ticket in range(1, 9):
                with workshop.open() as work:
                    ids.append(str(work.publish(topic, received(ticket, version=version))))
        eventually(lambda: not unpublished(query), within=30)
        assert running.published.by_topic() == {topic: len(ids)}
    records = read_topic(embedded_broker.bootstrap, "embedded", topic)
    assert Counter(one.headers["ce_id"] for one in records) == Counter(ids)
    versions = defaultdict(list)
    for one in records:
        versions[one.key].append(one.headers["ce_id"])
    expected = defaultdict(list)
    for position, event_id in enumerate(ids):
        expected[received(position % 8 + 1).ticket_id.encode()].append(event_id)
    assert versions == expected


def test_a_record_of_a_state_says_from_where_to_go_on_in_its_stream(
    engine: Engine, chassis_url: str, embedded_broker: EmbeddedBroker, query: Query
) -> None:
    """All before that place was acknowledged before the record was sent; after a start the place is unknown."""
    stream = topic_table().department_topic("health")
    state = topic_table().department_state_topic("health")
    bootstrap, key = embedded_broker.bootstrap, str(uuid4()).encode()
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    apply_topics(admin, [topic_table().topic(stream), topic_table().topic(state)])
    admin.close()
    for run in ("a", "b"):
        with relay(chassis_url, real_producer(bootstrap)):
            for ordinal in "123":
                tell(engine, state, (key.decode(), run + ordinal))
                tell(engine, stream, (key.decode(), run + ordinal))
                eventually(lambda: not unpublished(query), within=30)
    offsets = {one.value: one.offset for one in read_topic(bootstrap, "embedded", stream) if one.key == key}
    records = [one for one in read_topic(bootstrap, "embedded", state) if one.key == key]
    places = {one.value: one.headers.get(STREAM_OFFSET) for one in records}
    assert places == {
        b"a1": None,
        b"a2": str(offsets[b"a1"] + 1),
        b"a3": str(offsets[b"a2"] + 1),
        b"b1": None,
        b"b2": str(offsets[b"b1"] + 1),
        b"b3": str(offsets[b"b2"] + 1),
    }


def test_a_row_that_is_committed_late_with_a_lower_number_is_published_all_the_same(
    engine: Engine, chassis_url: str, query: Query
) -> None:
    broker = Broker()
    with relay(chassis_url, broker.connect), engine.connect() as slow:
        record(slow, [OutboxRow(uuid4(), "t", b"slow", None, [], b"first")])
        tell(engine, "t", ("quick", "second"))
        eventually(lambda: broker.taken == [(b"quick", b"second")], within=10)
        slow.commit()
        eventually(lambda: (b"slow", b"first") in broker.taken, within=10)
        eventually(lambda: not unpublished(query), within=10)
    assert [value for (value,) in query("SELECT value FROM outbox ORDER BY seq")] == [b"first", b"second"]


def test_an_event_acknowledged_but_not_marked_is_published_again_under_its_id(
    workshop: Workshop, engine: Engine, chassis_url: str, embedded_broker: EmbeddedBroker, topic: str, query: Query
) -> None:
    """The crash between acknowledgement and mark: the mark itself is refused."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE outbox ADD CONSTRAINT crash CHECK (published_at IS NULL)"))
    with workshop.open() as work:
        event_id = str(work.publish(topic, received(1)))
    bootstrap = embedded_broker.bootstrap
    with relay(chassis_url, real_producer(bootstrap)):
        eventually(lambda: read_topic(bootstrap, "embedded", topic), within=20)
    assert len(unpublished(query)) == 1
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE outbox DROP CONSTRAINT crash"))
    with relay(chassis_url, real_producer(bootstrap)):
        eventually(lambda: not unpublished(query), within=20)
    ids = Counter(one.headers["ce_id"] for one in read_topic(bootstrap, "embedded", topic))
    assert list(ids) == [event_id]
    assert ids[event_id] >= 2


def test_of_two_relays_one_leads_and_the_other_waits(engine: Engine, chassis_url: str, query: Query) -> None:
    leader, other = Broker(), Broker()
    with relay(chassis_url, leader.connect):
        eventually(lambda: leader.producers, within=10)
        with relay(chassis_url, other.connect):
            tell(engine, "t", *[("k", str(number)) for number in range(100)])
            eventually(lambda: not unpublished(query), within=10)
            eventually(lambda: len(query(SESSIONS)) == 2, within=10)
            assert (other.producers, len(leader.taken)) == (0, 100)


def test_the_relay_that_waits_takes_over_when_the_leader_stops(engine: Engine, chassis_url: str, query: Query) -> None:
    leader, other = Broker(), Broker()
    with ExitStack() as later:
        with relay(chassis_url, leader.connect):
            eventually(lambda: leader.producers, within=10)
            later.enter_context(relay(chassis_url, other.connect))
            eventually(lambda: len(query(SESSIONS)) == 2, within=10)
        tell(engine, "t", ("k", "1"))
        eventually(lambda: other.taken == [(b"k", b"1")], within=10)
    assert leader.taken == []


def test_leadership_ends_with_the_session_that_the_server_ends(engine: Engine, chassis_url: str, query: Query) -> None:
    broker = Broker()
    with relay(chassis_url, broker.connect):
        eventually(lambda: broker.producers, within=10)
        [(leader,)] = query(LEADERS)
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:leader)"), {"leader": leader})
        eventually(lambda: broker.producers == 2, within=10, what="a new producer under a new leadership")
        eventually(lambda: broker.closed == 1, within=10)
        tell(engine, "t", ("k", "after"))
        eventually(lambda: broker.taken == [(b"k", b"after")], within=10)


def test_a_silent_leader_loses_its_session(chassis_url: str, query: Query, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a frozen process looks like to the server: a session on which nothing comes."""
    monkeypatch.setattr("services.chassis.messaging.relay.LEADER_IDLE_S", 1)
    frozen, thawed = threading.Event(), threading.Event()

    def freezes() -> object:
        if not frozen.is_set():
            frozen.set()
            assert thawed.wait(60)
        return Broker().connect()

    with relay(chassis_url, freezes):
        assert frozen.wait(60)
        eventually(lambda: not query(LEADERS), within=10)
        thawed.set()


def test_waiting_for_a_slow_broker_keeps_the_leadership(
    engine: Engine, chassis_url: str, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.messaging.relay.LEADER_IDLE_S", 2)
    broker = Broker()
    broker.deaf.set()
    with relay(chassis_url, broker.connect):
        eventually(lambda: broker.producers, within=10)
        tell(engine, "t", ("k", "slow"))
        eventually(lambda: query(SESSIONS + "AND backend_start < now() - interval '5 s'"), within=20)
        broker.heard_again.set()
        eventually(lambda: not unpublished(query), within=10)
    assert broker.producers == 1


def test_a_relay_that_publishes_need_not_be_woken_for_what_is_committed_meanwhile(
    engine: Engine, chassis_url: str, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.messaging.relay.POLL_S", 600)  # by itself it would look in ten minutes
    broker, looks_again = Broker(), threading.Event()
    broker.deaf.set()
    with relay(chassis_url, broker.connect, looks_again=looks_again):
        eventually(lambda: broker.producers and not looks_again.is_set(), within=10)
        tell(engine, "t", ("k", "slow"))
        wake_relay(engine)
        eventually(looks_again.is_set, within=10)
        tell(engine, "t", ("k", "meanwhile"))
        broker.heard_again.set()
        eventually(lambda: not unpublished(query), within=10)
        eventually(lambda: not looks_again.is_set(), within=10)
    assert [value for _, value in broker.taken] == [b"slow", b"meanwhile"]


def test_a_refused_row_is_found_among_many_and_only_its_keys_successors_wait_behind_it(
    engine: Engine, chassis_url: str, query: Query
) -> None:
    broker = Broker(refuses={b"b3"})
    rows = [(key, f"{key}{number}") for number in range(1, 6) for key in "abc"]
    tell(engine, "t", *rows)
    with relay(chassis_url, broker.connect):
        eventually(lambda: unpublished(query) == ["b3", "b4", "b5"], within=30)
        tell(engine, "t", ("a", "a6"), ("b", "b6"))
        tell(engine, "other", ("b", "x1"))
        eventually(lambda: unpublished(query) == ["b3", "b4", "b5", "b6"], within=30)
    published = by_key(broker.taken)
    assert _without_repeats(published["a"]) == ["a1", "a2", "a3", "a4", "a5", "a6"]
    assert _without_repeats(published["c"]) == ["c1", "c2", "c3", "c4", "c5"]
    assert _without_repeats(published["b"]) == ["b1", "b2", "x1"]
    [(value, cause)] = query("SELECT value, set_aside_cause FROM outbox WHERE set_aside_at IS NOT NULL")
    assert value == b"b3"
    assert cause.startswith("MessageSizeTooLargeError")


def test_what_waits_behind_a_refused_row_goes_on_once_a_person_has_dealt_with_it(
    engine: Engine, chassis_url: str, query: Query
) -> None:
    broker = Broker(refuses={b"b1"})
    tell(engine, "t", ("b", "b1"), ("b", "b2"))
    with relay(chassis_url, broker.connect):
        eventually(lambda: query("SELECT 1 FROM outbox WHERE set_aside_at IS NOT NULL"), within=10)
        broker.refuses.clear()
        with engine.begin() as connection:
            connection.execute(text("UPDATE outbox SET set_aside_at = NULL"))
        eventually(lambda: not unpublished(query), within=20)
    assert _without_repeats(by_key(broker.taken)["b"]) == ["b1", "b2"]


def test_an_outage_of_hours_ends_no_relay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.messaging.relay.BACK_OFF_S", (1e-9, 1e-9))
    before = metric_value(PRODUCER_RENEWALS)
    with relay("postgresql://nobody@127.0.0.1:1/nowhere", Broker().connect):
        eventually(lambda: metric_value(PRODUCER_RENEWALS) > before + 1200, within=60)


def test_a_failed_send_makes_a_new_producer_and_loses_nothing(engine: Engine, chassis_url: str, query: Query) -> None:
    broker = Broker(failures=2)
    tell(engine, "t", *[("k", str(number)) for number in range(10)])
    with relay(chassis_url, broker.connect):
        eventually(lambda: not unpublished(query), within=20)
    assert broker.producers == 3
    assert _without_repeats(by_key(broker.taken)["k"]) == [str(number) for number in range(10)]


def test_an_overdue_send_makes_a_new_producer_and_loses_nothing(engine: Engine, chassis_url: str, query: Query) -> None:
    broker = Broker()
    broker.deaf.set()
    tell(engine, "t", ("k", "1"))
    with relay(chassis_url, broker.connect, overdue_s=1):
        eventually(lambda: broker.producers >= 2, within=20)
        broker.deaf.clear()
        eventually(lambda: not unpublished(query), within=20)
        broker.heard_again.set()
    assert set(broker.taken) == {(b"k", b"1")}


OLD = text("INSERT INTO inbox VALUES (:name, 't', gen_random_uuid(), :status, now() - :days * interval '1 day')")


def test_published_rows_stay_for_a_week_and_the_inbox_for_sixty_days(
    engine: Engine, chassis_url: str, query: Query
) -> None:
    tell(engine, "t", *[(f"k{number}", str(number)) for number in range(4)])
    with engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET published_at = now() - interval '8 days' WHERE value = '0'"))
        connection.execute(text("UPDATE outbox SET published_at = now() - interval '6 days' WHERE value = '1'"))
        connection.execute(text("UPDATE outbox SET set_aside_at = now() - interval '90 days' WHERE value = '2'"))
        for status in ("done", "rejected", "replayed"):
            for days in (59, 61):
                connection.execute(OLD, {"name": f"{status} {days}", "status": status, "days": days})
    with relay(chassis_url, Broker().connect):
        eventually(lambda: unpublished(query) == ["2"], within=10)
    assert query("SELECT value FROM outbox ORDER BY seq") == [(b"1",), (b"2",), (b"3",)]
    kept = {name for (name,) in query("SELECT consumer FROM inbox")}
    assert kept == {"done 59", "rejected 59", "rejected 61", "replayed 59", "replayed 61"}


def metric_value(counter: prometheus_client.Counter) -> float:
    return next(iter(counter.collect())).samples[0].value


def _without_repeats(values: list[str]) -> list[str]:
    """What a reader keeps who drops what he saw before."""
    return list(dict.fromkeys(values))
