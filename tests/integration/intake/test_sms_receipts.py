"""What the gateway for short messages reports of a message, in whatever order it comes."""

from __future__ import annotations

from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from demo.sms_gateway import SmsGatewayStandIn
from tests.integration.intake.conftest import Intake, problem
from tests.integration.intake.telling import filed, send_all, sender_to, state_of, tell, tries

MACHINE = "sms-gateway"


def report(intake: Intake, gateway: SmsGatewayStandIn, telling: str, state: str, code: str | None = None) -> bool:
    answer = gateway.report(intake.client(MACHINE), telling, state, code)
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["changed"])


def test_a_message_that_bounces_after_it_was_taken_goes_the_next_way_once(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    telling = tell(intake, filed(intake))
    send_all(intake, sender_to(intake, url))
    assert report(intake, gateway, telling, "failed", "UNDELIV")
    assert state_of(intake, telling) == ("call", "waiting", "network UNDELIV")
    assert not report(intake, gateway, telling, "failed", "UNDELIV")
    assert not report(intake, gateway, telling, "delivered")
    assert tries(intake, telling) == [("sms", "failed", "network UNDELIV")]
    send_all(intake, sender_to(intake, url))
    assert gateway.came.total() == 1


@pytest.mark.parametrize("order", list(permutations(["delivered", "read", "delivered"], 3)))
def test_the_newest_that_is_known_stands_in_whatever_order_receipts_come(
    intake: Intake, gateway: SmsGatewayStandIn, url: str, order: tuple[str, ...]
) -> None:
    telling = tell(intake, filed(intake))
    send_all(intake, sender_to(intake, url))
    for state in order:
        report(intake, gateway, telling, state)
    assert state_of(intake, telling) == ("sms", "read", None)


@pytest.mark.parametrize(("state", "then"), [("delivered", ("sms", "delivered")), ("failed", ("call", "waiting"))])
def test_a_receipt_that_is_faster_than_the_answer_stands(
    intake: Intake, gateway: SmsGatewayStandIn, url: str, state: str, then: tuple[str, str]
) -> None:
    telling = tell(intake, filed(intake))

    def at_once(message: dict[str, Any]) -> None:
        assert report(intake, gateway, message["id"], state)

    gateway.on_message = at_once
    send_all(intake, sender_to(intake, url))
    assert state_of(intake, telling)[:2] == then
    assert gateway.came[telling] == 1


def test_a_receipt_for_a_message_whose_answer_was_lost_ends_the_asking(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    gateway.cuts = True
    telling = tell(intake, filed(intake))
    sender = sender_to(intake, url)
    sender.send_next(intake.workshop)
    assert report(intake, gateway, telling, "delivered")
    send_all(intake, sender)
    assert gateway.came[telling] == 1
    assert state_of(intake, telling) == ("sms", "delivered", None)


def test_a_receipt_for_a_message_that_was_not_sent_changes_nothing(intake: Intake, gateway: SmsGatewayStandIn) -> None:
    telling = tell(intake, filed(intake))
    assert not report(intake, gateway, telling, "delivered")
    assert state_of(intake, telling) == ("sms", "waiting", None)


def test_a_receipt_for_no_message_of_ours_is_refused(intake: Intake, gateway: SmsGatewayStandIn) -> None:
    problem(gateway.report(intake.client(MACHINE), str(uuid4()), "delivered"), 404, field="id")


@pytest.mark.parametrize("code", ["13812345678", "undelivered", "王小美", "MK:13812345678"])
def test_a_code_in_which_a_person_could_stand_is_refused(intake: Intake, gateway: SmsGatewayStandIn, code: str) -> None:
    problem(gateway.report(intake.client(MACHINE), str(uuid4()), "failed", code), 422, field="body.code")
