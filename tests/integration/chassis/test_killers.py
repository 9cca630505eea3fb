"""An event that kills its process is found by the attempts counted before; no other event is taken for it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kafka.consumer.fetcher import ConsumerRecord
from sqlalchemy import text

from services.chassis.database.work import Work
from services.chassis.messaging.errors import Retry
from services.contracts.event import Envelope
from tests.integration.chassis.counting import Counting, Deed, Killed, raises
from tests.integration.chassis.events import garbage, ignored, received, record

Place = tuple[str, int]  # topic, partition


def test_a_killer_is_dead_lettered_after_so_many_lives_and_all_others_have_their_effect(counting: Counting) -> None:
    counting.deeds[5] = raises(Killed())
    records = [record(received(number), number, partition=number % 3) for number in range(1, 10)]
    lives = counting.until_settled(records)
    assert counting.effects() == {number: 1 for number in range(1, 10) if number != 5}
    assert counting.causes() == {("t", 2, 5): "stopped the consumer 3 times"}
    assert lives == counting.max_attempts + 2  # one life lost with the whole batch, so many alone, one that rejects


def test_what_stands_before_a_killer_without_an_attempt_of_its_own_does_not_hide_it(counting: Counting) -> None:
    counting.deeds[5] = raises(Killed())
    records = [
        record(received(1), 1),
        record(ignored(2), 2),  # leaves no inbox row: it is met anew in every life
        record(received(1), 3),  # the first one again
        garbage(4),
        record(received(5), 5),
        record(ignored(6), 6),
        record(received(7), 7),
    ]
    counting.until_settled(records)
    assert counting.effects() == {1: 1, 7: 1}
    assert set(counting.causes()) == {("t", 0, 4), ("t", 0, 5)}


def test_two_killers_in_one_batch_are_both_found(counting: Counting) -> None:
    counting.deeds = {2: raises(Killed()), 3: raises(Killed())}
    counting.until_settled([record(received(number), number) for number in (1, 2, 3, 4)])
    assert counting.effects() == {1: 1, 4: 1}
    assert set(counting.causes()) == {("t", 0, 2), ("t", 0, 3)}


def test_an_event_that_survives_after_some_deaths_has_its_effect(counting: Counting) -> None:
    counting.deeds[2] = raises(Killed())
    records = [record(received(number), number) for number in (1, 2, 3)]
    for _ in range(counting.max_attempts):
        with pytest.raises(Killed):
            counting.life().process(records)
    counting.deeds.clear()
    counting.life().process(records)
    assert counting.effects() == {1: 1, 2: 1, 3: 1}
    assert counting.causes() == {}


def test_a_killer_counted_in_one_process_is_found_by_the_next_that_takes_its_partition(counting: Counting) -> None:
    """The partition moves with every death, each time beside other partitions."""
    counting.deeds[5] = raises(Killed())
    killer = record(received(5), 50, partition=5)
    for life in range(counting.max_attempts + 1):
        beside = record(received(100 + life), 10 + life, partition=life)
        with pytest.raises(Killed):
            counting.life().process([beside, killer])
    counting.life().process([record(received(200), 1, partition=9), killer])
    assert counting.causes() == {("t", 5, 50): "stopped the consumer 3 times"}


def test_deaths_of_the_database_alone_take_nobody_with_them(counting: Counting) -> None:
    """The session is ended under the handler in many lives: that is an outage, not the event's doing."""

    def ends_the_session(_envelope: Envelope, work: Work) -> None:
        work.connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    counting.deeds[2] = ends_the_session
    records = [record(received(number), number) for number in (1, 2, 3)]
    for _ in range(counting.max_attempts * 2):
        with pytest.raises(Exception, match="terminating connection"):
            counting.life().process(records)
    counting.deeds.clear()
    counting.life().process(records)
    assert counting.effects() == {1: 1, 2: 1, 3: 1}
    assert counting.causes() == {}


@st.composite
def feeds(draw: st.DrawFn) -> tuple[dict[Place, list[str]], list[int]]:
    """What stands in each partition, and how far each poll reaches."""
    kinds = st.sampled_from(["good", "good", "good", "ignored", "garbage", "killer", "twice"])
    partitions = draw(
        st.dictionaries(st.tuples(st.sampled_from("tu"), st.integers(0, 2)), st.lists(kinds, max_size=5), max_size=4)
    )
    return partitions, draw(st.lists(st.integers(1, 6), min_size=1, max_size=6))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(feeds(), st.integers(0, 3), st.randoms(use_true_random=False))
def test_whatever_stands_where_only_killers_and_garbage_are_dead_lettered(
    counting: Counting, feed: tuple[dict[Place, list[str]], list[int]], outages: int, random: Random
) -> None:
    partitions, polls = feed
    _empty(counting)
    logs, killers, good, bad = _logs(partitions)
    counting.deeds = {number: raises(Killed()) for number in killers}
    if good:
        flaky = min(good)
        counting.deeds[flaky] = _fails_first(outages)
    committed = dict.fromkeys(logs, 0)
    positions, processor, deaths, turn = dict(committed), counting.life(), 0, 0
    while any(committed[place] < len(log) for place, log in logs.items()):
        reach = polls[turn % len(polls)]
        turn += 1
        taken = {place: log[positions[place] : positions[place] + reach] for place, log in logs.items()}
        order = list(taken)
        random.shuffle(order)
        try:
            processor.process([one for place in order for one in taken[place]])
        except Retry:
            continue
        except Killed:
            deaths += 1
            positions, processor = dict(committed), counting.life()
            assert deaths <= (counting.max_attempts + 2) * (len(killers) + 1) * 3, "a killer is never found"
            continue
        committed = positions = {place: positions[place] + len(taken[place]) for place in logs}
    assert counting.effects() == good
    assert set(counting.causes()) == bad


def _logs(
    partitions: dict[Place, list[str]],
) -> tuple[dict[Place, list[ConsumerRecord]], list[int], dict[int, int], set[tuple[str, int, int]]]:
    logs: dict[Place, list[ConsumerRecord]] = {}
    killers: list[int] = []
    good: dict[int, int] = {}
    bad: set[tuple[str, int, int]] = set()
    number = 0
    for (topic, partition), kinds in partitions.items():
        log = logs.setdefault((topic, partition), [])
        for kind in kinds:
            number += 1
            offset = len(log)
            if kind == "garbage":
                log.append(garbage(offset, topic=topic, partition=partition))
                bad.add((topic, partition, offset))
                continue
            event = ignored(number) if kind == "ignored" else received(number)
            log.append(record(event, offset, topic=topic, partition=partition))
            if kind == "killer":
                killers.append(number)
                bad.add((topic, partition, offset))
            elif kind != "ignored":
                good[number] = 1
            if kind == "twice":
                log.append(record(event, offset + 1, topic=topic, partition=partition))
    return logs, killers, good, bad


def _fails_first(times: int) -> Deed:
    left = [times]

    def deed(_envelope: Envelope, _work: Work) -> None:
        if left[0]:
            left[0] -= 1
            raise Retry("the register is down")

    return deed


def _empty(counting: Counting) -> None:
    with counting.engine.begin() as connection:
        connection.execute(text("TRUNCATE inbox, outbox, attempts, dead_letters, effects"))
