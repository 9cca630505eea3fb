"""The rules of the idempotent consumer: each event has its effect once, whatever stands beside it in the batch."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import text

from services.chassis.database.work import Work
from services.chassis.messaging.errors import Reject, Retry
from services.chassis.messaging.processing import Halted
from services.chassis.messaging.reject_limit import RejectLimit
from services.chassis.messaging.wire import unpack_headers
from services.contracts.event import Envelope
from tests.integration.chassis.counting import Counting, Deed, Killed, raises
from tests.integration.chassis.events import garbage, ignored, raw_record, received, record


def batch(*tickets: int) -> list[object]:
    """Tickets as records of one partition, the ticket's number its offset."""
    return [record(received(number), number) for number in tickets]


def stores(value: object) -> Deed:
    def deed(_envelope: Envelope, work: Work) -> None:
        work.connection.execute(text("INSERT INTO effects VALUES ('other', :value)"), {"value": value})

    return deed


def overflows(_envelope: Envelope, work: Work) -> None:
    work.connection.execute(text("SELECT 2147483647 + 1"))


POISON = {
    "reject": raises(Reject("the estate is unknown")),
    "nul": stores("a\x00b"),
    "surrogate": stores("a\ud800b"),
    "number": overflows,
}


def test_a_batch_has_each_effect_once(counting: Counting) -> None:
    counting.life().process(batch(1, 2, 3))
    assert counting.effects() == {1: 1, 2: 1, 3: 1}
    assert counting.statuses() == {"done": 3}


def test_an_event_twice_in_one_batch_has_one_effect(counting: Counting) -> None:
    counting.life().process([record(received(1), 1), record(received(2), 2), record(received(1), 3)])
    assert counting.effects() == {1: 1, 2: 1}


def test_redelivered_events_have_no_second_effect(counting: Counting) -> None:
    counting.life().process(batch(1, 2))
    counting.life().process(batch(1, 2, 3))
    counting.life().process(batch(1, 2, 3))
    assert counting.effects() == {1: 1, 2: 1, 3: 1}


def test_an_event_on_two_topics_is_two_events(counting: Counting) -> None:
    counting.life().process([record(received(1), 1), record(received(1), 1, topic="u")])
    assert counting.effects() == {1: 2}


def test_events_without_a_handler_are_passed_over_and_leave_no_row(counting: Counting) -> None:
    counting.life().process([record(ignored(1), 1), record(received(2), 2), record(ignored(3), 3)])
    assert counting.effects() == {2: 1}
    assert counting.statuses() == {"done": 1}


@pytest.mark.parametrize("poison", [1, 10, 20], ids=["first", "middle", "last"])
@pytest.mark.parametrize("kind", [*POISON, "garbage"])
def test_one_poison_among_many_becomes_one_dead_letter_and_the_others_have_their_effect(
    counting: Counting, poison: int, kind: str
) -> None:
    records = batch(*range(1, 21))
    if kind == "garbage":
        records[poison - 1] = garbage(poison)
    else:
        counting.deeds[poison] = POISON[kind]
    counting.life().process(records)
    counting.life().process(records)
    assert counting.effects() == {number: 1 for number in range(1, 21) if number != poison}
    assert list(counting.causes()) == [("t", 0, poison)]
    assert counting.statuses() == {"done": 19, "rejected": 1}


def test_a_reject_says_its_cause_in_the_table_and_on_the_dead_letter_topic(counting: Counting) -> None:
    counting.deeds[1] = raises(Reject("the estate is unknown"))
    poison = record(received(1), 7, partition=3)
    counting.life().process([poison])
    counting.life().process([poison])
    assert counting.causes() == {("t", 3, 7): "Reject: the estate is unknown"}
    with counting.engine.connect() as connection:
        letter = connection.execute(text("SELECT * FROM outbox")).one()
    assert (letter.topic, letter.key, letter.value, letter.version) == ("projects.dlq", poison.key, poison.value, None)
    headers = dict(unpack_headers(letter.headers))
    assert headers["dlq_cause"] == b"Reject: the estate is unknown"
    assert headers["dlq_consumer"] == b"counting"
    assert (headers["dlq_topic"], headers["dlq_partition"], headers["dlq_offset"]) == (b"t", b"3", b"7")
    assert headers["ce_id"] == dict(poison.headers)["ce_id"]


def test_records_of_any_size_and_key_can_be_dead_letters(counting: Counting) -> None:
    large = raw_record(1, headers=[("h", b"x" * 3_000_000)], value=b"y" * 3_000_000, key=b"k")
    long_key = raw_record(2, headers=[], value=None, key=bytes(range(256)) * 400)
    no_key = raw_record(3, headers=[("h", None)], value=b"\xff", key=None)  # type: ignore[list-item]
    counting.life().process([large, long_key, no_key])
    assert len(counting.causes()) == 3
    with counting.engine.connect() as connection:
        kept = connection.execute(text('SELECT length(value) FROM dead_letters ORDER BY "offset"')).scalars().all()
        letters = connection.execute(text("SELECT key, headers, value FROM outbox ORDER BY seq")).all()
    assert kept == [3_000_000, None, 1]
    assert letters[0].value is None
    assert dict(unpack_headers(letters[0].headers))["dlq_value"] == b"kept in the table alone"
    assert letters[1].key == long_key.key


def test_another_record_at_the_place_of_a_malformed_one_is_another_letter(counting: Counting) -> None:
    counting.life().process([garbage(0)])
    counting.life().process([raw_record(0, headers=[], value=b"]")])
    with counting.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM dead_letters")).scalar_one() == 2


def test_a_bug_stops_the_consumer_and_after_so_many_lives_becomes_a_dead_letter(counting: Counting) -> None:
    counting.deeds[2] = raises(KeyError("street"))
    for _ in range(counting.max_attempts - 1):
        with pytest.raises(KeyError):
            counting.life().process(batch(1, 2, 3))
        assert counting.effects() == {1: 1}
    counting.life().process(batch(1, 2, 3))
    assert counting.effects() == {1: 1, 3: 1}
    assert counting.causes() == {("t", 0, 2): "bug, 3 attempts: KeyError: …"}


def test_a_retry_leaves_nothing_behind(counting: Counting) -> None:
    counting.deeds[2] = raises(Retry("the register is down"))
    with pytest.raises(Retry):
        counting.life().process(batch(1, 2, 3))
    assert counting.effects() == {}
    assert counting.statuses() == {}
    del counting.deeds[2]
    counting.life().process(batch(1, 2, 3))
    assert counting.effects() == {1: 1, 2: 1, 3: 1}


def test_an_outage_however_long_costs_no_event_its_attempts(counting: Counting) -> None:
    counting.deeds[2] = raises(Retry("the register is down"))
    counting.deeds[3] = raises(Reject("never"))
    processor = counting.life()
    for _ in range(counting.max_attempts * 3):
        with pytest.raises(Retry):
            processor.process(batch(1, 2, 3))
    del counting.deeds[2]
    processor.process(batch(1, 2, 3))
    assert counting.effects() == {1: 1, 2: 1}
    assert counting.causes() == {("t", 0, 3): "Reject: never"}


def test_after_an_outage_the_whole_batch_goes_in_one_transaction_again(counting: Counting) -> None:
    counting.deeds[2] = raises(Retry("the register is down"))
    processor = counting.life()
    with pytest.raises(Retry):
        processor.process(batch(1, 2, 3))
    counting.deeds.clear()
    processor.process(batch(1, 2, 3))
    with counting.engine.connect() as connection:
        assert connection.execute(text("SELECT count(DISTINCT xmin::text) FROM effects")).scalar_one() == 1


def test_so_many_rejects_in_a_row_halt_the_consumer_and_lose_none_of_the_rest(counting: Counting) -> None:
    counting.limit = lambda: RejectLimit(consecutive=3)
    poisons = [garbage(offset) for offset in range(10)]
    for settled in (4, 8):
        with pytest.raises(Halted, match="ce_type: header is missing"):
            counting.life().process(poisons)
        assert len(counting.causes()) == settled
    counting.life().process(poisons)
    assert len(counting.causes()) == 10


def test_what_nobody_wants_is_no_attempt(counting: Counting) -> None:
    counting.life().process([record(ignored(n), n) for n in range(3)])
    with counting.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM attempts")).scalar_one() == 0


def test_cells_are_locked_once_in_each_transaction_before_its_handlers(counting: Counting) -> None:
    calls: list[str] = []

    def lock_cells(envelopes: Sequence[Envelope], work: Work) -> None:
        effects = work.connection.execute(text("SELECT count(*) FROM effects")).scalar_one()
        calls.append(f"{len(envelopes)} events, {effects} effects")

    counting.lock_cells = lock_cells
    counting.life().process([*batch(1, 2), record(ignored(9), 3)])
    counting.life().process(batch(1, 2))
    assert calls == ["2 events, 0 effects"]
    counting.deeds[4] = raises(Reject("never"))
    counting.life().process(batch(3, 4, 5))
    assert calls[1:] == ["3 events, 2 effects", "1 events, 2 effects", "1 events, 3 effects", "1 events, 3 effects"]


def test_what_waits_for_the_commit_happens_only_after_a_commit(counting: Counting) -> None:
    happened: list[int] = []

    def count(envelope: Envelope, work: Work) -> None:
        work.after_commit(lambda: happened.append(envelope.event.version))

    counting.deeds = {1: count, 2: raises(Retry("down"))}
    with pytest.raises(Retry):
        counting.life().process(batch(1, 2))
    assert happened == []
    counting.deeds[2] = raises(Reject("never"))
    counting.life().process(batch(1, 2))
    assert happened == [1]


def test_a_killed_process_leaves_nothing_half_done(counting: Counting) -> None:
    counting.deeds[2] = raises(Killed())
    with pytest.raises(Killed):
        counting.life().process(batch(1, 2, 3))
    assert counting.effects() == {}
    assert counting.statuses() == {}
