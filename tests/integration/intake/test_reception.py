"""Requests that come at once share a transaction; each gets its own answer, and none is harmed by another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from services.chassis.database.work import Work
from services.chassis.messaging.errors import Retry, sqlstate_of
from services.contracts.ticket_events import Channel
from services.intake.app import group_commit
from services.intake.app.group_commit import MOST, SLOW, Bound, GroupCommit
from services.intake.app.ports import Identity
from services.intake.app.receipt_ports import KeyReused
from services.intake.app.receive_ticket import Prepared, ReceiveTicket, Request
from tests.harness.waiting import eventually
from tests.integration.intake.conftest import Intake


def request(key: str, text: str = "楼顶漏雨", phone: str | None = "13812345678") -> Request:
    return Request(Identity(None, phone, text, None), Channel.PHONE, None, key, text.encode(), "operator")


class Slow:
    """Takes down at the test's word, so that the others pile up; remembers the sizes of the groups."""

    def __init__(self, receive: Any) -> None:
        self.receive, self.go, self.groups = receive, threading.Event(), list[int]()

    def prepared(self, one: Request) -> Prepared:
        return self.receive.prepared(one)

    def many(self, work: Work, requests: Sequence[Prepared]) -> Any:
        self.go.wait(30)
        self.groups.append(len(requests))
        if any(one.request.identity.text == "poison" for one in requests):
            raise ZeroDivisionError("poison")
        return self.receive.many(work, requests)


@contextmanager
def filed(intake: Intake, requests: Sequence[Request]) -> Iterator[tuple[list[Future[Any]], list[int]]]:
    """The answers to come, an exception in place of a fault, and the sizes of the transactions.

    The first request is one of its own; the others have piled up by then and make a group.
    """
    slow = Slow(intake.wiring.receive)
    reception = GroupCommit(intake.workshop, slow)  # type: ignore[arg-type]

    def file(one: Request) -> Any:
        try:
            return reception.file(one)
        except KeyReused:
            return None
        except Exception as fault:  # noqa: BLE001 - the test judges it
            return fault

    with ThreadPoolExecutor(len(requests)) as pool:
        answers = [pool.submit(file, one) for one in requests]
        eventually(lambda: len(reception._queue) == len(requests) - 1, within=30, every=0.005)
        slow.go.set()
        yield answers, slow.groups


def at_once(intake: Intake, requests: Sequence[Request]) -> tuple[list[Any], list[int]]:
    """The outcome of each, or what it raised."""
    with filed(intake, requests) as (answers, groups):
        return [one.result(60) for one in answers], groups


def test_a_request_soon_after_another_waits_for_a_third(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "GATHER_S", 5.0)
    slow = Slow(intake.wiring.receive)
    slow.go.set()
    reception = GroupCommit(intake.workshop, slow)  # type: ignore[arg-type]
    assert reception.file(request("key-first")).fresh
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(reception.file, [request("key-second"), request("key-third")]))
    assert slow.groups == [1, 2]
    assert all(one.fresh for one in outcomes)


def test_what_waits_shares_a_transaction(intake: Intake) -> None:
    outcomes, groups = at_once(intake, [request(f"key-{n:06}") for n in range(20)])
    assert groups == [1, 19]
    assert len({one.ticket_id for one in outcomes}) == 20
    assert all(one.fresh for one in outcomes)
    rows = intake.rows()
    assert (rows["tickets"], rows["vault"], rows["vault_keys"], rows["outbox"]) == (20, 20, 1, 40)


def test_a_group_is_never_larger_than_it_may_be(intake: Intake) -> None:
    _, groups = at_once(intake, [request(f"key-{n:06}") for n in range(MOST + 6)])
    assert groups == [1, MOST, 5]


def test_one_key_at_once_is_one_ticket_and_another_body_is_refused(intake: Intake) -> None:
    same = [request("key-000001") for _ in range(5)]
    outcomes, groups = at_once(intake, [request("key-000000"), *same, request("key-000001", "另一件事")])
    assert groups == [1, 6]
    tickets = {outcome[0] for outcome in outcomes[1:6] if outcome}
    refused = outcomes.count(None)
    # Whoever is first of the key wins; the others repeat it, or bring another body.
    assert (len(tickets), refused) in ((1, 1), (0, 5))
    assert intake.rows()["tickets"] == 2


def test_a_request_at_fault_harms_none_beside_it(intake: Intake) -> None:
    group = [request(f"key-{n:06}", "poison" if n == 3 else "楼顶漏雨") for n in range(6)]
    outcomes, _ = at_once(intake, group)
    assert [isinstance(one, ZeroDivisionError) for one in outcomes] == [n == 3 for n in range(6)]
    assert intake.rows()["tickets"] == 5


def test_a_row_that_the_database_refuses_harms_none_beside_it(intake: Intake) -> None:
    intake.execute("ALTER TABLE ticket_texts ADD CONSTRAINT planted CHECK (text <> 'refused')")
    outcomes, groups = at_once(intake, [request(f"key-{n:06}", "refused" if n == 3 else "楼顶漏雨") for n in range(6)])
    assert [isinstance(one, IntegrityError) for one in outcomes] == [n == 3 for n in range(6)]
    assert (intake.rows()["tickets"], groups) == (5, [1, 5, 1, 1, 1, 1, 1])


@contextmanager
def held(intake: Intake, *keys: str) -> Iterator[Callable[[], None]]:
    """Another process is about to record requests with these keys: whoever brings one of them waits for a lock.

    Until the end of the block, or the call of what it gives.
    """
    claim = "INSERT INTO receipts VALUES (%s, %s, %s, %s)"
    with intake.workshop.engine.connect() as holder:
        for key in keys:
            holder.exec_driver_sql(claim, ("operator", key, b"another", str(uuid4())))
        yield holder.commit
        holder.commit()


def test_who_waits_for_a_lock_waits_alone(intake: Intake) -> None:
    group = [request(f"key-{n:06}") for n in range(6)]
    with held(intake, "key-000003") as release, filed(intake, group) as (answers, _):
        quick = [one.result(60) for n, one in enumerate(answers) if n != 3]
        assert all(one.fresh for one in quick)
        later = GroupCommit(intake.workshop, intake.wiring.receive).file(request("key-later"))
        assert later[1]
        assert not answers[3].done()
        release()
        assert answers[3].result() is None  # the key belongs to another request by now
    assert intake.rows()["tickets"] == 6


def test_who_waits_for_a_lock_holds_no_later_request_either(intake: Intake) -> None:
    reception = GroupCommit(intake.workshop, intake.wiring.receive)
    with ThreadPoolExecutor(1) as pool, held(intake, "key-held"):
        waiting = pool.submit(reception.file, request("key-held"))
        eventually(lambda: reception._slow._value == SLOW - 1, within=10, what="a place of its own")
        assert reception.file(request("key-later"))[1]
        assert not waiting.done()
    with pytest.raises(KeyReused):
        waiting.result()


def test_one_more_slow_request_than_there_are_places_for_is_refused_at_once(intake: Intake) -> None:
    reception = GroupCommit(intake.workshop, intake.wiring.receive)
    keys = [f"key-held-{n}" for n in range(SLOW + 1)]
    with ThreadPoolExecutor(SLOW) as pool, held(intake, *keys):
        waiting = [pool.submit(reception.file, request(key)) for key in keys[:-1]]
        eventually(lambda: reception._slow._value == 0, within=10, what="all places taken")
        with pytest.raises(Retry, match=f"{SLOW} requests wait"):
            reception.file(request(keys[-1]))
        assert reception.file(request("key-quick"))[1]
    assert {type(one.exception()) for one in waiting} == {KeyReused}


def test_a_statement_that_does_not_end_costs_its_own_request_alone(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "SHARED", Bound(lock_ms=200, statement_ms=500))
    monkeypatch.setattr(group_commit, "OWN", Bound(lock_ms=500, statement_ms=600))
    intake.execute(
        """
        CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.text = 'stalls' THEN PERFORM pg_sleep(3600); END IF; RETURN NEW; END $$
        """,
        "CREATE TRIGGER stall BEFORE INSERT ON ticket_texts FOR EACH ROW EXECUTE FUNCTION stall()",
    )
    outcomes, _ = at_once(intake, [request(f"key-{n:06}", "stalls" if n == 3 else "楼顶漏雨") for n in range(6)])
    stalled = outcomes.pop(3)
    assert isinstance(stalled, OperationalError)
    assert sqlstate_of(stalled) == "57014"
    assert all(one.fresh for one in outcomes)
    assert intake.rows()["tickets"] == 5


class Laborious(ReceiveTicket):
    """Prepares one text for as long as the test likes."""

    go = threading.Event()

    def prepared(self, request: Request) -> Prepared:
        if request.identity.text == "long":
            self.go.wait(60)
        return super().prepared(request)


def test_a_text_that_takes_long_to_redact_holds_nobody(intake: Intake) -> None:
    plain = intake.wiring.receive
    receive = Laborious(plain.tickets, plain.vault, plain.receipts, plain.caller_key, plain.new_id)
    reception = GroupCommit(intake.workshop, receive)
    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(reception.file, request("key-long", "long"))
        assert reception.file(request("key-quick"))[1]
        assert not long.done()
        receive.go.set()
        assert long.result(60)[1]


@pytest.mark.parametrize("phone", [None, "13812345678"])
def test_anonymous_callers_have_keys_of_their_own(intake: Intake, phone: str | None) -> None:
    with intake.workshop.open() as work:
        receive = intake.wiring.receive
        receive.many(work, [receive.prepared(request(str(uuid4()), phone=phone)) for _ in range(3)])
    assert intake.rows()["vault_keys"] == (1 if phone else 3)
