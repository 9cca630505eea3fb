"""The consumer's loop: offsets follow the database, and a bad time ends no consumer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import CommitFailedError, FencedInstanceIdError, KafkaConnectionError, KafkaError
from kafka.structs import ConsumerGroupMetadata, MemberState, OffsetAndMetadata

from services.chassis.activity import Activity
from services.chassis.messaging.consumer import ConsumerLoop
from services.chassis.messaging.errors import Retry
from services.chassis.messaging.pace import Pace
from services.chassis.messaging.processing import Halted
from services.chassis.messaging.reject_limit import RejectLimit
from services.chassis.web.health import Health
from tests.harness.waiting import eventually
from tests.integration.chassis.counting import Counting, raises
from tests.integration.chassis.events import garbage, received, record

PACE = Pace(50)


@dataclass
class Topic:
    """One partition as its consumers see it, committed offset and all; stops the loop when nothing was found at so many
    polls.
    """

    log: Sequence[ConsumerRecord]
    stop: threading.Event = field(default_factory=threading.Event)
    committed: int = 0
    refused_commits: list[KafkaError] = field(default_factory=list)
    refused_connections: list[KafkaError] = field(default_factory=list)
    connections: int = 0
    closed: int = 0
    polls: int = 0
    vain_polls: int = 1
    pace: Pace = PACE

    def reader(self) -> Any:
        raise AssertionError("everything can be decoded")

    def topic_id(self, member: Any, topic: str) -> None:
        """This broker gives its topics no ids."""

    def join(self) -> Any:
        if self.refused_connections:
            raise self.refused_connections.pop()
        self.connections += 1
        return Member(self, self.committed)


@dataclass
class Member:
    """What KafkaConsumer is to the loop. Four records a poll."""

    topic: Topic
    at: int

    def poll(self, timeout_ms: int) -> dict[TopicPartition, list[ConsumerRecord]]:
        self.topic.polls += 1
        assert self.topic.polls < 1000, "no end"
        records = list(self.topic.log[self.at : self.at + 4])
        self.at += len(records)
        if not records:
            self.topic.vain_polls -= 1
        if not self.topic.vain_polls:
            self.topic.stop.set()
        return {TopicPartition("t", 0): records} if records else {}

    def commit(self, offsets: dict[TopicPartition, OffsetAndMetadata], timeout_ms: int) -> None:
        if self.topic.refused_commits:
            raise self.topic.refused_commits.pop()
        self.topic.committed = offsets[TopicPartition("t", 0)].offset

    def seek(self, _partition: TopicPartition, offset: int) -> None:
        self.at = offset

    def assignment(self) -> set[TopicPartition]:
        return {TopicPartition("t", 0)}

    def highwater(self, _partition: TopicPartition) -> int:
        return len(self.topic.log)

    def position(self, _partition: TopicPartition, timeout_ms: int) -> int:
        return self.at

    def group_metadata(self) -> ConsumerGroupMetadata:
        return ConsumerGroupMetadata(state=MemberState.STABLE)

    def close(self, autocommit: bool, timeout_ms: int) -> None:
        assert not autocommit
        self.topic.closed += 1


Run = Callable[..., ConsumerLoop]


@pytest.fixture
def run(counting: Counting, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("services.chassis.messaging.consumer.BACK_OFF_S", (1e-9, 1e-9))

    def run(topic: Topic, activity: Activity | None = None, bell: threading.Event | None = None) -> ConsumerLoop:
        health = Health()
        health.expect(counting.consumer, 60)
        loop = ConsumerLoop(counting.life(), topic, health, topic.stop, activity, bell)
        loop.run()
        return loop

    return run


def log_of(count: int) -> list[ConsumerRecord]:
    return [record(received(number), number) for number in range(count)]


def test_offsets_are_committed_behind_the_last_settled_record(counting: Counting, run: Run) -> None:
    topic = Topic(log_of(10))
    loop = run(topic)
    assert counting.effects() == dict.fromkeys(range(10), 1)
    assert (topic.committed, topic.closed) == (10, 1)
    assert loop.read_until > 0
    assert loop.settled == {"t": 10, "u": 0}


def test_a_consumer_that_finds_nothing_rests_until_its_bell_is_rung(run: Run) -> None:
    topic, bell = Topic([], vain_polls=4, pace=Pace(50, rest_s=3600)), threading.Event()
    running = threading.Thread(target=run, args=(topic, Activity(lambda: 0.0), bell), daemon=True)
    running.start()
    eventually(lambda: topic.polls == 2, within=30)

    def ended() -> bool:
        bell.set()
        return not running.is_alive()

    eventually(ended, within=30)
    assert topic.polls == 4


def test_a_consumer_that_finds_records_looks_for_more_at_once(counting: Counting, run: Run) -> None:
    run(Topic(log_of(12), pace=Pace(50, rest_s=3600)), Activity(lambda: 0.0))
    assert counting.effects() == dict.fromkeys(range(12), 1)


def test_a_dependency_that_comes_back_finds_every_record_still_there(counting: Counting, run: Run) -> None:
    left = [5]

    def fails_at_first(*_: object) -> None:
        if left[0]:
            left[0] -= 1
            raise Retry("the register is down")

    counting.deeds[6] = fails_at_first
    topic = Topic(log_of(10))
    run(topic)
    assert counting.effects() == dict.fromkeys(range(10), 1)
    assert topic.committed == 10
    assert topic.connections == 1


def test_a_lost_partition_is_no_fault_and_what_was_settled_stays_settled(counting: Counting, run: Run) -> None:
    topic = Topic(log_of(10), refused_commits=[CommitFailedError()])
    run(topic)
    assert counting.effects() == dict.fromkeys(range(10), 1)
    assert topic.connections == 1


def test_a_commit_that_the_broker_does_not_answer_makes_a_new_member_and_no_second_effect(
    counting: Counting, run: Run
) -> None:
    topic = Topic(log_of(10), refused_commits=[KafkaConnectionError()])
    run(topic)
    assert counting.effects() == dict.fromkeys(range(10), 1)
    assert (topic.connections, topic.closed, topic.committed) == (2, 2, 10)


def test_an_outage_of_hours_ends_no_consumer(counting: Counting, run: Run) -> None:
    topic = Topic(log_of(1), refused_connections=[KafkaConnectionError()] * 1200)
    run(topic)
    assert counting.effects() == {0: 1}


def test_a_bug_ends_the_loop_and_commits_nothing_of_its_batch(counting: Counting, run: Run) -> None:
    counting.deeds[5] = raises(KeyError("street"))
    topic = Topic(log_of(10))
    with pytest.raises(KeyError):
        run(topic)
    assert (topic.committed, topic.closed) == (4, 1)


def test_too_many_rejects_end_the_loop_before_its_offsets_are_committed(counting: Counting, run: Run) -> None:
    counting.limit = lambda: RejectLimit(consecutive=1)
    topic = Topic([*log_of(4), *(garbage(offset) for offset in range(4, 8))])
    with pytest.raises(Halted):
        run(topic)
    assert topic.committed == 4


def test_a_second_process_of_the_same_name_is_refused_and_ends(counting: Counting, run: Run) -> None:
    topic = Topic(log_of(4), refused_commits=[FencedInstanceIdError()])
    with pytest.raises(FencedInstanceIdError):
        run(topic)
