"""Topic administration on Apache Kafka."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.localstack.apache_kafka import ApacheKafka
from tests.contract.topic_admin_suite import TopicAdminSuite


@pytest.fixture(scope="module")
def empty_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApacheKafka]:
    folder = tmp_path_factory.mktemp("kafka")
    broker = ApacheKafka(folder / "data", folder / "kafka.log")
    broker.start_and_wait()
    yield broker
    broker.stop()


class TestTopicAdminOnApacheKafka(TopicAdminSuite):
    @pytest.fixture
    def bootstrap(self, empty_broker: ApacheKafka) -> str:
        return empty_broker.bootstrap
