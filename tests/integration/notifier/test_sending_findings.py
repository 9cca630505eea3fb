"""What is amiss with sending is found with its cause and its end, each unit's own alone; gauges show limits near."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.chassis.channels.message import Message, NotSent
from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.notifier.domain.officer_notice import Pressure
from services.notifier.store.sending_findings import sending_gauge
from tests.integration.applications import As
from tests.integration.notifier.officers import EMAIL, RULES, SMS, Office, Outside, engage, notify, officer_id

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)


@pytest.fixture
def office(workshop: Workshop) -> Office:
    assert isinstance(workshop.clock, FixedClock)
    workshop.clock.advance(NOON - workshop.clock.now())
    return Office(workshop, {SMS: Outside(knows_repeats=True), EMAIL: Outside()})


def found(as_: As, who: str) -> dict[str, Any]:
    answer = as_(who).get("/officer-messages/findings")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def gauge(workshop: Workshop, name: str, **labels: str) -> float | None:
    with workshop.engine.connect() as connection:
        sending_gauge(workshop.clock, RULES)(connection)
    return REGISTRY.get_sample_value(f"closedloop_officer_{name}", labels)


def test_a_way_at_rest_is_found_with_its_cause_and_end_and_without_its_address(office: Office, as_: As) -> None:
    def refuse(_: Message) -> None:
        raise NotSent("answered 550", passes=False)

    office.channels[EMAIL].says = refuse
    engage(office.workshop, ways=(EMAIL,))
    notify(office.workshop, [1], pressure=Pressure.URGENT)
    office.settle()
    seen = found(as_, "department:housing")
    (way,) = seen["resting"]
    assert (way["officer_id"], way["channel"], way["cause"]) == (str(officer_id(1)), "email", "answered 550")
    assert datetime.fromisoformat(way["until"]) == NOON + timedelta(hours=RULES.way_rests_h)
    (message,) = seen["unsent"]
    assert (message["status"], message["cause"], message["urgent"]) == ("failed", "no way", True)
    assert "example.org" not in str(seen)
    assert found(as_, "department:fire") == {"resting": [], "near": [], "unsent": []}
    assert found(as_, "hub") == seen
    assert gauge(office.workshop, "ways_resting", channel="email") == 1


def test_who_is_near_a_limit_is_found_before_it_is_reached(office: Office, as_: As) -> None:
    engage(office.workshop, ways=(EMAIL,))
    notify(office.workshop, range(7), pressure=Pressure.URGENT)
    office.settle()
    assert found(as_, "hub")["near"] == []
    notify(office.workshop, [8], pressure=Pressure.URGENT)
    office.settle()
    (near,) = found(as_, "hub")["near"]
    assert (near["channel"], near["share"]) == ("email", 0.8)
    assert gauge(office.workshop, "limit_share", channel="email") == 0.8


def test_the_message_that_waits_longest_is_shown_in_business_time(office: Office) -> None:
    engage(office.workshop, ways=(SMS,))
    notify(office.workshop, [1])
    office.settle()
    assert gauge(office.workshop, "messages_oldest_seconds") == 0
    assert isinstance(office.workshop.clock, FixedClock)
    office.workshop.clock.advance(timedelta(minutes=11))
    assert gauge(office.workshop, "messages_oldest_seconds") == 600


def test_nobody_else_reads_it(as_: As) -> None:
    assert as_("npc").get("/officer-messages/findings").status_code == 403
