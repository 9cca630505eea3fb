"""Topic administration on the embedded broker."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from services.cli.commands.topics import app
from services.localstack.embedded_broker import EmbeddedBroker
from tests.contract.topic_admin_suite import TopicAdminSuite


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
