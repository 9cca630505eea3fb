"""Every known way in which a consumer could stand still on Apache Kafka while it looks healthy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from kafka.errors import FencedInstanceIdError

from services.chassis.messaging import membership
from services.chassis.settings import KafkaFlavour
from services.localstack.apache_kafka import ApacheKafka
from tests.harness.fixtures import NewFolder
from tests.harness.waiting import eventually
from tests.integration.chassis.conftest import chassis_url, counting, engine, workshop  # noqa: F401 - fixtures
from tests.integration.chassis.counting import Counting
from tests.integration.chassis.events import envelope, received
from tests.integration.chassis.groups import Groups

PATIENCE_S = 120


@pytest.fixture(scope="module")
def folder(new_folder: NewFolder) -> Path:
    return new_folder()


@pytest.fixture(scope="module")
def kafka(folder: Path) -> Iterator[ApacheKafka]:
    broker = ApacheKafka(folder / "kafka", folder / "broker.log")
    broker.start_and_wait()
    yield broker
    broker.stop()


@pytest.fixture
def groups(kafka: ApacheKafka, counting: Counting) -> Iterator[Groups]:  # noqa: F811
    _make_topics(kafka)
    groups = Groups(kafka.bootstrap, KafkaFlavour.APACHE, counting)
    yield groups
    groups.end()
    with closing(KafkaAdminClient(bootstrap_servers=kafka.bootstrap)) as admin:
        admin.delete_topics(["t", "u"])
        eventually(lambda: not {"t", "u"} & set(admin.list_topics()), within=PATIENCE_S)


def _make_topics(kafka: ApacheKafka) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=kafka.bootstrap)) as admin:
        admin.create_topics([NewTopic(name, num_partitions=3, replication_factor=1) for name in ("t", "u")])
        admin.wait_for_topics(["t", "u"])


def _reads(groups: Groups, counting: Counting, *numbers: int) -> None:  # noqa: F811
    groups.publish(*(envelope(received(number)) for number in numbers))
    eventually(lambda: set(numbers) <= set(counting.effects()), within=PATIENCE_S, what=f"tickets {numbers}")


@pytest.mark.parametrize("compression", ["gzip", "lz4", "snappy", "zstd"])
def test_what_a_producer_may_compress_by_is_read(
    groups: Groups,
    counting: Counting,  # noqa: F811
    compression: str,
) -> None:
    groups.publish(*(envelope(received(number)) for number in range(3)), compression=compression)
    groups.start()
    eventually(lambda: counting.effects() == dict.fromkeys(range(3), 1), within=PATIENCE_S)


def test_of_a_batch_the_records_before_the_undecodable_one_are_read_and_the_rest_dead_lettered(
    groups: Groups,
    counting: Counting,  # noqa: F811
) -> None:
    groups.publish(*(envelope(received(number)) for number in range(5)), spoilt={2})
    running = groups.start()
    _reads(groups, counting, 5)
    assert counting.effects() == {0: 1, 1: 1, 5: 1}
    ((place, cause),) = counting.causes().items()
    assert (place, "offsets 2 to 4" in cause) == (("t", 0, 2), True)
    eventually(lambda: running.loop.settled["t"] == 6, within=PATIENCE_S)


def test_a_batch_that_was_damaged_on_the_disk_is_dead_lettered_and_passed_over(
    groups: Groups,
    counting: Counting,  # noqa: F811
    kafka: ApacheKafka,
    folder: Path,
) -> None:
    running = groups.start()
    _reads(groups, counting, 0)
    running.end()
    groups.publish(envelope(received(1)))
    kafka.stop()
    (segment,) = folder.glob("kafka/**/t-0/00000000000000000000.log")
    written = segment.read_bytes()
    at = written.rindex(b'"state":"received"')
    segment.write_bytes(written[:at] + written[at:].replace(b"received", b"deceived", 1))
    kafka.start_and_wait()
    groups.start()
    _reads(groups, counting, 2)
    assert counting.effects() == {0: 1, 2: 1}
    ((place, cause),) = counting.causes().items()
    assert (place, "CorruptRecordError" in cause) == (("t", 0, 1), True)


def test_an_idle_member_whose_name_another_process_took_ends(
    groups: Groups,
    counting: Counting,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(membership, "PROVE_EVERY_S", 1.0)
    first = groups.start("same")
    _reads(groups, counting, 0)
    second = groups.start("same")
    eventually(lambda: first.error or second.error, within=PATIENCE_S)
    fenced, other = (first, second) if first.error else (second, first)
    assert [type(error) for error in fenced.error] == [FencedInstanceIdError]
    assert other.error == []
    _reads(groups, counting, 1)


@pytest.mark.parametrize("trouble", ["frozen", "restarted"])
def test_a_broker_that_was_away_for_longer_than_a_session_finds_its_members_again(
    groups: Groups,
    counting: Counting,  # noqa: F811
    kafka: ApacheKafka,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
) -> None:
    monkeypatch.setattr(membership, "UNREADY_AFTER_S", 3.0)
    running = groups.start()
    _reads(groups, counting, 0)
    eventually(lambda: running.health.unready() == {}, within=PATIENCE_S)
    if trouble == "frozen":
        kafka.freeze()
    else:
        kafka.stop()
    eventually(running.health.unready, within=PATIENCE_S, what="the consumer's trouble")
    if trouble == "frozen":
        kafka.thaw()
    else:
        kafka.start_and_wait()
    _reads(groups, counting, 1)
    eventually(lambda: running.health.unready() == {}, within=PATIENCE_S)
    assert running.error == []


def test_a_topic_that_was_deleted_and_made_again_is_read_again(
    groups: Groups,
    counting: Counting,  # noqa: F811
    kafka: ApacheKafka,
) -> None:
    running = groups.start()
    _reads(groups, counting, 0)
    with closing(KafkaAdminClient(bootstrap_servers=kafka.bootstrap)) as admin:
        admin.delete_topics(["t", "u"])
        eventually(lambda: not {"t", "u"} & set(admin.list_topics()), within=PATIENCE_S)
    _make_topics(kafka)
    _reads(groups, counting, 1)
    assert running.error == []
