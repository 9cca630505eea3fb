"""Topic administration on the embedded broker."""

from __future__ import annotations

import os
from contextlib import closing

import pytest
from kafka.admin import KafkaAdminClient
from typer.testing import CliRunner

from services.chassis.messaging.topic_admin import apply_topics
from services.cli.commands.topics import app
from services.contracts.topics import topic_table
from services.localstack.embedded_broker import EmbeddedBroker
from services.localstack.run_directory import RunDirectory
from services.localstack.stack import topics_on
from tests.contract.topic_admin_suite import TopicAdminSuite
from tests.harness.fixtures import NewFolder


class TestTopicAdminOnTheEmbeddedBroker(TopicAdminSuite):
    @pytest.fixture
    def bootstrap(self, embedded_broker: EmbeddedBroker) -> str:
        return embedded_broker.bootstrap


@pytest.mark.parametrize("address", ["nonsense", "host:", "host:12,", ":9092", "a b:1"])
def test_an_address_that_is_none_is_refused_by_name(address: str) -> None:
    refused = CliRunner().invoke(app, ["check", "--kafka", address])
    assert refused.exit_code == 2
    assert "--kafka" in refused.output
    assert "HOST:PORT" in refused.output


def test_the_broker_of_a_local_stack_is_compared_with_what_the_stack_makes_of_the_table(new_folder: NewFolder) -> None:
    folder = new_folder()
    broker, stack = EmbeddedBroker(folder / "broker.log"), RunDirectory(folder / "run")
    broker.start_and_wait()
    try:
        stack.write_state(
            {"pid": os.getpid(), "kafka": {"bootstrap": broker.bootstrap, "flavour": EmbeddedBroker.flavour}}
        )
        with closing(KafkaAdminClient(bootstrap_servers=broker.bootstrap)) as admin:
            apply_topics(admin, topics_on(EmbeddedBroker.flavour))
        asked = ["check", "--kafka", broker.bootstrap, "--run-dir"]
        own, other = (CliRunner().invoke(app, [*asked, str(folder / name)]) for name in ("run", "another"))
        assert (own.exit_code, own.output) == (0, f"{len(topic_table().topics)} topics checked, 0 differences\n")
        assert other.exit_code == 1
        assert "partitions" in other.output
    finally:
        stack.release()
        broker.stop()
