"""Apache Kafka as the fault tests need it: its log outlives it, and what a reader sees is what was committed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic
from kafka.errors import KafkaTimeoutError

from services.localstack.apache_kafka import ApacheKafka
from services.localstack.brokers import answers_metadata
from services.localstack.processes import StartFailed
from tests.harness.fixtures import NewFolder
from tests.harness.tcp_proxy import TcpProxy
from tests.harness.topics import read_topic
from tests.harness.waiting import eventually


@pytest.fixture(scope="module")
def kafka(new_folder: NewFolder) -> Iterator[ApacheKafka]:
    folder = new_folder()
    broker = ApacheKafka(folder / "kafka", folder / "broker.log")
    broker.start_and_wait()
    yield broker
    broker.stop()


def make(kafka: ApacheKafka, topic: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
    admin.wait_for_topics([topic])
    admin.close()


def write(bootstrap: str, topic: str, *values: str) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    for value in values:
        producer.send(topic, value.encode()).get(timeout=60)
    producer.close()


def values(kafka: ApacheKafka, topic: str, *, read_committed: bool = True) -> set[str]:
    records = read_topic(kafka.bootstrap, "apache", topic, read_committed=read_committed)
    return {(record.value or b"").decode() for record in records}


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_the_log_outlives_the_broker(kafka: ApacheKafka, end: str) -> None:
    topic = f"kept-through-{end}"
    make(kafka, topic)
    write(kafka.bootstrap, topic, "before")
    getattr(kafka, end)()
    eventually(lambda: not answers_metadata(kafka.bootstrap), within=10)
    kafka.start_and_wait()
    write(kafka.bootstrap, topic, "after")
    assert values(kafka, topic) == {"before", "after"}


def test_another_broker_made_on_the_same_folder_goes_on_with_its_log(new_folder: NewFolder) -> None:
    folder = new_folder()
    for n in (1, 2):
        broker = ApacheKafka(folder / "kafka", folder / "broker.log")
        broker.start_and_wait()
        try:
            if n == 1:
                make(broker, "kept")
            write(broker.bootstrap, "kept", f"by broker {n}")
            assert len(values(broker, "kept")) == n
        finally:
            broker.stop()


def test_a_frozen_broker_answers_nobody_until_it_is_thawed(kafka: ApacheKafka) -> None:
    kafka.freeze()
    assert not answers_metadata(kafka.bootstrap)
    kafka.thaw()
    assert eventually(lambda: answers_metadata(kafka.bootstrap), within=20)


def test_an_aborted_transaction_is_read_only_when_asked_for(kafka: ApacheKafka) -> None:
    make(kafka, "transactions")
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id="writer")
    producer.init_transactions()
    for value, end in (("kept", producer.commit_transaction), ("aborted", producer.abort_transaction)):
        producer.begin_transaction()
        producer.send("transactions", value.encode(), partition=0).get(timeout=60)
        end()
    producer.close()
    assert values(kafka, "transactions") == {"kept"}
    assert values(kafka, "transactions", read_committed=False) == {"kept", "aborted"}


def test_topics_do_not_come_by_themselves(kafka: ApacheKafka) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, max_block_ms=1000)
    with pytest.raises(KafkaTimeoutError):
        producer.send("never-made", b"lost")
    producer.close()
    assert read_topic(kafka.bootstrap, "apache", "never-made") == []


def test_a_client_behind_the_proxy_has_no_other_way(kafka: ApacheKafka) -> None:
    make(kafka, "proxied")
    with TcpProxy(("127.0.0.1", kafka.proxied_port), kafka.proxy_port) as proxy:
        write(proxy.address, "proxied", "by the proxy")
        assert proxy.connections >= 1
        proxy.drop()
        assert not answers_metadata(proxy.address)
    assert values(kafka, "proxied") == {"by the proxy"}


def test_without_java_or_maven_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartFailed, match=r"Java 17.*openjdk-17-jre-headless"):
        ApacheKafka(tmp_path / "kafka", tmp_path / "log")
    (tmp_path / "java").write_text("#!/bin/sh\n")
    (tmp_path / "java").chmod(0o755)
    monkeypatch.setattr("services.localstack.apache_kafka.CACHE", tmp_path / "empty")
    with pytest.raises(StartFailed, match=r"Maven.*install it \(maven\)"):
        ApacheKafka(tmp_path / "kafka", tmp_path / "log")
