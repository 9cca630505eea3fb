"""Webhooks from the subscription to the receiver: signed, at least once under one id, nobody held up by another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select, text
from standardwebhooks.webhooks import WebhookVerificationError

from services.chassis.database.tables import outbox
from services.chassis.database.work import Workshop
from services.contracts.department_events import HotIssueNotice, TicketAssigned
from services.contracts.hot_issue_events import HotIssueConfirmed, HotIssueDecided
from services.notifier.domain.delivery import DeliveryChannel, delivery_id
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.store.webhook_queue import gauge_webhooks
from tests.harness.waiting import eventually
from tests.integration.applications import As
from tests.integration.notifier.conftest import NewReceiver, StartSender
from tests.integration.notifier.events import dispatched, hot_issue, take, text_of, ticket_id
from tests.integration.notifier.receivers import Receiver


def subscribe(as_: As, receiver: Receiver, department: str = "housing", **more: Any) -> dict[str, Any]:
    """Creates the webhook; a sender must run for it to become active."""
    answer = as_("admin").post("/webhooks", json={"department": department, "url": receiver.url(), **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def activate(as_: As, receiver: Receiver, department: str = "housing", **more: Any) -> dict[str, Any]:
    made = subscribe(as_, receiver, department, **more)
    eventually(lambda: status_of(as_, made) == "active", within=10, what="the handshake")
    return made


def status_of(as_: As, webhook: dict[str, Any]) -> str:
    return str(shown(as_, webhook)["status"])


def shown(as_: As, webhook: dict[str, Any]) -> dict[str, Any]:
    items = as_("admin").get("/webhooks").json()["items"]
    (one,) = (item for item in items if item["webhook_id"] == webhook["webhook_id"])
    return dict(one)


def deliveries_of(as_: As, webhook: dict[str, Any], **asked: Any) -> list[dict[str, Any]]:
    answer = as_("admin").get(f"/webhooks/{webhook['webhook_id']}/deliveries", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def all_sent(as_: As, webhook: dict[str, Any], count: int) -> bool:
    return [one["status"] for one in deliveries_of(as_, webhook)] == ["sent"] * count


def counted(outcome: str) -> float:
    labels = {"channel": "webhook", "outcome": outcome}
    return REGISTRY.get_sample_value("closedloop_deliveries_total", labels) or 0


def test_the_receiver_gets_what_stands_on_the_topic_signed_under_a_stable_id(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    receiver, before = new_receiver(), counted("sent")
    start_sender()
    webhook = activate(as_, receiver)
    (challenge,) = receiver.challenges
    assert challenge.verified_by(webhook["secret"])["type"] == "webhook.challenge"
    dispatch = dispatched(1)
    take(workshop, text_of(1), dispatch, hot_issue(HotIssueConfirmed))
    eventually(lambda: all_sent(as_, webhook, 2), within=10)
    with workshop.engine.connect() as connection:
        on_topic = connection.execute(
            select(outbox.c.value).where(outbox.c.topic == "departments.housing").order_by(outbox.c.seq)
        )
        assert [got.body for got in receiver.messages] == list(on_topic.scalars())
    ticket, issue = receiver.messages
    assert ticket.verified_by(webhook["secret"])["text"] == "屋顶漏水 1.1"
    with pytest.raises(WebhookVerificationError):
        ticket.verified_by("whsec_" + "A" * 43)
    expected = delivery_id(
        dispatch.id, "department:housing", DeliveryChannel.WEBHOOK, TicketAssigned.type, UUID(webhook["webhook_id"])
    )
    assert ticket.id == str(expected)
    assert ticket.json["delivery_id"] == ticket.headers["ce-id"]
    assert (ticket.headers["ce-type"], issue.headers["ce-type"]) == (TicketAssigned.type, HotIssueNotice.type)
    assert (issue.headers["ce-subject"], issue.headers["content-type"]) == (ticket_id(7), "application/json")
    assert abs(int(ticket.headers["webhook-timestamp"]) - time.time()) < 60, "signed at real time, not business time"
    eventually(lambda: counted("sent") == before + 2, within=5)


def right(challenge: str) -> tuple[int, object]:
    return 200, {"challenge": challenge}


@pytest.mark.parametrize(
    "echo",
    [
        lambda _: (200, b"ok"),
        lambda _: (200, b"\xff"),
        lambda _: (200, b"[" * 4000),
        lambda _: (200, {"challenge": "another"}),
        lambda _: (200, {}),
        lambda challenge: (200, challenge),
        lambda challenge: (500, right(challenge)[1]),
        lambda challenge: (302, right(challenge)[1]),
    ],
    ids=["ok", "no text", "deep", "another", "empty", "bare", "error", "redirect"],
)
def test_a_receiver_that_does_not_echo_stays_unverified_and_gets_nothing(
    echo: Callable[[str], tuple[int, object]],
    workshop: Workshop,
    as_: As,
    new_receiver: NewReceiver,
    start_sender: StartSender,
) -> None:
    receiver = new_receiver(echo=echo)
    start_sender(policy=RetryPolicy(waits_s=(0.05, 0.05)))
    webhook = subscribe(as_, receiver)
    eventually(lambda: shown(as_, webhook)["resume_at"] is None, within=10, what="the handshake given up")
    take(workshop, text_of(1), dispatched(1))
    assert len(receiver.challenges) == 3
    assert (receiver.messages, deliveries_of(as_, webhook)) == ([], [])
    seen = shown(as_, webhook)
    assert (seen["status"], seen["failures"]) == ("unverified", 3)
    assert "without the challenge" in seen["error"]


def test_the_handshake_is_tried_again_until_the_receiver_is_set_up(
    as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    receiver = new_receiver(echo=lambda _: (404, b""))
    start_sender(policy=RetryPolicy(waits_s=(0.1,) * 200))
    webhook = subscribe(as_, receiver)
    eventually(lambda: receiver.challenges, within=10)
    receiver.echo = right
    eventually(lambda: status_of(as_, webhook) == "active", within=10)
    assert len({got.json["challenge"] for got in receiver.challenges}) == len(receiver.challenges)
    assert shown(as_, webhook)["error"] is None


def test_errors_are_tried_again_under_the_same_id_until_they_pass(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    receiver = new_receiver(answers=[500, 503, 404])
    start_sender()
    webhook = activate(as_, receiver)
    take(workshop, text_of(1), dispatched(1))
    eventually(lambda: all_sent(as_, webhook, 1), within=10)
    assert len(receiver.messages) == 4
    assert len({(got.id, got.body) for got in receiver.messages}) == 1
    for got in receiver.messages:
        got.verified_by(webhook["secret"])
    (one,) = deliveries_of(as_, webhook)
    assert (one["attempts"], one["error"], one["due_at"]) == (4, None, None)


def test_a_delivery_fails_after_so_many_attempts_is_seen_and_can_be_sent_again(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    receiver, before = new_receiver(status=500), counted("failed")
    start_sender()
    webhook = activate(as_, receiver)
    take(workshop, text_of(1), dispatched(1))
    (one,) = eventually(lambda: deliveries_of(as_, webhook, status="failed"), within=10)
    assert (one["attempts"], one["error"], one["due_at"]) == (5, "answered 500", None)
    assert len(receiver.messages) == 5
    assert _gauges(workshop) == (0, 1)
    eventually(lambda: counted("failed") == before + 1, within=5)

    receiver.status = 204
    again = as_("department:housing").post(f"/webhooks/deliveries/{one['delivery_id']}/redeliver")
    assert (again.status_code, again.json()["status"], again.json()["attempts"]) == (202, "waiting", 0)
    eventually(lambda: all_sent(as_, webhook, 1), within=10)
    assert {got.id for got in receiver.messages} == {one["delivery_id"]}
    assert _gauges(workshop) == (0, 0)

    as_("admin").post(f"/webhooks/deliveries/{one['delivery_id']}/redeliver")
    eventually(lambda: len(receiver.messages) == 7, within=10, what="what was sent is sent again on demand")


def test_a_receiver_that_does_not_answer_in_time_counts_as_failed_even_if_it_drips(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    held = threading.Event()
    receiver = new_receiver(before_answer=lambda: (held.wait(20), None)[1])
    start_sender(deadline_s=0.3, policy=RetryPolicy(waits_s=(0.05,)))
    webhook = activate(as_, receiver)
    take(workshop, text_of(1), dispatched(1))
    (one,) = eventually(lambda: deliveries_of(as_, webhook, status="failed"), within=10)
    held.set()
    assert one["error"] == "no answer within 0.3 s"
    assert len({got.id for got in receiver.messages}) == 1


def test_slow_and_dead_receivers_do_not_hold_up_another_department(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    held = threading.Event()
    slow = new_receiver(before_answer=lambda: (held.wait(30), None)[1])
    quick = new_receiver()
    start_sender(deadline_s=20)
    webhooks = [activate(as_, slow), activate(as_, quick, "fire")]
    take(workshop, *(text_of(number) for number in range(1, 21)))
    take(workshop, *(dispatched(number) for number in range(1, 11)))
    eventually(lambda: slow.messages, within=10, what="the slow receiver is being talked to")
    take(workshop, *(dispatched(number, lead="fire") for number in range(11, 21)))
    eventually(lambda: all_sent(as_, webhooks[1], 10), within=10)
    assert [got.json["ticket_id"] for got in quick.messages] == [ticket_id(number) for number in range(11, 21)]
    assert len(slow.messages) == 1, "one message at a time to each receiver"
    held.set()
    eventually(lambda: all_sent(as_, webhooks[0], 10), within=10)


def test_a_redirect_is_not_followed(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    target = new_receiver()
    receiver = new_receiver(status=307, headers={"Location": target.url()})
    start_sender()
    webhook = activate(as_, receiver)
    take(workshop, text_of(1), dispatched(1))
    (one,) = eventually(lambda: deliveries_of(as_, webhook, status="failed"), within=10)
    assert one["error"] == "answered 307"
    assert target.messages == []


def test_the_breaker_leaves_a_dead_receiver_alone_and_wakes_all_when_it_is_back(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    receiver = new_receiver(status=500)
    policy = RetryPolicy(waits_s=(3600,), breaker_after=3, first_rest_s=3600, longest_rest_s=3600)
    start_sender(policy=policy)
    webhook = activate(as_, receiver)
    take(workshop, *(text_of(number) for number in range(1, 7)), *(dispatched(number) for number in range(1, 7)))
    eventually(lambda: shown(as_, webhook)["failures"] == 3, within=10)
    take(workshop, text_of(7), dispatched(7))
    assert _gauges(workshop) == (7, 0)
    assert len(receiver.messages) == 3, "three failures in a row, then silence"
    receiver.status = 200
    with workshop.engine.begin() as connection:
        connection.execute(text("UPDATE webhooks SET resume_at = now()"))
    eventually(lambda: all_sent(as_, webhook, 7), within=10)
    assert len(receiver.messages) == 10
    assert shown(as_, webhook)["failures"] == 0


def test_only_the_events_asked_for_and_only_the_own_department_s_are_sent(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    tickets, everything, hub = new_receiver(), new_receiver(), new_receiver()
    start_sender()
    webhooks = [
        activate(as_, tickets, events=[TicketAssigned.type]),
        activate(as_, everything),
        activate(as_, hub, "urban-operation"),
    ]
    take(workshop, hot_issue(HotIssueConfirmed), dispatched(1), text_of(1), dispatched(2, lead="fire"), text_of(2))
    for webhook, count in zip(webhooks, (1, 2, 1), strict=True):
        eventually(lambda webhook=webhook, count=count: all_sent(as_, webhook, count), within=10)  # type: ignore[misc]
    assert [got.headers["ce-type"] for got in tickets.messages] == [TicketAssigned.type]
    assert [got.json["department"] for got in hub.messages] == ["urban-operation"]


def test_read_again_in_any_order_each_webhook_gets_each_message_once(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    receiver = new_receiver()
    start_sender()
    webhook = activate(as_, receiver)
    facts = [dispatched(1), hot_issue(HotIssueConfirmed), text_of(1), hot_issue(HotIssueDecided, 2)]
    take(workshop, *facts, *reversed(facts))
    take(workshop, *facts)
    eventually(lambda: all_sent(as_, webhook, 3), within=10)
    assert len({got.id for got in receiver.messages}) == len(receiver.messages) == 3


def test_two_senders_share_the_work_and_send_nothing_twice(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    receivers = [new_receiver() for _ in range(4)]
    for _ in range(2):
        start_sender()
    leads = ["housing", "fire", "market", "health"]
    webhooks = [activate(as_, one, lead) for one, lead in zip(receivers, leads, strict=True)]
    numbers = range(1, 61)
    take(workshop, *(text_of(number) for number in numbers))
    take(workshop, *(dispatched(number, lead=leads[number % 4]) for number in numbers))
    for receiver, webhook in zip(receivers, webhooks, strict=True):
        eventually(lambda webhook=webhook: all_sent(as_, webhook, 15), within=20)  # type: ignore[misc]
        assert len({got.id for got in receiver.messages}) == len(receiver.messages) == 15


def _gauges(workshop: Workshop) -> tuple[float | None, float | None]:
    """Waiting, failed."""
    with workshop.engine.connect() as connection:
        gauge_webhooks(connection)
    waiting, failed = (
        REGISTRY.get_sample_value("closedloop_webhook_deliveries", {"status": status})
        for status in ("waiting", "failed")
    )
    return waiting, failed
