"""Standard Webhooks beyond the good case: rests asked for, gone receivers, changing secrets, thin messages."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import WebhookVerificationError

from services.chassis.database.work import Workshop
from services.contracts.department_events import TicketAssigned
from services.contracts.webhook_events import DepartmentWebhookDisabled, DepartmentWebhookFailing
from services.notifier.app.tell_trouble import tell_trouble
from services.notifier.domain.answers import Outcome
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.domain.short_message import LARGEST_BODY
from services.notifier.domain.webhook_trouble import Disabled, Failing
from services.notifier.store.deliveries import SqlDeliveryLog
from services.notifier.store.webhook_sweep import sweep
from tests.harness.waiting import eventually
from tests.integration.applications import As
from tests.integration.notifier import subscribing
from tests.integration.notifier.conftest import NewReceiver, StartSender
from tests.integration.notifier.events import dispatched, sent, take, text_of, ticket_id
from tests.integration.notifier.receivers import Receiver
from tests.integration.notifier.subscribing import become, subscribe


@pytest.fixture
def webhook(workshop: Workshop, as_: As) -> dict[str, Any]:
    """Housing's, active, with three deliveries waiting."""
    made = subscribe(as_("admin"))
    subscribing.activate(workshop, made)
    take(workshop, *(text_of(number) for number in (1, 2, 3)), *(dispatched(number) for number in (1, 2, 3)))
    return made


def shown(as_: As, webhook: dict[str, Any]) -> dict[str, Any]:
    (one,) = (
        one for one in as_("admin").get("/webhooks").json()["items"] if one["webhook_id"] == webhook["webhook_id"]
    )
    return dict(one)


def log(as_: As, webhook: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Status and error, in the order of the tickets."""
    items = as_("admin").get(f"/webhooks/{webhook['webhook_id']}/deliveries").json()["items"]
    return [(one["status"], one["error"]) for one in sorted(items, key=lambda one: str(one["ticket_id"]))]


def run_sql(workshop: Workshop, statement: str) -> Any:
    with workshop.engine.begin() as connection:
        return connection.execute(text(statement))


def disabled_events(workshop: Workshop) -> list[DepartmentWebhookDisabled]:
    return [event for _, event in sent(workshop) if isinstance(event, DepartmentWebhookDisabled)]


def subscribed(as_: As, receiver: Receiver) -> dict[str, Any]:
    made = subscribe(as_("admin"), url=receiver.url())
    eventually(lambda: shown(as_, made)["status"] == "active", within=10, what="the handshake")
    return made


@pytest.mark.parametrize(
    ("asked", "rest_s"), [(1800.0, 1800), (10.0**9, 3600), (1.0, 1)], ids=["half an hour", "for ever", "a second"]
)
def test_a_receiver_that_asks_for_a_rest_gets_it_up_to_a_limit(
    asked: float, rest_s: int, workshop: Workshop, as_: As, webhook: dict[str, Any]
) -> None:
    become(workshop, Outcome("answered 429", asked))
    rests = "SELECT extract(epoch FROM resume_at - leased_until) FROM webhooks"
    assert float(run_sql(workshop, rests).scalar_one()) == pytest.approx(rest_s, abs=0.1)
    due = run_sql(workshop, "SELECT max(due_at) - now() FROM webhook_sendings WHERE error IS NOT NULL").scalar_one()
    assert due.total_seconds() == pytest.approx(max(rest_s, 5), abs=1), "and never before its schedule"


def test_retry_after_is_read_from_the_answer(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    receiver = new_receiver()
    start_sender()
    made = subscribed(as_, receiver)
    receiver.status, receiver.headers = 503, {"Retry-After": "900"}
    take(workshop, text_of(1), dispatched(1))
    eventually(lambda: shown(as_, made)["error"] == "answered 503", within=10)
    rest = datetime.fromisoformat(shown(as_, made)["resume_at"]) - datetime.now().astimezone()
    assert 890 < rest.total_seconds() <= 900
    assert len(receiver.messages) == 1


def test_one_that_is_gone_is_disabled_at_once_and_its_department_notified_by_the_topic(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    receiver = new_receiver()
    start_sender()
    made = subscribed(as_, receiver)
    receiver.status = 410
    take(workshop, *(text_of(number) for number in (1, 2)), *(dispatched(number) for number in (1, 2)))
    eventually(lambda: shown(as_, made)["status"] == "disabled", within=10)
    assert len(receiver.messages) == 1
    assert shown(as_, made)["disabled_because"] == "gone"
    assert log(as_, made) == [("failed", "answered 410"), ("failed", "the webhook was disabled")]
    (disabled,) = disabled_events(workshop)
    assert (disabled.department, str(disabled.webhook_id), disabled.because, disabled.failed) == (
        "housing",
        made["webhook_id"],
        "gone",
        2,
    )
    own = as_("department:housing").get("/deliveries", params={"matter_id": made["webhook_id"]}).json()["items"]
    assert [(one["message"], one["channel"]) for one in own] == [(DepartmentWebhookDisabled.type, "topic")]

    take(workshop, text_of(3), dispatched(3))
    assert log(as_, made)[2] == ("failed", "the webhook is disabled"), "kept, with its cause"
    path = f"/webhooks/{made['webhook_id']}"
    refused = as_("admin").post(
        f"{path}/redeliver", json={"since": "2026-06-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}
    )
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:closedloop:problem:webhook-disabled")

    receiver.status = 200
    assert as_("department:housing").post(f"{path}/enable").status_code == 202
    eventually(lambda: shown(as_, made)["status"] == "active", within=10, what="the second handshake")
    receiver.messages.clear()
    again = as_("department:housing").post(
        f"{path}/redeliver", json={"since": "2026-06-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}
    )
    assert again.json() == {"again": 3}
    eventually(lambda: {status for status, _ in log(as_, made)} == {"sent"}, within=10)
    assert [got.json["ticket_id"] for got in receiver.messages] == [ticket_id(1), ticket_id(2), ticket_id(3)]
    assert len(disabled_events(workshop)) == 1


def test_the_last_try_disables_one_that_took_nothing_for_days(
    workshop: Workshop, as_: As, webhook: dict[str, Any]
) -> None:
    run_sql(workshop, "UPDATE webhook_sendings SET attempts = 9")
    assert become(workshop, Outcome("answered 500")) == []
    assert shown(as_, webhook)["status"] == "active", "it failed for the first time just now"
    run_sql(workshop, "UPDATE webhooks SET failing_since = now() - interval '2 days 23 hours'")
    (failing,) = become(workshop, Outcome("answered 500"))
    assert isinstance(failing, Failing)
    run_sql(workshop, "UPDATE webhooks SET failing_since = now() - interval '3 days 1 hour'")
    (disabled,) = become(workshop, Outcome("answered 500"))
    assert isinstance(disabled, Disabled)
    assert (disabled.department, disabled.because, disabled.failed) == ("housing", "failing", 3)
    assert shown(as_, webhook)["resume_at"] is None
    assert [status for status, _ in log(as_, webhook)] == ["failed"] * 3


def test_before_its_last_try_no_failure_disables(workshop: Workshop, as_: As, webhook: dict[str, Any]) -> None:
    run_sql(workshop, "UPDATE webhooks SET failing_since = now() - interval '30 days'")
    become(workshop, Outcome("answered 500"))
    assert shown(as_, webhook)["status"] == "active"


def test_a_department_is_notified_once_that_its_webhook_takes_nothing_for_a_day(
    workshop: Workshop, webhook: dict[str, Any]
) -> None:
    become(workshop, Outcome("answered 500"))
    run_sql(workshop, "UPDATE webhooks SET failing_since = now() - interval '23 hours'")
    assert become(workshop, Outcome("answered 500")) == []
    run_sql(workshop, "UPDATE webhooks SET failing_since = now() - interval '25 hours'")
    run_sql(workshop, "UPDATE webhook_sendings SET due_at = now()")
    troubles = become(workshop, Outcome("answered 500"))
    with workshop.open() as work:
        tell_trouble(work, troubles, SqlDeliveryLog())
    (failing,) = (event for _, event in sent(workshop) if isinstance(event, DepartmentWebhookFailing))
    assert (failing.department, str(failing.webhook_id)) == ("housing", webhook["webhook_id"])
    assert failing.kept_until - failing.failing_since == timedelta(days=3)
    run_sql(workshop, "UPDATE webhook_sendings SET due_at = now()")
    assert become(workshop, Outcome("answered 500")) == []
    become(workshop, Outcome())
    assert run_sql(workshop, "SELECT warned_at FROM webhooks").scalar_one() is None


def test_a_success_ends_the_row_of_failures(workshop: Workshop, as_: As, webhook: dict[str, Any]) -> None:
    become(workshop, Outcome("answered 500"))
    assert shown(as_, webhook)["failing_since"]
    become(workshop, Outcome())
    assert (shown(as_, webhook)["failing_since"], shown(as_, webhook)["failures"]) == (None, 0)


def test_while_a_secret_changes_both_sign_and_then_the_new_one_alone(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    receiver = new_receiver()
    start_sender()
    made = subscribed(as_, receiver)
    answer = as_("department:housing").post(f"/webhooks/{made['webhook_id']}/secret")
    assert answer.status_code == 200
    new = answer.json()["secret"]
    assert new not in (made["secret"], as_("admin").get("/webhooks").text)
    take(workshop, text_of(1), dispatched(1))
    eventually(lambda: receiver.messages, within=10)
    (both,) = receiver.messages
    assert [one[:3] for one in both.headers["webhook-signature"].split(" ")] == ["v1,", "v1,"]
    assert both.verified_by(made["secret"]) == both.verified_by(new)
    run_sql(workshop, "UPDATE webhooks SET old_secret_until = now()")
    take(workshop, text_of(2), dispatched(2))
    eventually(lambda: len(receiver.messages) == 2, within=10)
    receiver.messages[1].verified_by(new)
    with pytest.raises(WebhookVerificationError):
        receiver.messages[1].verified_by(made["secret"])
    with workshop.open() as work:
        sweep(work, RetryPolicy(), timedelta(days=30))
    assert run_sql(workshop, "SELECT old_secret FROM webhooks").scalar_one() is None


def test_the_old_secret_signs_for_a_day(workshop: Workshop, as_: As, webhook: dict[str, Any]) -> None:
    as_("admin").post(f"/webhooks/{webhook['webhook_id']}/secret")
    left = datetime.fromisoformat(shown(as_, webhook)["old_secret_until"]) - datetime.now().astimezone()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)


def test_a_message_too_large_goes_thin_and_the_whole_is_read_with_the_department_s_token(
    workshop: Workshop, as_: As, new_receiver: NewReceiver, start_sender: StartSender
) -> None:
    receiver = new_receiver()
    made = subscribe(as_("admin"), url=receiver.url())
    subscribing.activate(workshop, made)
    take(workshop, text_of(1), dispatched(1))
    body = run_sql(workshop, "SELECT convert_from(body, 'UTF8') FROM webhook_sendings").scalar_one()
    whole = json.dumps(json.loads(body) | {"text": "漏" * 8000}, ensure_ascii=False).encode()
    with workshop.engine.begin() as connection:
        connection.execute(text("UPDATE webhook_sendings SET body = :body"), {"body": whole})
    start_sender()
    eventually(lambda: receiver.messages, within=10)
    (thin,) = receiver.messages
    assert len(thin.body) < LARGEST_BODY < len(whole)
    said = thin.verified_by(made["secret"])
    assert (said["type"], said["message"], said["ticket_id"]) == ("webhook.thin", TicketAssigned.type, ticket_id(1))
    assert as_("department:housing").get(said["read"]).content == whole
    assert as_("department:fire").get(said["read"]).status_code == 404


def test_a_range_sends_again_what_failed_or_waits_in_it_and_nothing_else(
    workshop: Workshop, as_: As, webhook: dict[str, Any]
) -> None:
    path = f"/webhooks/{webhook['webhook_id']}/redeliver"
    become(workshop, Outcome())
    run_sql(workshop, "UPDATE webhook_sendings SET attempts = 9")
    become(workshop, Outcome("answered 500"))
    times = "SELECT min(caused_at) AS first, max(caused_at) AS last FROM deliveries"
    found = run_sql(workshop, times).one()
    everything = {"since": found.first.isoformat(), "until": (found.last + timedelta(seconds=1)).isoformat()}
    nothing = {"since": "2020-01-01T00:00:00Z", "until": found.first.isoformat()}
    assert as_("admin").post(path, json=nothing).json() == {"again": 0}
    assert as_("admin").post(path, json=everything).json() == {"again": 2}
    assert [status for status, _ in log(as_, webhook)].count("waiting") == 2
    assert as_("admin").post(path, json=everything | {"only_failed": False}).json() == {"again": 3}
    assert [status for status, _ in log(as_, webhook)] == ["waiting"] * 3
    backwards = {"since": everything["until"], "until": everything["since"]}
    assert as_("admin").post(path, json=backwards).status_code == 422
    assert as_("department:fire").post(path, json=everything).status_code == 404


def test_an_active_webhook_needs_no_enabling(as_: As, webhook: dict[str, Any]) -> None:
    refused = as_("department:housing").post(f"/webhooks/{webhook['webhook_id']}/enable")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:closedloop:problem:webhook-active")


@pytest.mark.parametrize("act", ["secret", "enable"])
def test_nobody_touches_the_webhook_of_another_department(act: str, as_: As, webhook: dict[str, Any]) -> None:
    assert as_("department:fire").post(f"/webhooks/{webhook['webhook_id']}/{act}").status_code == 404
    assert as_("hub").post(f"/webhooks/{webhook['webhook_id']}/{act}").status_code == 403
