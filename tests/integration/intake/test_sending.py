"""Messages to callers leave once each, whatever the gateway does and whenever the sender ends."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from demo.sms_gateway import SmsGatewayStandIn
from services.chassis.database.work import Work
from services.intake.app.addressee import CallerOfTicket
from services.intake.app.sending_ports import Telling
from services.intake.domain.sending import Retrying
from services.intake.domain.telling import Way
from services.intake.domain.telling_plan import Cause
from services.intake.outbound.gateways import SmsGateway
from services.intake.store.tellings import SqlTellings
from tests.integration.intake.conftest import Intake
from tests.integration.intake.telling import (
    AT_ONCE,
    CALLER,
    expire_claims,
    filed,
    row_of,
    send_all,
    sender_to,
    state_of,
    stopped,
    tell,
    tries,
)

LATER = AT_ONCE.model_copy(
    update={"retry": Retrying(first_s=600, longest_s=600, attempts=3, longest_retry_after_s=7200)}
)


def test_a_message_is_sent_once_to_the_callers_telephone(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    telling = tell(intake, filed(intake))
    sender = sender_to(intake, url)
    send_all(intake, sender)
    send_all(intake, sender)
    assert gateway.to(CALLER["phone"]) == ["【12345】已修好。"]
    assert gateway.came[telling] == 1
    assert state_of(intake, telling) == ("sms", "sent", None)
    assert row_of(intake, telling)["sent_at"] is not None


@pytest.mark.parametrize("written", ["138 1234 5678", "１３８１２３４５６７８", "+86 138-1234-5678"])
def test_a_number_is_dialled_however_it_was_written_down(
    intake: Intake, gateway: SmsGatewayStandIn, url: str, written: str
) -> None:
    tell(intake, intake.file(caller={"phone": written}))
    send_all(intake, sender_to(intake, url, addressees=CallerOfTicket(intake.vault)))
    assert gateway.to("13812345678") == ["【12345】已修好。"]


def test_a_full_replay_of_the_queue_sends_nothing(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    sender = sender_to(intake, url)
    telling_ids = {tell(intake, filed(intake, one)) for one in range(1, 31)}
    send_all(intake, sender)
    assert gateway.messages.keys() == telling_ids
    expire_claims(intake)
    for _ in range(2):
        send_all(intake, sender_to(intake, url))
    assert gateway.came.total() == 30


def test_what_is_not_due_by_the_clock_of_the_district_waits(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    telling = tell(intake, filed(intake), not_before=intake.clock.now() + timedelta(hours=9))
    sender = sender_to(intake, url)
    send_all(intake, sender)
    assert not gateway.messages
    intake.clock.advance(timedelta(hours=9))
    send_all(intake, sender)
    assert gateway.messages.keys() == {telling}


class Killed(BaseException):
    """Ends the sender where it stands, as kill -9 does: nothing more runs, open transactions are rolled back."""


def _statements(intake: Intake, url: str) -> int:
    """How many statements the sending of the messages takes."""
    counted = 0

    def count(*_: Any) -> None:
        nonlocal counted
        counted += 1

    event.listen(intake.workshop.engine, "before_cursor_execute", count)
    try:
        send_all(intake, sender_to(intake, url))
    finally:
        event.remove(intake.workshop.engine, "before_cursor_execute", count)
    return counted


def _killed_at(intake: Intake, url: str, statement: int, moment: str) -> None:
    """Runs the sender until it comes to its n-th statement, and ends it before or after that."""
    counted = 0

    def count(*_: Any) -> None:
        nonlocal counted
        counted += 1
        if counted == statement:
            raise Killed

    event.listen(intake.workshop.engine, moment, count)
    try:
        with pytest.raises(Killed):
            send_all(intake, sender_to(intake, url))
    finally:
        event.remove(intake.workshop.engine, moment, count)


@pytest.mark.parametrize("moment", ["before_cursor_execute", "after_cursor_execute"])
def test_a_sender_that_is_killed_at_any_statement_loses_nothing_and_doubles_nothing(
    intake: Intake, gateway: SmsGatewayStandIn, url: str, moment: str
) -> None:
    tickets = [filed(intake, one) for one in range(1, 4)]
    for ticket in tickets:
        tell(intake, ticket)
    needed = _statements(intake, url)
    assert needed >= 5
    for statement in range(1, needed + 1):
        gateway.messages.clear()
        planned = {tell(intake, ticket) for ticket in tickets}
        _killed_at(intake, url, statement, moment)
        expire_claims(intake)
        send_all(intake, sender_to(intake, url))
        assert gateway.messages.keys() == planned, f"killed at statement {statement}"
        assert {state_of(intake, one) for one in planned} == {("sms", "sent", None)}
    assert gateway.changed == set()


def test_a_sender_that_is_killed_when_the_gateway_has_the_message_asks_again_under_its_id(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    telling = tell(intake, filed(intake))
    sender = sender_to(intake, url)

    class EndsAfter:
        way, knows_repeats, batch, longest_s = Way.SMS, True, 20, 1.0

        def send(self, message: Any) -> None:
            sender.gateway.send(message)
            raise Killed

    with pytest.raises(Killed):
        sender_to(intake, url, gateway=EndsAfter()).send_next(intake.workshop)
    assert state_of(intake, telling)[:2] == ("sms", "sending")
    send_all(intake, sender)
    assert gateway.came[telling] == 1, "before its claim is over nobody else sends it"
    expire_claims(intake)
    send_all(intake, sender)
    assert (gateway.came[telling], len(gateway.messages)) == (2, 1)
    assert state_of(intake, telling) == ("sms", "sent", None)


def test_a_message_that_was_taken_without_an_answer_is_asked_for_again_and_not_doubled(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    gateway.cuts = True
    telling = tell(intake, filed(intake))
    sender = sender_to(intake, url)
    sender.send_next(intake.workshop)
    way, state, cause = state_of(intake, telling)
    assert (way, state) == ("sms", "waiting")
    assert (cause or "").startswith("no answer")
    gateway.cuts = False
    send_all(intake, sender)
    assert (gateway.came[telling], len(gateway.messages)) == (2, 1)
    assert state_of(intake, telling) == ("sms", "sent", None)


def test_what_the_gateway_may_have_and_never_answers_for_goes_to_a_person_and_no_other_way(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    gateway.cuts = True
    telling = tell(intake, filed(intake))
    sender = sender_to(intake, url)
    for _ in range(3):
        sender.send_next(intake.workshop)
    assert state_of(intake, telling)[:2] == ("sms", "unsure")
    assert len(gateway.messages) == 1


def test_a_gateway_that_hangs_holds_no_message_longer_than_its_deadline(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    gateway.hangs = threading.Event()
    telling = tell(intake, filed(intake))
    impatient = SmsGateway(url, None, (), httpx.Client(timeout=0.2))
    sender_to(intake, url, gateway=impatient).send_next(intake.workshop)
    assert state_of(intake, telling) == ("sms", "waiting", "no answer: ReadTimeout")
    gateway.hangs.set()
    gateway.hangs = None
    send_all(intake, sender_to(intake, url))
    assert len(gateway.messages) == 1
    assert state_of(intake, telling) == ("sms", "sent", None)


@pytest.mark.parametrize("status", [429, 503])
def test_a_gateway_that_wants_to_rest_is_left_alone_and_the_rest_of_the_batch_not_tried(
    intake: Intake, gateway: SmsGatewayStandIn, url: str, status: int
) -> None:
    gateway.status, gateway.retry_after = status, 300
    tellings = [tell(intake, filed(intake, one)) for one in range(1, 4)]
    sender_to(intake, url).send_next(intake.workshop)
    rows = [row_of(intake, one) for one in tellings]
    assert sorted((row["state"], row["attempts"], row["cause"]) for row in rows) == [
        ("waiting", 0, "gateway down"), ("waiting", 0, "gateway down"), ("waiting", 1, f"answered {status}"),
    ]  # fmt: skip
    intake.execute(
        "DO $$ BEGIN ASSERT (SELECT min(due_at) > now() + interval '290 s' FROM tellings), 'asked too soon'; END $$"
    )
    gateway.status = None
    send_all(intake, sender_to(intake, url))
    assert not gateway.messages
    intake.execute("UPDATE tellings SET due_at = now()")
    send_all(intake, sender_to(intake, url))
    assert gateway.messages.keys() == set(tellings)


def test_a_gateway_that_refuses_for_good_sends_the_message_the_next_way_with_its_cause(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    gateway.status = 422
    telling = tell(intake, filed(intake))
    send_all(intake, sender_to(intake, url))
    assert state_of(intake, telling) == ("call", "waiting", "answered 422")
    assert tries(intake, telling) == [("sms", "failed", "answered 422")]


def test_the_next_way_is_the_next_that_is_at_hand(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    gateway.status = 422
    by_mail = tell(intake, filed(intake))
    send_all(intake, sender_to(intake, url, ways=frozenset(Way)))
    assert state_of(intake, by_mail)[:2] == ("email", "waiting")
    nowhere = tell(intake, filed(intake))
    send_all(intake, sender_to(intake, url, ways=frozenset({Way.SMS})))
    assert state_of(intake, nowhere) == ("sms", "failed", "answered 422")


def test_nobody_is_called_about_what_its_occasion_does_not_tell_by_a_call(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    gateway.status = 422
    telling = tell(intake, filed(intake), occasion="received")
    ways = {"received": {Way.SMS, Way.EMAIL}}
    send_all(intake, sender_to(intake, url, allowed=ways.__getitem__))
    assert state_of(intake, telling) == ("sms", "failed", "answered 422")


def test_after_all_attempts_the_message_goes_the_next_way(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    gateway.status = 503
    telling = tell(intake, filed(intake))
    sender = sender_to(intake, url)
    for _ in range(3):
        sender.send_next(intake.workshop)
    assert state_of(intake, telling) == ("call", "waiting", "answered 503")


def test_what_is_no_longer_true_is_withheld_with_its_cause(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    telling = tell(intake, filed(intake))
    send_all(intake, sender_to(intake, url, still_true=lambda *_: "superseded"))
    assert state_of(intake, telling) == ("sms", "withheld", "superseded")
    assert not gateway.messages


def test_what_turns_out_to_be_confidential_is_said_and_not_written(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    allowed = {"answered": frozenset(Way), "received": frozenset({Way.SMS, Way.EMAIL})}
    said, never = tell(intake, filed(intake)), tell(intake, filed(intake, 1), occasion="received")
    send_all(intake, sender_to(intake, url, allowed=allowed.__getitem__, still_true=lambda *_: Cause.CONFIDENTIAL))
    assert state_of(intake, said) == ("call", "waiting", "confidential")
    assert state_of(intake, never) == ("sms", "withheld", "confidential")
    assert not gateway.messages


def test_a_caller_who_was_erased_gets_no_message(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    telling = tell(intake, filed(intake))
    intake.execute("DELETE FROM vault_keys")
    send_all(intake, sender_to(intake, url))
    assert state_of(intake, telling) == ("sms", "withheld", "erased")
    assert not gateway.messages


def test_who_said_stop_after_the_message_was_planned_gets_it_no_more(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    def unless_stopped(work: Work, telling: Telling) -> str | None:
        return "stopped by the person" if stopped(work, [telling.person]) else None

    telling = tell(intake, filed(intake))
    with intake.workshop.open() as work:
        SqlTellings().stop(work, row_of(intake, telling)["person"], stopped=True)
    send_all(intake, sender_to(intake, url, still_true=unless_stopped))
    assert state_of(intake, telling) == ("sms", "withheld", "stopped by the person")
    assert not gateway.messages


def test_what_asks_for_an_answer_by_a_link_goes_another_way_where_there_are_no_links(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    telling = tell(intake, filed(intake), facts={"what": "已修好。", "asks": True})
    send_all(intake, sender_to(intake, url))
    assert state_of(intake, telling) == ("call", "waiting", "no link")
    assert not gateway.messages


def test_a_caller_without_a_telephone_is_no_reason_to_lose_the_message(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    telling = tell(intake, intake.file(caller={"name": "王小美"}))
    send_all(intake, sender_to(intake, url))
    assert state_of(intake, telling) == ("call", "waiting", "no address")


def test_a_row_that_cannot_be_put_into_words_holds_up_no_other(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    def halting(telling: Telling, language: str, way: Way) -> str:
        return str(telling.facts["what"])

    broken = tell(intake, filed(intake, 1), facts={})
    whole = tell(intake, filed(intake, 2))
    send_all(intake, sender_to(intake, url, words=halting))
    assert state_of(intake, broken) == ("sms", "failed", "no words")
    assert gateway.messages.keys() == {whole}


def test_two_senders_at_once_send_each_message_once(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    planned = {tell(intake, filed(intake, one)) for one in range(1, 61)}
    senders = [threading.Thread(target=send_all, args=(intake, sender_to(intake, url))) for _ in range(3)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert gateway.messages.keys() == planned
    assert gateway.came.total() == len(planned)
