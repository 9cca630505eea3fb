"""Claims: one process at a time to a receiver, nothing lost with a process, nothing noted by one that came back."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from services.chassis.database.work import Workshop
from services.notifier.domain.answers import Outcome
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.store import webhooks
from services.notifier.store.claims import WebhookClaim, claim
from services.notifier.store.webhook_outcomes import Settled
from services.notifier.store.webhook_outcomes import settle as settle_all
from services.notifier.store.webhook_sweep import sweep
from tests.harness.waiting import eventually
from tests.integration.applications import As
from tests.integration.notifier.events import SUBSCRIPTION, assignments, dispatched, take, text_of, waiting_for_locks
from tests.integration.notifier.subscribing import activate, subscribe

LEASE = timedelta(seconds=60)
KEPT = timedelta(days=30)
POLICY = RetryPolicy(waits_s=(3600,))


@pytest.fixture
def active(workshop: Workshop, as_: As) -> str:
    """Housing's webhook with two deliveries waiting."""
    made = subscribe(as_("admin"))
    activate(workshop, made)
    take(workshop, text_of(1), text_of(2), dispatched(1), dispatched(2))
    return str(made["webhook_id"])


def claimed(workshop: Workshop, at_most: int = 10, lease: timedelta = LEASE) -> list[WebhookClaim]:
    with workshop.open() as work:
        return claim(work, at_most, at_most, lease)


def settle(workshop: Workshop, one: WebhookClaim, error: str | None = None, policy: RetryPolicy = POLICY) -> None:
    with workshop.open() as work:
        settle_all(work, [Settled(one, Outcome(error), 1.0)], policy)


def statuses(workshop: Workshop) -> list[str]:
    query = "SELECT status FROM deliveries WHERE channel = 'webhook' ORDER BY ticket_id"
    with workshop.engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


def run_sql(workshop: Workshop, statement: str) -> None:
    with workshop.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_claimed_webhook_is_nobody_else_s_and_its_oldest_delivery_goes_first(workshop: Workshop, active: str) -> None:
    (first,) = claimed(workshop)
    assert first.sending
    assert first.sending.attempts == 1
    assert claimed(workshop) == []
    settle(workshop, first)
    (second,) = claimed(workshop)
    assert second.sending
    assert second.sending.delivery_id != first.sending.delivery_id
    settle(workshop, second)
    assert claimed(workshop) == []
    assert statuses(workshop) == ["sent", "sent"]


def test_a_webhook_that_another_is_claiming_is_passed_over_without_waiting(workshop: Workshop, as_: As) -> None:
    for number in range(3):
        subscribe(as_("admin"), url=f"https://hooks.example.com/{number}")
    found: list[list[WebhookClaim]] = []
    with workshop.open() as work:
        first = claim(work, 2, 2, LEASE)
        second = threading.Thread(target=lambda: found.append(claimed(workshop)))
        second.start()
        second.join(60)
        assert found, "it waited"
    assert len(first) == 2
    assert {one.url[-1] for one in (*first, *found[0])} == {"0", "1", "2"}


def test_a_claim_whose_process_died_is_made_again_with_the_same_delivery(workshop: Workshop, active: str) -> None:
    (lost,) = claimed(workshop, lease=timedelta(0))
    (again,) = claimed(workshop)
    assert lost.sending
    assert again.sending
    assert (again.sending.delivery_id, again.sending.body) == (lost.sending.delivery_id, lost.sending.body)
    assert (again.lease, again.sending.attempts) == (lost.lease + 1, 2)


@pytest.mark.parametrize("late", [None, "answered 500"])
def test_a_process_that_wakes_up_late_changes_nothing(workshop: Workshop, active: str, late: str | None) -> None:
    (frozen,) = claimed(workshop, lease=timedelta(0))
    (again,) = claimed(workshop)
    settle(workshop, again, error=None if late else "answered 500")
    before = _state(workshop)
    settle(workshop, frozen, late)
    assert _state(workshop) == before


def test_a_handshake_of_a_late_process_changes_nothing(workshop: Workshop, as_: As) -> None:
    subscribe(as_("admin"))
    (frozen,) = claimed(workshop, lease=timedelta(0))
    (again,) = claimed(workshop)
    settle(workshop, frozen)
    assert _state(workshop)["webhooks"][0]["status"] == "unverified"
    settle(workshop, again)
    assert _state(workshop)["webhooks"][0]["status"] == "active"


def test_a_failed_delivery_waits_while_the_next_goes_on(workshop: Workshop, active: str) -> None:
    (first,) = claimed(workshop)
    settle(workshop, first, "answered 500")
    (second,) = claimed(workshop)
    assert first.sending
    assert second.sending
    assert second.sending.delivery_id != first.sending.delivery_id
    settle(workshop, second)
    assert statuses(workshop) == ["waiting", "sent"]


def test_the_longest_unserved_webhook_comes_first(workshop: Workshop, as_: As) -> None:
    for number in range(3):
        subscribe(as_("admin"), url=f"https://hooks.example.com/{number}")
    seen = []
    for _ in range(6):
        (one,) = claimed(workshop, at_most=1)
        seen.append(one.url[-1])
        settle(workshop, one, "no", RetryPolicy(waits_s=(0,) * 9))
    assert sorted(seen[:3]) == ["0", "1", "2"]
    assert seen[3:] == seen[:3]


def test_many_outcomes_are_saved_at_once_and_those_of_lost_claims_are_not(workshop: Workshop, as_: As) -> None:
    for number in range(4):
        subscribe(as_("admin"), url=f"https://hooks.example.com/{number}")
    lost = claimed(workshop, at_most=2, lease=timedelta(0))
    found = claimed(workshop)
    with workshop.open() as work:
        settle_all(work, [Settled(one, Outcome(), 0.0) for one in lost], POLICY)
    assert {row["status"] for row in _state(workshop)["webhooks"]} == {"unverified"}
    with workshop.open() as work:
        settle_all(work, [Settled(one, Outcome("no" if one.url[-1] == "3" else None), 0.0) for one in found], POLICY)
    statuses_of = {str(row["url"])[-1]: row["status"] for row in _state(workshop)["webhooks"]}
    assert statuses_of == {"0": "active", "1": "active", "2": "active", "3": "unverified"}


def test_receivers_that_failed_take_a_part_of_the_places_alone(workshop: Workshop, as_: As) -> None:
    for number in range(6):
        subscribe(as_("admin"), url=f"https://hooks.example.com/{number}")
    run_sql(workshop, "UPDATE webhooks SET failures = 1 WHERE right(url, 1) < '4'")
    with workshop.open() as work:
        assert sorted(one.failures for one in claim(work, 5, 2, LEASE)) == [0, 0, 1, 1]
    with workshop.open() as work:
        assert len(claim(work, 1, 2, LEASE)) == 1, "no more than there are places"


def test_a_message_that_is_being_erased_is_passed_over_for_a_moment(workshop: Workshop, active: str) -> None:
    with workshop.open() as work:
        work.connection.execute(text("SELECT FROM webhook_sendings FOR UPDATE"))
        assert claimed(workshop) == []
    assert len(claimed(workshop)) == 1


def test_what_waited_too_long_has_failed_and_old_bodies_are_forgotten(workshop: Workshop, active: str) -> None:
    (first,) = claimed(workshop)
    settle(workshop, first)
    run_sql(workshop, "UPDATE webhook_sendings SET queued_at = now() - interval '4 days 23 hours'")
    _sweep(workshop)
    assert statuses(workshop) == ["sent", "waiting"]
    run_sql(workshop, "UPDATE webhook_sendings SET queued_at = now() - interval '5 days 1 hour'")
    _sweep(workshop)
    assert statuses(workshop) == ["sent", "failed"]
    assert len(_state(workshop)["webhook_sendings"]) == 2
    run_sql(workshop, "UPDATE webhook_sendings SET queued_at = now() - interval '30 days 1 hour'")
    _sweep(workshop)
    assert _state(workshop)["webhook_sendings"] == []
    assert statuses(workshop) == ["sent", "failed"], "the log stays"


def test_a_webhook_being_removed_and_an_event_being_queued_wait_for_each_other(
    workshop: Workshop, as_: As, active: str
) -> None:
    removed = threading.Event()

    def remove() -> None:
        assert as_("admin").delete(f"/webhooks/{active}").status_code == 204
        removed.set()

    with workshop.open() as work:
        SUBSCRIPTION.apply([text_of(3), dispatched(3)], work)
        work.flush()
        thread = threading.Thread(target=remove)
        thread.start()
        eventually(lambda: waiting_for_locks(workshop) == 1, within=10, what="the removal's wait")
        assert claimed(workshop), "a sender does not wait for a consumer"
    thread.join(60)
    assert removed.is_set()
    assert statuses(workshop) == ["failed"] * 3


def test_an_event_that_meets_a_removal_waits_for_it_and_is_queued_for_the_others_alone(
    workshop: Workshop, as_: As, active: str
) -> None:
    thread = threading.Thread(target=take, args=(workshop, text_of(3), dispatched(3)))
    with workshop.open() as work:
        webhooks.remove(work, UUID(active))
        thread.start()
        eventually(lambda: waiting_for_locks(workshop) == 1, within=10, what="the event's wait")
    thread.join(60)
    assert len(assignments(workshop)) == 3
    assert statuses(workshop) == ["failed", "failed"]


def _sweep(workshop: Workshop) -> None:
    with workshop.open() as work:
        sweep(work, RetryPolicy(), KEPT)


def _state(workshop: Workshop) -> dict[str, list[dict[str, object]]]:
    tables = {"webhooks": "webhook_id", "webhook_sendings": "seq", "deliveries": "delivery_id"}
    with workshop.engine.connect() as connection:
        return {
            table: [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY {key}"))]  # noqa: S608
            for table, key in tables.items()
        }
