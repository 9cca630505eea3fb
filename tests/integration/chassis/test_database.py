"""The time-outs that let a frozen process lose."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from services.chassis.database import database
from services.chassis.database.database import engine_for
from services.chassis.messaging.errors import Kind, kind_of
from tests.harness.tcp_proxy import TcpProxy
from tests.harness.waiting import eventually
from tests.integration.chassis.conftest import Query


def test_who_stands_still_inside_a_transaction_frees_its_locks_and_cannot_commit_late(
    engine: Engine, chassis_url: str, query: Query
) -> None:
    frozen = engine_for(chassis_url, name="frozen", idle_in_transaction_s=0.5)
    with frozen.connect() as connection:
        connection.execute(text("LOCK TABLE effects"))
        connection.execute(text("INSERT INTO effects VALUES ('frozen', '1')"))
        with engine.begin() as other:  # waits for the lock, no longer than the frozen one may hold it
            other.execute(text("SET LOCAL lock_timeout = '10s'"))
            other.execute(text("INSERT INTO effects VALUES ('other', '1')"))
        with pytest.raises(Exception, match=r"idle-in-transaction|closed|terminat") as late:
            connection.execute(text("SELECT 1"))
        assert kind_of(late.value) is Kind.RETRY
    assert query("SELECT consumer FROM effects") == [("other",)]
    with frozen.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    frozen.dispose()


def test_who_stands_still_while_it_sends_a_statement_frees_its_locks_too(
    engine: Engine, chassis_url: str, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "TRANSACTION_WITHIN_S", 2)
    frozen = engine_for(chassis_url, name="frozen", idle_in_transaction_s=0.5)
    with frozen.connect() as connection:
        connection.execute(text("LOCK TABLE effects"))
        assert connection.connection.driver_connection is not None
        session = connection.connection.driver_connection.pgconn
        session.enter_pipeline_mode()
        session.send_query_params(b"INSERT INTO effects VALUES ('frozen', '1')", [])
        session.send_flush_request()
        session.flush()  # the server has it and waits for what follows: to it this session is busy
        eventually(lambda: query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'frozen'"
                                 " AND state = 'active' AND wait_event = 'ClientRead'"), within=5)  # fmt: skip
        with engine.begin() as other:
            other.execute(text("SET LOCAL lock_timeout = '20s'"))
            other.execute(text("INSERT INTO effects VALUES ('other', '1')"))
        connection.invalidate()
    assert query("SELECT consumer FROM effects") == [("other",)]
    frozen.dispose()


def test_who_has_given_up_waiting_for_a_lock_leaves_no_session(
    engine: Engine, chassis_url: str, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "ANSWER_WITHIN_S", 0.5)
    monkeypatch.setattr(database, "CLIENT_LOOKED_FOR_EVERY_S", 1)
    waiting = engine_for(chassis_url, name="waiting", idle_in_transaction_s=5)
    with engine.begin() as holder:
        holder.execute(text("LOCK TABLE effects"))
        with pytest.raises(Exception, match="no answer"), waiting.begin() as connection:
            connection.execute(text("INSERT INTO effects VALUES ('waiting', '1')"))
        eventually(lambda: not query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'waiting'"), within=10)
    waiting.dispose()


def test_sessions_bear_the_name_of_their_process(chassis_url: str, query: Query) -> None:
    named = engine_for(chassis_url, name="projects-7", idle_in_transaction_s=5)
    with named.connect():
        eventually(lambda: query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'projects-7'"), within=5)
    named.dispose()


def test_a_server_that_takes_everything_and_says_nothing_is_left(
    chassis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "ANSWER_WITHIN_S", 0.5)
    server = make_url(chassis_url)
    with TcpProxy((server.host or "", server.port or 0)) as proxy:
        url = server.set(port=proxy.port).render_as_string(hide_password=False)
        engine = engine_for(url, name="proxied", idle_in_transaction_s=5)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            proxy.half_open()
            with pytest.raises(Exception, match="no answer") as silence:
                connection.execute(text("SELECT 1"))
            assert kind_of(silence.value) is Kind.RETRY
        with engine.connect() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
        engine.dispose()


def test_what_a_session_has_prepared_outlives_reading(engine: Engine) -> None:
    for _ in range(10):
        with engine.begin() as connection:
            connection.execute(text("SELECT count(*) FROM effects WHERE consumer = :name"), {"name": "x"})
    with engine.begin() as connection:
        prepared = connection.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    assert any("effects" in statement for statement in prepared)


def test_nobody_reads_in_a_transaction_that_is_rolled_back() -> None:
    services = Path(database.__file__).parents[2]
    said = {str(one.relative_to(services)) for one in services.rglob("*.py") if "engine.connect()" in one.read_text()}
    in_autocommit = {"chassis/messaging/attempts.py", "chassis/messaging/outbox.py"}
    assert said == in_autocommit, "say engine.begin(): see engine_for"
