"""What the log has kept for its time is deleted, and nothing is sent again because the log has forgotten it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.contracts.event import Envelope
from services.contracts.hot_issue_events import HotIssueConfirmed
from services.contracts.reply_events import ReplyRefused
from services.notifier.files.log_retention import load_log_retention
from services.notifier.store import log_retention
from services.notifier.store.log_retention import EndLogRetention
from services.notifier.store.webhooks import gauge_trouble
from tests.integration.applications import As
from tests.integration.notifier import subscribing
from tests.integration.notifier.conftest import NOW
from tests.integration.notifier.events import dispatched, hot_issue, sent, take, text_of, ticket_id
from tests.integration.notifier.subscribing import subscribe

KEPT = load_log_retention()


def end_retention(workshop: Workshop, after: timedelta) -> str | None:
    assert isinstance(workshop.clock, FixedClock)
    workshop.clock.advance(NOW + after - workshop.clock.now())
    with workshop.open() as work:
        return EndLogRetention(KEPT)(work, None)


def logged(workshop: Workshop) -> list[str]:
    with workshop.engine.connect() as connection:
        return list(connection.execute(text("SELECT DISTINCT message FROM deliveries ORDER BY 1")).scalars())


def refusal() -> Envelope:
    event = ReplyRefused(
        version=1, reply_id=ticket_id(9), department="fire", ticket_id=ticket_id(2), reply="reply.signed.v1",  # type: ignore[arg-type]
        reason="settled",
    )  # fmt: skip
    return Envelope(dispatched(9).id, "/310109/intake", NOW, event)


def test_each_class_goes_when_its_time_is_over_and_no_sooner(workshop: Workshop) -> None:
    take(workshop, text_of(1), dispatched(1), hot_issue(HotIssueConfirmed), refusal())
    every = ["department.hot_issue_told.v1", "department.reply_refused.v1", "department.ticket_assigned.v1"]
    assert logged(workshop) == every
    end_retention(workshop, timedelta(days=170))
    assert logged(workshop) == every
    end_retention(workshop, timedelta(days=190))
    assert logged(workshop) == [every[0], every[2]]
    end_retention(workshop, timedelta(days=1110))
    assert logged(workshop) == [every[0]]
    end_retention(workshop, timedelta(days=2200))
    assert logged(workshop) == []


def test_what_waits_or_can_still_be_sent_again_stays(workshop: Workshop, as_: As) -> None:
    made = subscribe(as_("admin"))
    subscribing.activate(workshop, made)
    take(workshop, text_of(1), dispatched(1), dispatched(2))
    end_retention(workshop, timedelta(days=4000))
    with workshop.engine.connect() as connection:
        left = connection.execute(text("SELECT status FROM deliveries ORDER BY 1")).scalars().all()
    assert left == ["awaiting_text", "waiting"]


def test_what_is_read_again_after_the_log_has_forgotten_it_is_sent_to_nobody(workshop: Workshop) -> None:
    facts = (text_of(1), dispatched(1), hot_issue(HotIssueConfirmed), refusal())
    take(workshop, *facts)
    before = len(sent(workshop))
    end_retention(workshop, timedelta(days=4000))
    assert logged(workshop) == []
    take(workshop, *facts)
    assert len(sent(workshop)) == before
    assert logged(workshop) == []


def test_many_rows_go_in_several_batches(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    take(workshop, *(text_of(number) for number in range(5)), *(dispatched(number) for number in range(5)))
    monkeypatch.setattr(log_retention, "AT_ONCE", 2)
    ends = [end_retention(workshop, timedelta(days=4000)) for _ in range(3)]
    assert ends == ["more", "more", None]
    assert logged(workshop) == []


def test_webhooks_in_trouble_are_counted(workshop: Workshop, as_: As) -> None:
    def counted() -> list[float | None]:
        with workshop.engine.begin() as connection:
            gauge_trouble(connection)
        name = "closedloop_webhooks_in_trouble"
        return [REGISTRY.get_sample_value(name, {"state": state}) for state in ("failing", "disabled")]

    subscribing.activate(workshop, subscribe(as_("admin")))
    assert counted() == [0, 0]
    with workshop.engine.begin() as connection:
        connection.execute(text("UPDATE webhooks SET failing_since = now() - interval '59 minutes'"))
    assert counted() == [0, 0]
    with workshop.engine.begin() as connection:
        connection.execute(text("UPDATE webhooks SET failing_since = now() - interval '61 minutes'"))
    assert counted() == [1, 0]
    with workshop.engine.begin() as connection:
        connection.execute(text("UPDATE webhooks SET status = 'disabled', disabled_because = 'failing'"))
    assert counted() == [0, 1]
