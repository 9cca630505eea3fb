"""On a closed broker everybody reads and writes what the tables say, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import NoReturn

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import (
    GroupAuthorizationFailedError,
    KafkaError,
    NoError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
    for_code,
)
from kafka.protocol.consumer.offsets import ListOffsetsRequest

from services.chassis.messaging.access.apply import apply_access, revoke
from services.chassis.messaging.topic_admin import apply_topics
from services.contracts.departments import departments
from services.contracts.principals import Operation, Resource, load_principals
from services.contracts.services import SERVICES
from services.contracts.topics import topic_table
from services.localstack.closed_kafka import ClosedKafka
from tests.harness.waiting import Stopwatch, eventually
from tests.kafka.closed import Closed

TABLE = topic_table()
PRINCIPALS = load_principals("310109", TABLE)
CODES = list(departments())
SILENCE_MS = 2000


@pytest.fixture(scope="module")
def closed(closed_kafka: ClosedKafka, tmp_path_factory: pytest.TempPathFactory) -> Closed:
    """All topics with a record each, all users of the tables, every department subscribed."""
    made = Closed(closed_kafka, tmp_path_factory.mktemp("rights"))
    made.make_users([user for user, one in PRINCIPALS.users.items() if one.made_by == "apply"], CODES)
    with closing(made.admin()) as admin:
        apply_topics(admin, list(TABLE.topics.values()))
        apply_access(admin, PRINCIPALS, made.passwords)
    with closing(made.producer("admin")) as producer:
        for topic in TABLE.topics:
            producer.send(topic, topic.encode(), key=b"key", headers=[("ce_type", b"test")], partition=0)
        producer.flush()
    return made


def topics_of(user: str, operation: Operation) -> set[str]:
    rights = PRINCIPALS.rights[user]
    return {one.name for one in rights if one.resource is Resource.TOPIC and one.operation is operation}


def test_broker_and_tables_agree_and_to_apply_again_changes_nothing(closed: Closed) -> None:
    checked = closed.run("kafka", "check")
    assert (checked.exit_code, checked.output) == (0, f"{len(PRINCIPALS.users)} users checked, 0 differences\n")
    assert closed.done("kafka", "apply") == {"differences": []}


@pytest.fixture(scope="module")
def clients(closed: Closed) -> Iterator[dict[str, KafkaAdminClient]]:
    """A connection of each user of the tables."""
    users = [user for user, one in PRINCIPALS.users.items() if one.made_by != "format"]
    with ThreadPoolExecutor(4) as threads:
        made = dict(zip(users, threads.map(closed.admin, users), strict=True))
    yield made
    for client in made.values():
        client.close()


def test_of_all_pairs_the_broker_allows_what_the_tables_say(clients: dict[str, KafkaAdminClient]) -> None:
    for user, client in clients.items():
        allowed = {one["name"]: set(one.get("authorized_operations") or ()) for one in client.describe_topics()}
        assert {name for name, may in allowed.items() if "READ" in may} == topics_of(user, Operation.READ), user
        assert {name for name, may in allowed.items() if "WRITE" in may} == topics_of(user, Operation.WRITE), user
        assert set().union(*allowed.values()) <= {"READ", "WRITE", "DESCRIBE"}, user


def test_of_all_pairs_the_end_of_a_foreign_topic_is_refused(clients: dict[str, KafkaAdminClient]) -> None:
    for user, client in clients.items():
        own = topics_of(user, Operation.READ) | topics_of(user, Operation.WRITE)
        ends = end_errors(client, TABLE.topics)
        assert {name for name, error in ends.items() if error is NoError} == own, user
        assert {error for name, error in ends.items() if name not in own} == {TopicAuthorizationFailedError}, user


def end_errors(client: KafkaAdminClient, topics: Iterable[str]) -> dict[str, type[Exception]]:
    """How the broker answers to `end_offsets` of each topic; the library's consumer asks for one at a time."""
    latest = ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition(
        partition_index=0, current_leader_epoch=-1, timestamp=-1
    )
    asked = [ListOffsetsRequest.ListOffsetsTopic(name=name, partitions=[latest]) for name in topics]
    request = ListOffsetsRequest(replica_id=-1, isolation_level=0, topics=asked, min_version=1, max_version=7)
    answer = client._manager.run(client._manager.send, request)
    return {topic.name: for_code(topic.partitions[0].error_code) for topic in answer.topics}


def test_a_reader_of_all_foreign_topics_waits_in_silence(closed: Closed) -> None:
    def records(code: str) -> int:
        own = topics_of(f"department-{code}", Operation.READ)
        places = [TopicPartition(name, 0) for name in TABLE.topics if name not in own]
        with closing(closed.consumer(f"department-{code}")) as consumer:
            consumer.assign(places)
            try:
                return sum(map(len, consumer.poll(timeout_ms=SILENCE_MS).values()))
            except TopicAuthorizationFailedError:
                return 0

    with ThreadPoolExecutor(10) as threads:
        assert list(threads.map(records, CODES)) == [0] * len(CODES)


@pytest.mark.parametrize("topic", ["departments.police", "departments.police.replies", "tickets", "fire.secret"])
def test_who_asks_for_the_end_of_a_foreign_topic_learns_that_it_has_no_right(closed: Closed, topic: str) -> None:
    with closing(closed.consumer("department-fire")) as consumer, pytest.raises(TopicAuthorizationFailedError):
        consumer.end_offsets([TopicPartition(topic, 0)])


def test_nobody_writes_anothers_topic(closed: Closed) -> None:
    def taken(user: str) -> list[str]:
        found = []
        with closing(closed.producer(user)) as producer:
            for name in TABLE.topics.keys() - topics_of(user, Operation.WRITE):
                try:
                    producer.send(name, b"forged", partition=0).get(timeout=10)
                except KafkaError as refused:
                    if "AuthorizationFailed" not in repr(refused):
                        raise
                else:
                    found.append(name)
        return found

    with closing(closed.consumer("admin")) as consumer:
        places = [TopicPartition(name, 0) for name in TABLE.topics]
        before = consumer.end_offsets(places)
        with ThreadPoolExecutor(4) as threads:
            writers = [*SERVICES, "department-fire", "supervisor-congress", "audit"]
            assert dict(zip(writers, threads.map(taken, writers), strict=True)) == {user: [] for user in writers}
        assert consumer.end_offsets(places) == before


def test_a_reply_comes_from_its_department_alone(closed: Closed) -> None:
    replies = "departments.police.replies"
    assert closed.write("department-police", replies, b"mine") is None
    for forger in ("department-traffic-police", "department-fire", *SERVICES, "operators", "supervisor-congress"):
        assert closed.write(forger, replies, b"forged") is TopicAuthorizationFailedError, forger


def test_what_a_department_is_sent_comes_from_notifier_alone(closed: Closed) -> None:
    for forger in ("department-police", "intake", "projects", "classifier"):
        assert closed.write(forger, "departments.police", b"forged") is TopicAuthorizationFailedError, forger


@pytest.mark.parametrize("group", ["department-police.reader", "department-fire", "intake", "console-consumer-1"])
def test_a_department_joins_no_group_but_its_own(closed: Closed, group: str) -> None:
    with closing(closed.consumer("department-fire", group_id=group)) as consumer:
        consumer.subscribe(["departments.fire"])
        with pytest.raises(GroupAuthorizationFailedError):
            eventually(lambda: consumer.poll(timeout_ms=500), 10)


def test_a_department_reads_its_topic_in_a_group_of_its_own_and_commits(closed: Closed) -> None:
    with closing(closed.consumer("department-fire", group_id="department-fire.reader")) as consumer:
        consumer.subscribe(["departments.fire"])
        assert eventually(lambda: consumer.poll(timeout_ms=500), 10)
        consumer.commit()


def test_a_relay_takes_its_own_transactional_id_and_no_other(closed: Closed) -> None:
    with closing(closed.producer("intake", transactional_id="310109-intake-outbox", max_block_ms=30_000)) as relay:
        relay.init_transactions()
        relay.begin_transaction()
        relay.send("tickets", b"mine", partition=0)
        relay.commit_transaction()
    with (
        closing(closed.producer("intake", transactional_id="310109-projects-outbox")) as relay,
        pytest.raises(TransactionalIdAuthorizationFailedError),
    ):
        relay.init_transactions()


def read_on(consumer: KafkaConsumer) -> NoReturn:
    while True:
        consumer.poll(timeout_ms=20)


def test_a_revoked_reader_is_stopped_within_a_second_while_it_reads(closed: Closed) -> None:
    with closing(closed.admin()) as admin, closing(closed.consumer("department-market")) as consumer:
        consumer.assign([TopicPartition("departments.market", 0)])
        assert eventually(lambda: consumer.poll(timeout_ms=500), 10)
        with ThreadPoolExecutor(1) as other:
            watch = Stopwatch()
            revoked = other.submit(revoke, admin, "department-market")
            with pytest.raises(TopicAuthorizationFailedError):
                read_on(consumer)
            assert watch.seconds() < 1
            assert revoked.result() == len(PRINCIPALS.rights["department-market"])
    assert closed.run("kafka", "check").exit_code == 0  # it does not subscribe, so it lacks nothing
    closed.done("department", "add", "market", "--to", str(closed.department("market")))
    with closing(closed.consumer("department-market")) as consumer:
        assert consumer.end_offsets([TopicPartition("departments.market", 0)])
