"""Requests that come at once share a transaction; each gets its own answer, and none is harmed by another."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.work import Work
from services.contracts.ticket_events import Channel
from services.intake.adapters.reception import MOST, Reception
from services.intake.app.ports import Identity, KeyReused
from services.intake.app.receive import Request
from tests.harness.waiting import eventually
from tests.integration.intake.conftest import Intake


def request(key: str, text: str = "楼顶漏雨", phone: str | None = "13812345678") -> Request:
    return Request(Identity(None, phone, text, None), Channel.PHONE, None, key, text.encode(), "operator")


class Slow:
    """Takes down at the test's word, so that the others pile up; remembers the sizes of the groups."""

    def __init__(self, receive: Any) -> None:
        self.receive, self.go, self.groups = receive, threading.Event(), list[int]()

    def many(self, work: Work, requests: Sequence[Request]) -> Any:
        self.go.wait(30)
        self.groups.append(len(requests))
        if any(one.identity.text == "poison" for one in requests):
            raise ZeroDivisionError("poison")
        return self.receive.many(work, requests)


def at_once(intake: Intake, requests: Sequence[Request]) -> tuple[list[Any], list[int]]:
    """The outcome of each, or what it raised; all wait while the first is taken down."""
    slow = Slow(intake.use_cases.receive)
    reception = Reception(intake.workshop, slow)  # type: ignore[arg-type]

    def file(one: Request) -> Any:
        try:
            return reception.file(one)
        except ZeroDivisionError as fault:
            return fault
        except KeyReused:
            return None

    with ThreadPoolExecutor(len(requests)) as pool:
        filed = [pool.submit(file, one) for one in requests]
        eventually(lambda: len(reception._queue) == len(requests) - 1, within=30, every=0.005)
        slow.go.set()
        return [one.result(30) for one in filed], slow.groups


def test_what_waits_shares_a_transaction(intake: Intake) -> None:
    outcomes, groups = at_once(intake, [request(f"key-{n:06}") for n in range(20)])
    assert groups == [1, 19]
    assert len({ticket_id for ticket_id, _ in outcomes}) == 20
    assert all(fresh for _, fresh in outcomes)
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


@pytest.mark.parametrize("phone", [None, "13812345678"])
def test_anonymous_callers_have_keys_of_their_own(intake: Intake, phone: str | None) -> None:
    with intake.workshop.open() as work:
        intake.use_cases.receive.many(work, [request(str(uuid4()), phone=phone) for _ in range(3)])
    assert intake.rows()["vault_keys"] == (1 if phone else 3)
