"""Classifiers on an Apache Kafka of their module's own, and one closed Apache Kafka for all tests of rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.localstack.apache_kafka import ApacheKafka
from services.localstack.closed_kafka import ClosedKafka
from tests.integration.classifier.process import ClassifierProcess, Topics
from tests.kafka.closed import closed_broker


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApacheKafka]:
    folder = tmp_path_factory.mktemp("kafka")
    broker = ApacheKafka(folder / "data", folder / "kafka.log")
    broker.start_and_wait()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def closed_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClosedKafka]:
    """Has no user but the administrator at first. Users, topics and records of other modules' tests stay on it."""
    with closed_broker(tmp_path_factory.mktemp("closed-kafka")) as broker:
        yield broker


@pytest.fixture(scope="module")
def topics(kafka: ApacheKafka) -> Topics:
    return Topics(kafka)


Start = Callable[..., ClassifierProcess]


@pytest.fixture
def start(kafka: ApacheKafka, topics: Topics, tmp_path: Path) -> Iterator[Start]:
    """Starts classifiers, and stops them at the end."""
    made: list[ClassifierProcess] = []

    def begin(**options: object) -> ClassifierProcess:
        process = ClassifierProcess(kafka, tmp_path, **options)  # type: ignore[arg-type]
        made.append(process)
        process.start_and_wait()
        return process

    yield begin
    for process in made:
        process.stop()
