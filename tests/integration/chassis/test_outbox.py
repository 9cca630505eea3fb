"""An event is published if, and only if, its state was committed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from services.chassis.database.work import Work, Workshop
from services.chassis.messaging.outbox import MAX_RECORD_BYTES, OutboxRow, TooLarge, backlog, record
from services.chassis.messaging.wire import unpack_headers
from services.contracts.event import Envelope
from services.contracts.registry import EVENTS
from services.localstack.postgres import connect
from tests.integration.chassis.conftest import Query
from tests.integration.chassis.events import ignored, received


def do(workshop: Workshop, deed: Callable[[Work], None]) -> None:
    with workshop.open() as work:
        deed(work)


def test_a_commit_leaves_state_and_event(workshop: Workshop, query: Query) -> None:
    with workshop.open() as work:
        work.connection.execute(text("INSERT INTO effects VALUES ('test', 'state')"))
        event_id = work.publish("tickets", received(1))
    assert query("SELECT ticket FROM effects") == [("state",)]
    [(topic, key, headers, value)] = query("SELECT topic, key, headers, value FROM outbox")
    assert isinstance(headers, bytes)
    assert isinstance(value, bytes)
    envelope = Envelope.parse(unpack_headers(headers), value, EVENTS)
    assert (topic, key) == ("tickets", received(1).ticket_id.encode())
    assert (envelope.id, envelope.event, envelope.source) == (event_id, received(1), "/310109/projects")


def test_a_rollback_leaves_neither(workshop: Workshop, query: Query) -> None:
    happened: list[str] = []

    def changes_its_mind(work: Work) -> None:
        work.connection.execute(text("INSERT INTO effects VALUES ('test', 'state')"))
        work.publish("tickets", received(1))
        work.after_commit(lambda: happened.append("counted"))
        work.flush()
        raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        do(workshop, changes_its_mind)
    assert query("SELECT * FROM effects") == query("SELECT * FROM outbox") == []
    assert happened == []


def test_a_commit_that_fails_counts_nothing(workshop: Workshop, query: Query) -> None:
    happened: list[str] = []

    def loses_its_session(work: Work) -> None:
        work.publish("tickets", received(1))
        work.after_commit(lambda: happened.append("counted"))
        work.flush()
        own = work.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with workshop.engine.connect() as another:
            another.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})

    with pytest.raises(OperationalError):
        do(workshop, loses_its_session)
    assert query("SELECT * FROM outbox") == []
    assert happened == []


def test_a_version_is_published_once(workshop: Workshop, query: Query) -> None:
    with workshop.open() as work:
        work.publish("tickets", received(1, version=1))
    with pytest.raises(IntegrityError, match="outbox_version"), workshop.open() as work:
        work.publish("tickets", received(1, version=1))
    with workshop.open() as work:
        work.publish("tickets", received(1, version=2))
        work.publish("tickets", received(2, version=1))
        work.publish("ticket-texts", ignored(1))
    assert len(query("SELECT * FROM outbox")) == 4


def test_an_event_that_fits_into_no_record_is_refused_before_anything_is_written(
    workshop: Workshop, query: Query
) -> None:
    large = ignored(1).model_copy(update={"text": "x" * MAX_RECORD_BYTES})

    def tells_too_much(work: Work) -> None:
        work.connection.execute(text("INSERT INTO effects VALUES ('test', 'state')"))
        work.publish("tickets", received(1))
        work.publish("ticket-texts", large)

    with pytest.raises(TooLarge, match=r"ticket-texts has \d+ bytes; a record holds 1000000"):
        do(workshop, tells_too_much)
    assert query("SELECT * FROM effects") == query("SELECT * FROM outbox") == []


def test_size_is_key_value_and_headers_in_bytes() -> None:
    row = OutboxRow(uuid4(), "t", b"ab", None, [("é", b"123"), ("x", b"")], b"vwxyz")
    assert row.size() == 2 + 5 + (2 + 3) + 1


def test_rows_of_one_transaction_are_numbered_in_the_order_they_were_published(
    workshop: Workshop, query: Query
) -> None:
    with workshop.open() as work:
        for version in range(1, 200):
            work.publish("tickets", received(1, version=version))
    versions = [version for (version,) in query("SELECT version FROM outbox ORDER BY seq")]
    assert versions == list(range(1, 200))


def test_the_relay_is_woken_by_the_commit_and_by_nothing_else(workshop: Workshop, chassis_url: str) -> None:
    with connect(chassis_url) as listening:
        listening.execute("LISTEN outbox")
        with workshop.open() as work:
            work.publish("tickets", received(1))
            work.flush()
            work.connection.rollback()
        with workshop.open() as work:
            record(work.connection, [])
        assert list(listening.notifies(timeout=0.2)) == []
        with workshop.open() as work:
            work.publish("tickets", received(1))
        assert len(list(listening.notifies(timeout=5, stop_after=1))) == 1


def test_the_backlog_is_what_waits_how_long_and_what_was_set_aside(workshop: Workshop) -> None:
    assert backlog(workshop.engine).depth == backlog(workshop.engine).set_aside == 0
    assert backlog(workshop.engine).oldest_age_s == 0
    with workshop.open() as work:
        for number in (1, 2, 3, 4):
            work.publish("tickets", received(number))
    with workshop.engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET recorded_at = recorded_at - interval '1 hour' WHERE seq <= 3"))
        connection.execute(text("UPDATE outbox SET published_at = now() WHERE seq = 1"))
        connection.execute(text("UPDATE outbox SET set_aside_at = now() WHERE seq = 2"))
    waiting = backlog(workshop.engine)
    assert (waiting.depth, waiting.set_aside) == (2, 1)
    assert 3600 <= waiting.oldest_age_s < 3700
