"""All services as processes, in a year that nobody has announced, until the district brings its calendar."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import chinese_calendar
import pytest
from holidays import country_holidays

from services.chassis.clock import VirtualClock
from services.localstack.stack import Stack
from tests.harness.clients import client
from tests.harness.fixtures import StartTimed
from tests.harness.topics import read_topic
from tests.harness.waiting import eventually

pytestmark = pytest.mark.long

YEAR = max(day.year for day in chinese_calendar.holidays) + 1
EXAMPLE = Path(__file__).parents[2] / "deploy" / "calendar" / "2026.csv"
MONDAY = date(YEAR, 3, 1) + timedelta(days=-date(YEAR, 3, 1).weekday() % 7)
BEGIN = datetime(YEAR, 3, MONDAY.day, 1, tzinfo=UTC)  # nine o'clock in Shanghai
CALL = {"text": "楼顶漏雨，顶层走廊渗水", "address": "凉城路1201弄12号"}


def notice() -> str:
    """The year's, with the Tuesday after the calls off."""
    by_law = sorted(day for day in country_holidays("CN", years=YEAR, observed=False) if day.weekday() < 5)
    return "\n".join(["date,day", *(f"{day},off" for day in by_law), f"{MONDAY + timedelta(days=1)},off", ""])


def notices(stack: Stack, department: str) -> Counter[str]:
    """How often the department was sent what, by the fact's stage."""
    records = read_topic(stack.bootstrap, stack.flavour, f"departments.{department}")
    bodies = [json.loads(one.value) for one in records if one.value]
    return Counter(body["stage"] for body in bodies if "stage" in body)


def test_a_districts_calendar_sets_right_what_was_counted_without_it(
    start_timed: StartTimed, clock: VirtualClock, tmp_path: Path
) -> None:
    calendar = tmp_path / "calendar.csv"
    calendar.write_bytes(EXAMPLE.read_bytes())
    timed = start_timed(BEGIN, CALENDAR_FILE=str(calendar))
    with client(timed, "intake", "hub") as intake, client(timed, "projects", "hub") as projects:
        for number in range(5):
            body = CALL | {"caller": {"phone": f"1381234000{number}"}}
            intake.post("/tickets", json=body, headers={"Idempotency-Key": str(uuid4())}).raise_for_status()

        def tickets() -> list[dict[str, Any]]:
            found = intake.get("/tickets").raise_for_status().json()["items"]
            return [intake.get(f"/tickets/{one['ticket_id']}").raise_for_status().json() for one in found]

        def steps(step: str) -> int:
            return sum(line["step"] == step for one in tickets() for line in one["history"])

        def issues() -> list[dict[str, Any]]:
            return list(projects.get("/hot-issues").raise_for_status().json()["items"])

        eventually(lambda: [one["state"] for one in tickets()] == ["dispatched"] * 5 and len(issues()) == 1, within=60)
        assert {known["calendar_known"] for one in tickets() for known in one["clocks"]} == {False}
        (decide_by,) = [one["decide_by"] for one in issues()]
        clock.set(BEGIN + timedelta(days=1, hours=16))  # an hour after the end of Tuesday
        eventually(lambda: steps("breach") == 5, within=60)
        lead = tickets()[0]["lead"]
        eventually(lambda: notices(timed, lead)["ticket.clock_breached.v1"] == 5, within=60)

        calendar.write_text(notice(), encoding="utf-8")
        for service in ("intake", "projects"):
            timed.service(service).restart()
        timed.service("intake").kill()  # in the midst of it, before it or after it: the outcome is the same

        def outcome() -> Counter[str]:
            counted = notices(timed, lead)
            return Counter({name: counted[name] for name in counted if "clock_" in name or "decision_" in name})

        eventually(
            lambda: (
                outcome()
                == {
                    "ticket.clock_warned.v1": 5,  # of the contact, before its breach
                    "ticket.clock_breached.v1": 5,
                    "ticket.clock_breach_taken_back.v1": 5,
                    "ticket.clock_moved.v1": 10,  # settlement and return
                    "hot_issue.decision_moved.v1": 1,
                }
            ),
            within=90,
        )
        timed.service("intake").restart()
        assert (steps("recount"), steps("breach")) == (15, 5)
        for one in tickets():
            assert all(known["calendar_known"] for known in one["clocks"])
            assert {known["kind"]: known["breached_at"] for known in one["clocks"]}["contact"] is None
        (moved,) = [one["decide_by"] for one in issues()]
        assert datetime.fromisoformat(moved) - datetime.fromisoformat(decide_by) == timedelta(days=1)
