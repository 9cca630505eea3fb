"""`closedloop up` beside an Apache Kafka and a PostgreSQL that are there already."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from services.localstack.apache_kafka import ApacheKafka
from services.localstack.postgres import EmbeddedPostgres, connect
from tests.harness.commands import closedloop_process
from tests.harness.fixtures import NewFolder, NewStack


@pytest.fixture
def kafka(new_folder: NewFolder) -> Iterator[ApacheKafka]:
    folder = new_folder()
    broker = ApacheKafka(folder / "kafka", folder / "broker.log")
    broker.start_and_wait()
    yield broker
    broker.stop()


def test_the_stack_uses_them_and_leaves_them_running(
    kafka: ApacheKafka, postgres: EmbeddedPostgres, new_stack: NewStack
) -> None:
    stack = new_stack(kafka=kafka.bootstrap, database=postgres.url("postgres"))
    stack.start()
    assert stack.servers == []
    sent = closedloop_process("send", "--json", "--run-dir", str(stack.run_dir))
    assert sent.returncode == 0, sent.stderr
    assert json.loads(sent.stdout)["broker"] == f"Apache Kafka at {kafka.bootstrap}"
    stack.stop()
    assert kafka.answers()
    with connect(postgres.url("intake")) as connection:
        assert connection.execute("SELECT count(*) FROM tickets").fetchone() == (1,)
