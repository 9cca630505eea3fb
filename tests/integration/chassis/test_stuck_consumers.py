"""No record, and no loss of membership, holds up a consumer in silence; on the embedded broker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from prometheus_client import REGISTRY

from services.chassis.settings import KafkaFlavour
from services.localstack.embedded_broker import EmbeddedBroker
from tests.harness.waiting import eventually
from tests.integration.chassis.counting import Counting
from tests.integration.chassis.events import envelope, received
from tests.integration.chassis.groups import Groups


@pytest.fixture
def groups(embedded_broker: EmbeddedBroker, counting: Counting) -> Iterator[Groups]:
    embedded_broker.restart()
    with closing(KafkaAdminClient(bootstrap_servers=embedded_broker.bootstrap)) as admin:
        admin.create_topics([NewTopic(name, num_partitions=3, replication_factor=1) for name in ("t", "u")])
        admin.wait_for_topics(["t", "u"])
    groups = Groups(embedded_broker.bootstrap, KafkaFlavour.EMBEDDED, counting)
    yield groups
    groups.end()


def test_what_a_producer_may_compress_by_is_read(groups: Groups, counting: Counting) -> None:
    tickets = iter(range(12))
    for compression in ("gzip", "lz4", "snappy", "zstd"):
        groups.publish(*(envelope(received(next(tickets))) for _ in range(3)), compression=compression)
    groups.start()
    eventually(lambda: counting.effects() == dict.fromkeys(range(12), 1), within=60)


def test_what_cannot_be_decoded_is_dead_lettered_by_its_place_and_holds_nothing_up(
    groups: Groups, counting: Counting
) -> None:
    groups.publish(envelope(received(0)))
    groups.publish(envelope(received(1)), spoilt={0})
    groups.publish(envelope(received(2)))
    groups.publish(envelope(received(3)), topic="u")
    running = groups.start()
    eventually(lambda: counting.effects() == {0: 1, 2: 1, 3: 1}, within=60)
    ((place, cause),) = counting.causes().items()
    assert place == ("t", 0, 1)
    assert "cannot be decoded, offsets 1 to 1" in cause
    assert "UnicodeDecodeError" in cause
    eventually(lambda: running.loop.settled == {"t": 3, "u": 1}, within=20)
    eventually(lambda: _lag() == 0, within=20)
    assert running.error == []


def test_undecodable_records_one_after_the_other_are_one_dead_letter(groups: Groups, counting: Counting) -> None:
    for number in range(3):
        groups.publish(envelope(received(number)), spoilt={0})
    groups.publish(envelope(received(3)))
    groups.start()
    eventually(lambda: counting.effects() == {3: 1}, within=60)
    ((place, cause),) = counting.causes().items()
    assert (place, "offsets 0 to 2" in cause) == (("t", 0, 0), True)


def test_a_place_that_was_passed_over_is_not_read_again_by_the_next_process(groups: Groups, counting: Counting) -> None:
    groups.publish(envelope(received(0)), spoilt={0})
    first = groups.start()
    eventually(lambda: len(counting.causes()) == 1, within=60)
    first.end()
    groups.publish(envelope(received(1)))
    groups.start()
    eventually(lambda: counting.effects() == {1: 1}, within=60)
    assert len(counting.causes()) == 1


def _lag() -> float | None:
    return REGISTRY.get_sample_value("closedloop_consumer_lag_events", {"consumer": "counting", "topic": "t"})
