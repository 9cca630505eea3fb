"""The classifier on Apache Kafka: whatever is killed, stopped, cut off or refused, every text gets its answer."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.structs import TopicPartition

from services.localstack.apache_kafka import ApacheKafka
from tests.harness.fixtures import Report
from tests.harness.waiting import Stopwatch, eventually
from tests.integration.classifier.poison import POISON
from tests.integration.classifier.process import (
    CLASSIFICATIONS,
    DEAD_LETTERS,
    SESSION_S,
    TEXTS,
    ClassifierProcess,
    Topics,
    headers_of,
)
from tests.kafka.classifying import NUMBERS, Load, answers
from tests.kafka.conftest import Start
from tests.unit.classifier.texts import raw, text_event


def committed(kafka: ApacheKafka) -> dict[int, int]:
    with contextlib.closing(KafkaAdminClient(bootstrap_servers=kafka.bootstrap)) as admin:
        offsets: dict[TopicPartition, object] = admin.list_group_offsets("classifier").get("classifier", {})
        return {place.partition: offset.offset for place, offset in offsets.items()}  # type: ignore[attr-defined]


def test_kill_9_in_the_middle_of_a_stream_loses_nothing_and_resumes_in_seconds(
    topics: Topics, start: Start, report: Report
) -> None:
    classifier = start(restart=True)
    resumed = []
    with Load(topics) as load:
        for _ in range(3):
            load.wait_for(200)
            killed = Stopwatch()
            classifier.kill()
            eventually(lambda: classifier.metric("closedloop_events_consumed_total") > 0, within=20)
            resumed.append(round(killed.seconds(), 1))
    seen = answers(topics, load.acknowledged)
    repeated = sum(seen.values()) - len(seen)
    report(f"kill -9 x3: sent {len(seen)}, lost 0, answered again {repeated}, resumed after {resumed} s")
    assert classifier.restarts == 3
    assert max(resumed) < 8
    assert repeated < len(seen) / 2


def test_an_event_that_kills_the_process_is_dead_lettered_and_the_others_are_answered(
    topics: Topics, start: Start, report: Report
) -> None:
    before = len(topics.read(DEAD_LETTERS))
    records = [raw(text_event(number)) for number in range(90_000, 90_060)]
    deadly = records.pop(31)
    deadly = (deadly[0], deadly[1], (deadly[2] or b"").replace("屋顶漏水".encode(), "致命".encode()))
    assert "致命".encode() in (deadly[2] or b"")
    classifier = start(module="tests.integration.classifier.deadly", restart=True)
    place = topics.write([*records[:30], deadly, *records[30:]])[30]
    *_, letter = topics.read(DEAD_LETTERS, until=before + 1, within=120)
    about = headers_of(letter)
    assert about["dlq_cause"] == "killed the process 3 times"
    assert (int(about["dlq_partition"]), int(about["dlq_offset"])) == place
    eventually(lambda: classifier.get("/readyz").status_code == 200, within=30)
    answered = {headers_of(one)["ce_subject"] for one in topics.read(CLASSIFICATIONS)}
    assert {(key or b"").decode() for key, _, _ in records} <= answered
    assert len(topics.read(DEAD_LETTERS)) == before + 1
    report(f"an event that kills: {classifier.restarts} restarts, then dead-lettered; {len(records)} others answered")


def test_sigterm_stops_within_five_seconds_and_loses_and_repeats_nothing(topics: Topics, start: Start) -> None:
    classifier = start()
    with Load(topics) as load:
        for _ in range(2):
            load.wait_for(150)
            asked = Stopwatch()
            classifier.stop()
            assert asked.seconds() < 5
            assert classifier.returncode == 0
            classifier.start_and_wait()
    assert set(answers(topics, load.acknowledged).values()) == {1}


def test_a_broker_that_is_gone_for_15_seconds_and_comes_back_with_its_log_costs_nothing(
    kafka: ApacheKafka, topics: Topics, start: Start, report: Report
) -> None:
    classifier = start(restart=True)
    with Load(topics) as load:
        load.wait_for(150)
        gone = time.monotonic()
        kafka.kill()
        while time.monotonic() < gone + 15:
            assert classifier.get("/livez").status_code == 200
            time.sleep(0.5)
        assert classifier.get("/readyz").status_code == 503
        kafka.start_and_wait()
        back = Stopwatch()
        eventually(classifier.answers, within=20)
        recovered = round(back.seconds(), 1)
        load.wait_for(100, within=40)
    seen = answers(topics, load.acknowledged)
    repeated = sum(seen.values()) - len(seen)
    report(f"broker gone 15 s: sent {len(seen)}, lost 0, answered again {repeated}, ready after {recovered} s")
    assert classifier.restarts == 0


def test_sigterm_is_obeyed_while_the_broker_is_away(kafka: ApacheKafka, topics: Topics, start: Start) -> None:
    classifier = start()
    with Load(topics, rate=100) as load:
        load.wait_for(50)
        kafka.freeze()
        try:
            asked = Stopwatch()
            classifier.stop()
            assert asked.seconds() < 5
            assert classifier.returncode == 0
        finally:
            kafka.thaw()
        classifier.start_and_wait()
    answers(topics, load.acknowledged)


def test_a_member_frozen_past_its_session_wakes_up_and_goes_on(topics: Topics, start: Start) -> None:
    classifier = start(restart=True)
    with Load(topics, rate=50) as load:
        load.wait_for(50)
        classifier.freeze()
        time.sleep(SESSION_S + 3)
        classifier.thaw()
        load.wait_for(50)
    answers(topics, load.acknowledged)
    eventually(classifier.answers, within=20)


def test_no_offset_is_committed_before_the_answer_is_acknowledged(
    kafka: ApacheKafka, topics: Topics, start: Start
) -> None:
    classifier = start()
    numbers = [next(NUMBERS) for _ in range(50)]
    eventually(lambda: classifier.metric("closedloop_consumer_lag_events") == 0, within=10)
    before = committed(kafka)
    with contextlib.closing(KafkaAdminClient(bootstrap_servers=kafka.bootstrap)) as admin:
        admin.delete_topics([CLASSIFICATIONS])  # so nothing sent there is acknowledged
    topics.write([raw(text_event(number)) for number in numbers])
    eventually(lambda: classifier.metric("closedloop_consumer_lag_events") == 50, within=10)
    time.sleep(3)  # several commit intervals
    assert committed(kafka) == before
    classifier.kill()
    topics.create()
    classifier.start_and_wait()
    answers(topics, numbers)
    eventually(lambda: sum(committed(kafka).values()) - sum(before.values()) >= 50, within=10)


def test_an_answer_that_the_broker_refuses_for_good_stops_the_process_and_not_the_text(
    kafka: ApacheKafka, topics: Topics, start: Start
) -> None:
    classifier = start()
    eventually(lambda: classifier.metric("closedloop_consumer_lag_events") == 0, within=10)
    before, number = committed(kafka), next(NUMBERS)
    largest_record(kafka, CLASSIFICATIONS, 100)
    try:
        topics.write([raw(text_event(number))])
        eventually(lambda: classifier.pid is None, within=15)
        assert classifier.returncode == 1
        assert committed(kafka) == before
    finally:
        largest_record(kafka, CLASSIFICATIONS, 1_048_576)
    classifier.start_and_wait()
    answers(topics, [number])


def test_a_dead_letter_too_large_for_its_topic_leaves_its_body_at_the_source(
    kafka: ApacheKafka, topics: Topics, start: Start
) -> None:
    start()
    before, number = len(topics.read(DEAD_LETTERS)), next(NUMBERS)
    largest_record(kafka, DEAD_LETTERS, 100_000)
    try:
        (place, _) = topics.write([POISON["a megabyte of rubbish"][0], raw(text_event(number))])
        answers(topics, [number])
        (letter,) = topics.read(DEAD_LETTERS, until=before + 1)[before:]
    finally:
        largest_record(kafka, DEAD_LETTERS, 2_097_152)
    about = headers_of(letter)
    assert not letter.value
    assert about["dlq_value"] == "left at its source"
    assert (int(about["dlq_partition"]), int(about["dlq_offset"])) == place


def test_every_offset_is_committed_behind_the_markers_of_transactions(
    kafka: ApacheKafka, topics: Topics, start: Start
) -> None:
    classifier = start()
    with Load(topics, batch=1) as load:
        load.wait_for(300)
    answers(topics, load.acknowledged)
    ends: dict[int, int] = {}
    for record in topics.read(TEXTS):
        ends[record.partition] = record.offset + 1
    eventually(lambda: committed(kafka) == ends, within=5)
    eventually(lambda: classifier.metric("closedloop_consumer_lag_events") == 0, within=5)


def test_members_that_come_and_go_lose_nothing(topics: Topics, start: Start) -> None:
    first = start(instance="a")
    with Load(topics) as load:
        load.wait_for(100)
        second = start(instance="b")
        load.wait_for(200)
        eventually(lambda: second.metric("closedloop_events_consumed_total") > 0, within=20)
        first.kill()
        load.wait_for(200)
        second.stop()
        first.start_and_wait()
        load.wait_for(100)
    answers(topics, load.acknowledged, within=40)


def test_poison_between_texts_is_dead_lettered_once_each(topics: Topics, start: Start) -> None:
    start()
    before = len(topics.read(DEAD_LETTERS))
    numbers = [next(NUMBERS) for _ in POISON]
    poison = [bad for bad, _ in POISON.values()]
    # A good text behind each bad one, in one partition: the limit of rejects in a row is not what is tested here.
    records = [one for bad, number in zip(poison, numbers, strict=True) for one in (bad, raw(text_event(number)))]
    places = topics.write(records, partition=0)
    answers(topics, numbers)
    letters = topics.read(DEAD_LETTERS, until=before + len(poison))[before:]
    found = [(int(dict(one.headers)["dlq_partition"]), int(dict(one.headers)["dlq_offset"])) for one in letters]
    assert sorted(found) == sorted(places[::2])


def test_a_stream_of_rejects_halts_the_classifier_and_waits_for_a_person(topics: Topics, start: Start) -> None:
    classifier = start()
    before = len(topics.read(DEAD_LETTERS))
    bad = POISON["no type"][0]
    topics.write([bad] * 100)
    eventually(lambda: classifier.metric("closedloop_consumer_halted") == 1, within=15)
    number = next(NUMBERS)
    topics.write([raw(text_event(number))])
    assert len(topics.read(DEAD_LETTERS, until=before + 21)) == before + 21
    assert classifier.get("/readyz").status_code == 503
    assert "rejected" in classifier.get("/readyz").text
    assert classifier.get("/livez").status_code == 200

    def halted_or_done() -> bool:
        halted = classifier.metric("closedloop_consumer_halted") == 1
        return halted or (classifier.answers() and classifier.metric("closedloop_consumer_lag_events") == 0)

    for _ in range(4):  # each restart is an operator's word to go on
        classifier.stop()
        classifier.start()
        eventually(halted_or_done, within=20)
    answers(topics, [number])
    assert len(topics.read(DEAD_LETTERS, until=before + 100)) == before + 100


def test_a_second_process_under_the_same_instance_name_does_not_go_unnoticed(
    topics: Topics, start: Start, kafka: ApacheKafka, tmp_path: Path
) -> None:
    first = start()
    (tmp_path / "twin").mkdir()
    second = ClassifierProcess(kafka, tmp_path / "twin")
    second.start_and_wait()
    try:
        eventually(lambda: "another process" in first.get("/readyz").text, within=35)
        number = next(NUMBERS)
        topics.write([raw(text_event(number))])
        answers(topics, [number])
    finally:
        second.stop()


def largest_record(kafka: ApacheKafka, topic: str, size: int) -> None:
    with contextlib.closing(KafkaAdminClient(bootstrap_servers=kafka.bootstrap)) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": str(size)})])
