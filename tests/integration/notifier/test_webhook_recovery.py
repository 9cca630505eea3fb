"""A webhook in trouble: each trouble is reported, others stay out of it, and what waited goes as soon as it is back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.chassis.database.work import Workshop
from services.contracts.webhook_events import DepartmentWebhookDisabled, DepartmentWebhookFailing
from services.notifier.app.tell_trouble import tell_trouble
from services.notifier.domain.answers import Outcome
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.outbound import webhook_answers
from services.notifier.outbound.webhook_answers import WebhookOutcomes
from services.notifier.store.claims import claim
from services.notifier.store.deliveries import SqlDeliveryLog
from services.notifier.store.webhook_outcomes import Settled
from tests.harness.waiting import eventually
from tests.integration.applications import As
from tests.integration.notifier.conftest import NewReceiver, StartSender
from tests.integration.notifier.events import dispatched, sent, take, text_of, ticket_id
from tests.integration.notifier.subscribing import activate, become, subscribe

FAILED, TAKEN = Outcome("answered 500"), Outcome()
EVER = {"since": "2026-06-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}


@pytest.fixture
def webhook(workshop: Workshop, as_: As) -> dict[str, Any]:
    """Housing's, active, with four deliveries waiting."""
    made = subscribe(as_("admin"))
    activate(workshop, made)
    numbers = (1, 2, 3, 4)
    take(workshop, *(text_of(number) for number in numbers), *(dispatched(number) for number in numbers))
    return made


def run_sql(workshop: Workshop, statement: str) -> Any:
    with workshop.engine.begin() as connection:
        return connection.execute(text(statement))


def tried(workshop: Workshop, outcome: Outcome) -> None:
    """One try of what is due; its department is notified of a trouble."""
    troubles = become(workshop, outcome)
    with workshop.open() as work:
        tell_trouble(work, troubles, SqlDeliveryLog())


def due(workshop: Workshop) -> list[int]:
    """The numbers of what is due now, in the order in which it goes."""
    query = """SELECT ticket_id FROM webhook_sendings JOIN deliveries USING (delivery_id) WHERE due_at <= now()
                ORDER BY seq"""
    return [int(one[-12:], 16) for one in run_sql(workshop, query).scalars()]


def test_each_trouble_of_a_webhook_is_reported_under_a_higher_version(
    workshop: Workshop, as_: As, webhook: dict[str, Any]
) -> None:
    tried(workshop, FAILED)
    run_sql(workshop, "UPDATE webhooks SET failing_since = now() - interval '25 hours'")
    tried(workshop, FAILED)
    tried(workshop, Outcome("answered 410", gone=True))
    assert as_("admin").post(f"/webhooks/{webhook['webhook_id']}/enable").status_code == 202
    tried(workshop, TAKEN)
    assert as_("admin").post(f"/webhooks/{webhook['webhook_id']}/redeliver", json=EVER).json() == {"again": 4}
    tried(workshop, Outcome("answered 410", gone=True))
    reports = [
        one for _, one in sent(workshop) if isinstance(one, DepartmentWebhookFailing | DepartmentWebhookDisabled)
    ]
    assert [type(one) for one in reports] == [
        DepartmentWebhookFailing,
        DepartmentWebhookDisabled,
        DepartmentWebhookDisabled,
    ]
    assert reports[0].version < reports[1].version < reports[2].version
    assert len({one.delivery_id for one in reports}) == 3


def test_an_outcome_that_cannot_be_saved_undoes_no_other_and_is_shown(
    workshop: Workshop, as_: As, webhook: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = subscribe(as_("admin"), department="fire", url="https://fire.example.com/hook")
    outcomes = WebhookOutcomes(workshop, RetryPolicy(), SqlDeliveryLog())
    with workshop.open() as work:
        claims = claim(work, 9, 9, timedelta(seconds=60))
    assert len(claims) == 2
    settle = webhook_answers.settle

    def faulty(work: Any, settled: Any, policy: RetryPolicy) -> Any:
        found = settle(work, settled, policy)
        if any(str(one.claim.webhook_id) == webhook["webhook_id"] for one in settled):
            raise KeyError("a bug")
        return found

    monkeypatch.setattr(webhook_answers, "settle", faulty)
    assert outcomes.fault() is None
    for one in claims:
        outcomes.add(Settled(one, TAKEN, 0.0))
    outcomes.save()
    listed = {one["webhook_id"]: one["status"] for one in as_("admin").get("/webhooks").json()["items"]}
    assert listed[other["webhook_id"]] == "active"
    assert outcomes.fault() == f"webhook {webhook['webhook_id']}: what came of it is not saved (KeyError)"
    assert due(workshop) == [1, 2, 3, 4], "its own is sent again when its lease ends"
    monkeypatch.undo()
    outcomes.save()
    assert due(workshop) == [1, 2, 3, 4], "it is dropped, and not saved later"


def test_what_cannot_be_saved_makes_the_service_unready(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*_: Any) -> Any:
        raise KeyError("a bug")

    monkeypatch.setattr(webhook_answers, "settle", faulty)
    health = start_sender()
    subscribe(as_("admin"), url=new_receiver().url())
    eventually(lambda: "is not saved" in health.unready().get("webhook outcomes", ""), within=10)
    assert health.stuck() == {}, "the worker goes on"


@pytest.mark.parametrize("failures", [1, 2, 3])
def test_the_first_success_makes_all_that_waits_due_in_its_order(
    failures: int, workshop: Workshop, webhook: dict[str, Any]
) -> None:
    for _ in range(failures):
        become(workshop, FAILED)
    assert due(workshop) == [1, 2, 3, 4][failures:]
    become(workshop, TAKEN)
    assert due(workshop) == [number for number in (1, 2, 3, 4) if number != failures + 1]


def test_what_failed_often_is_due_at_once_too_when_its_receiver_is_back(
    workshop: Workshop, webhook: dict[str, Any]
) -> None:
    for _ in range(3):
        for _ in range(4):
            run_sql(workshop, "UPDATE webhooks SET resume_at = now()")
            become(workshop, FAILED)
        run_sql(workshop, "UPDATE webhook_sendings SET due_at = now()")
    for _ in range(4):
        run_sql(workshop, "UPDATE webhooks SET resume_at = now()")
        become(workshop, FAILED)
    assert due(workshop) == []
    run_sql(workshop, "UPDATE webhooks SET resume_at = now()")
    take(workshop, text_of(5), dispatched(5))
    become(workshop, TAKEN)
    assert due(workshop) == [1, 2, 3, 4]


def test_a_message_that_alone_is_refused_keeps_to_its_schedule(workshop: Workshop, webhook: dict[str, Any]) -> None:
    become(workshop, FAILED)
    become(workshop, TAKEN)
    assert due(workshop) == [1, 3, 4]
    become(workshop, FAILED)
    become(workshop, TAKEN)
    assert due(workshop) == [4], "it failed again although another was taken"


def test_a_range_takes_what_waits_and_sends_it_in_its_order(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    receiver = new_receiver(status=500)
    start_sender(policy=RetryPolicy(waits_s=(3600,), breaker_after=3, first_rest_s=3600, longest_rest_s=3600))
    made = subscribe(as_("admin"), url=receiver.url())
    path = f"/webhooks/{made['webhook_id']}"

    def shown() -> Any:
        return as_("admin").get("/webhooks").json()["items"][0]

    eventually(lambda: shown()["status"] == "active", within=10)
    take(workshop, *(text_of(number) for number in (1, 2, 3, 4)), *(dispatched(number) for number in (1, 2, 3, 4)))
    eventually(lambda: shown()["failures"] == 3, within=10)
    refused = as_("department:housing").post(f"{path}/enable")
    assert (refused.status_code, "/redeliver" in refused.json()["detail"]) == (409, True)
    receiver.messages.clear()
    receiver.status = 200
    assert as_("department:housing").post(f"{path}/redeliver", json=EVER).json() == {"again": 4}
    eventually(lambda: len(receiver.messages) == 4, within=10)
    assert [got.json["ticket_id"] for got in receiver.messages] == [ticket_id(number) for number in (1, 2, 3, 4)]
