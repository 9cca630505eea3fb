"""What a shift hands over and what a day or a week brought."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.intake.conftest import Intake, Stands, problem
from tests.integration.intake.due import DUE, dispatched, settle
from tests.integration.intake.following import Issue
from tests.integration.intake.following import take as take_issue
from tests.integration.intake.large_table import RECEIVED, STATE, filled, plans, statements
from tests.integration.intake.settling import HOUSING, take


def asked(intake: Intake, url: str, *roles: str) -> dict[str, Any]:
    answer = intake.client(*(roles or ("hub",))).get(url)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def ids(listed: list[dict[str, Any]]) -> set[str]:
    return {one["ticket_id"] for one in listed}


def test_what_waits_for_somebody_is_handed_over(intake: Intake) -> None:
    plain, returned, asks = dispatched(intake, 3)
    (office,) = dispatched(intake, 1, "XQ01")
    emergency = intake.file()
    intake.classify(emergency, emergency=True)
    assert take(intake, plain, "assignee", HOUSING, person="li").status_code == 200
    assert take(intake, returned, "return", HOUSING, note="不属本单位").status_code == 200
    assert take(intake, asks, "extension", HOUSING, note="等材料").status_code == 200
    seen = asked(intake, "/handover")
    assert [(one["lead"], one["assignee"], one["open"]) for one in seen["open"]] == [
        ("housing", "li", 1), ("housing", None, 2), ("liangcheng", None, 1), (None, None, 1),
    ]  # fmt: skip
    assert (ids(seen["returns_waiting"]), ids(seen["extensions_waiting"])) == ({returned}, {asks})
    assert (ids(seen["emergencies"]), seen["breached"], seen["due"]) == ({emergency}, [], [])
    intake.clock.advance(DUE - timedelta(hours=3))
    assert ids(asked(intake, "/handover?hours=2")["due"]) == set()
    assert {plain, returned, asks} <= ids(asked(intake, "/handover?hours=4")["due"])
    intake.clock.advance(timedelta(days=30))
    assert ids(asked(intake, "/handover", HOUSING)["breached"]) == {plain, returned, asks}
    assert office in ids(asked(intake, "/handover")["breached"])


def test_the_bulletin_of_a_day_and_a_week(intake: Intake) -> None:
    first, second = dispatched(intake, 2)
    take_issue(intake, Issue().becomes("confirmed"))
    settle(intake, first)
    said = {"caller_solved": True, "satisfaction": "satisfied"}
    assert take(intake, first, "visit", **said).status_code == 200
    day = asked(intake, "/bulletin")
    line = {"new": 2, "due": 0, "settled": 1, "overdue": 0}
    assert {name: day["total"][name] for name in line} == line
    assert day["total"]["satisfaction"]["rate"] == 1.0
    assert [(one["group"], one["new"]) for one in day["by_unit"]] == [("housing", 2)]
    assert [(one["group"], one["new"]) for one in day["by_sub_district"]] == [("310109016", 2)]
    assert day["hot_issues"] == {"confirmed": 1}
    intake.clock.advance(timedelta(days=10))
    week = asked(intake, "/bulletin?period=week&date=2026-07-09")
    assert (week["from"], week["total"]["due"], week["total"]["overdue"]) == ("2026-07-06T00:00:00+08:00", 2, 1)
    settle(intake, second)  # late: it was overdue then all the same
    assert asked(intake, "/bulletin?period=week&date=2026-07-09")["total"]["overdue"] == 1
    answer = intake.client("hub").get("/bulletin.csv?period=week&date=2026-07-09")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["by"], row["group"], row["due"], row["overdue"]) for row in rows] == [
        ("all", "", "2", "1"), ("unit", "housing", "2", "1"), ("sub_district", "310109016", "2", "1"),
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["handover?hours=0", "bulletin?period=year", "bulletin?date=today"])
def test_a_wrong_period_is_named(lasting: Intake, query: str) -> None:
    problem(lasting.client("hub").get(f"/{query}"), 422, field=f"query.{query.partition('?')[2].partition('=')[0]}")


def test_they_read_what_is_open_and_the_period_and_not_the_table(stands: Stands) -> None:
    passed = dict.fromkeys(
        ["settle_by", "settled_at", "visited_at", "dispatched_at"], f"CASE WHEN n > 20 THEN {RECEIVED} END"
    )
    intake = stands("test", filled(state=f"CASE WHEN n > 20 THEN 'archived' ELSE {STATE} END", **passed))
    intake.execute("ANALYZE")
    for url in ("/handover", "/bulletin?date=2020-01-20", "/indicators?from=2020-01-20&to=2020-01-20&by=unit"):
        with statements(intake) as run:
            asked(intake, url)
        scanned = [node for node in plans(intake, run) if node["Node Type"] == "Seq Scan"]
        assert not [node["Filter"] for node in scanned if node["Relation Name"] == "tickets"], url
