"""Two processes that are given the same events, or events of the same rows, at the same time."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from sqlalchemy import text

from services.chassis.database.work import Work
from services.chassis.messaging.errors import Kind, kind_of
from services.chassis.messaging.inbox import admit
from services.contracts.event import Envelope
from tests.harness.waiting import eventually
from tests.integration.chassis.conftest import Query
from tests.integration.chassis.counting import Counting
from tests.integration.chassis.events import garbage, received, record

ROUNDS = 20
BATCH = 40


def lock_effects(envelopes: Sequence[Envelope], work: Work) -> None:
    """Rows shared by all batches, in one order."""
    keys = sorted({f"cell-{int(one.event.aggregate_id[-2:], 16) % 5}" for one in envelopes})
    for key in keys:
        work.connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": key})


def test_the_same_events_given_to_two_at_once_have_one_effect_and_nobody_is_locked_out(counting: Counting) -> None:
    counting.lock_cells = lock_effects
    meet, seeds = threading.Barrier(2), (1, 2)

    def process(seed: int) -> list[Kind]:
        mixer, failures = random.Random(seed), []
        processor = counting.life()
        for turn in range(ROUNDS):
            records = [record(received(turn * BATCH + number), number) for number in range(BATCH)]
            if turn % 5 == 0:  # then both go event by event
                records.append(garbage(1_000 + turn))
            mixer.shuffle(records)
            meet.wait(timeout=60)
            while True:
                try:
                    processor.process(records)
                    break
                except Exception as error:  # noqa: BLE001 - whatever it is, the test tells
                    failures.append(kind_of(error))
        return failures

    with ThreadPoolExecutor(2) as both:
        failures = [kind for kinds in both.map(process, seeds) for kind in kinds]
    assert failures == []
    assert counting.effects() == dict.fromkeys(range(ROUNDS * BATCH), 1)
    assert len(counting.causes()) == ROUNDS / 5


def test_an_event_in_the_hands_of_another_is_waited_for_and_taken_if_he_fails(counting: Counting, query: Query) -> None:
    """A has admitted the event and not committed: B must neither take it as done nor do it beside A."""
    begun, go_on = threading.Event(), threading.Event()

    def hangs_then_fails(_envelope: Envelope, _work: Work) -> None:
        if not begun.is_set():
            begun.set()
            assert go_on.wait(60)
            raise ConnectionAbortedError("A is lost")

    counting.deeds[1] = hangs_then_fails
    records = [record(received(1), 1)]
    with ThreadPoolExecutor(2) as both:
        one = both.submit(counting.life().process, records)
        assert begun.wait(60)
        other = both.submit(counting.life().process, records)
        eventually(lambda: query("SELECT 1 FROM pg_locks WHERE NOT granted"), within=30)
        go_on.set()
        one.result(60)
        other.result(60)
    assert counting.effects() == {1: 1}
    assert counting.causes() == {}


def test_events_are_admitted_in_one_order_whatever_the_order_of_the_batch(counting: Counting, query: Query) -> None:
    """B waits for A's second event: had it taken the third before, A could never have it."""
    a, b, c = (("t", UUID(int=number)) for number in (1, 2, 3))

    def backwards() -> set[tuple[str, UUID]]:
        with counting.engine.begin() as connection:
            return admit(connection, "counting", [c, b, a])

    with ThreadPoolExecutor(1) as other, counting.engine.begin() as connection:
        assert admit(connection, "counting", [b]) == {b}
        waiting = other.submit(backwards)
        eventually(lambda: query("SELECT 1 FROM pg_locks WHERE NOT granted"), within=30)
        assert admit(connection, "counting", [c]) == {c}
        connection.commit()
        assert waiting.result(60) == {a}
