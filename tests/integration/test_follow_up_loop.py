"""All services as processes, on a clock that a test sets: from five calls to the ticket that goes on from the first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.chassis.clock import VirtualClock
from tests.harness.clients import client
from tests.harness.fixtures import StartTimed
from tests.harness.waiting import eventually

pytestmark = pytest.mark.long

BEGIN = datetime(2026, 7, 1, 1, tzinfo=UTC)
CALL = {"text": "楼顶漏雨，顶层走廊渗水", "address": "凉城路1201弄12号"}


def the(items: list[dict[str, Any]]) -> dict[str, Any]:
    (only,) = items
    return only


def test_five_calls_are_one_problem_whose_callers_are_led_to_its_end(
    start_timed: StartTimed, clock: VirtualClock
) -> None:
    timed = start_timed(BEGIN)
    with client(timed, "intake", "hub") as intake, client(timed, "projects", "hub") as projects:

        def listed(service: httpx.Client, path: str) -> list[dict[str, Any]]:
            return list(service.get(path).raise_for_status().json()["items"])

        def act(service: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
            return dict(service.post(path, json=body).raise_for_status().json())

        for number in range(5):
            body = CALL | {"caller": {"phone": f"1381234000{number}"}}
            intake.post("/tickets", json=body, headers={"Idempotency-Key": str(uuid4())}).raise_for_status()

        def stages() -> list[str]:
            return [one["stage"] for one in listed(intake, "/follow-ups")]

        eventually(lambda: stages() == ["noted"] * 5, within=60)
        issue = the(listed(projects, "/hot-issues"))
        decision = {"version": issue["version"], "kind": "service", "reason": "统一修补屋面"}
        issue = act(projects, f"/hot-issues/{issue['hot_issue_id']}/decision", **decision)
        eventually(lambda: stages() == ["under way"] * 5, within=60)
        act(projects, f"/hot-issues/{issue['hot_issue_id']}/cure-done", version=issue["version"])
        eventually(lambda: stages() == ["carried out"] * 5, within=60)
        # The units' clocks must run before time passes: tickets are dispatched by a consumer of its own.
        eventually(lambda: [one["state"] for one in listed(intake, "/tickets")] == ["dispatched"] * 5, within=60)
        clock.set(BEGIN + timedelta(days=90, seconds=1))
        eventually(lambda: stages() == ["asked"] * 5, within=60)

        one = listed(intake, "/follow-ups")[0]
        said = act(intake, f"/follow-ups/{one['follow_up_id']}/answer", version=one["version"], solved=False)
        new = f"/tickets/{said['continued_by']}"
        eventually(lambda: intake.get(new).json()["state"] == "dispatched", within=60)
        going_on = intake.get(new).json()
        first = intake.get(f"/tickets/{one['ticket_id']}").json()
        assert going_on["continues"] == first["ticket_id"]
        assert (going_on["type_code"], going_on["lead"]) == (first["type_code"], first["lead"])

        def breached() -> list[str]:
            history = intake.get(f"/tickets/{one['ticket_id']}").json()["history"]
            return [line["detail"].partition(":")[0] for line in history if line["step"] == "breach"]

        assert breached() == ["contact", "settle"]
        rates = intake.get("/indicators").json()
        assert (rates["on_time"]["rate"], rates["on_time"]["open_overdue"]) == (0.0, 5)
        assert (rates["solved"]["numerator"], rates["solved"]["denominator"]) == (0, 1)
        message_stages = [line["stage"] for line in listed(intake, "/follow-ups/messages?limit=200")]
        assert sorted(message_stages) == sorted(["planned", "under way", "carried out", "asked"] * 5)
