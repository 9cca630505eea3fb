"""Disturbance by works: promised, announced in time, followed as it goes, and a finding where it broke a rule."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.contracts.districts import SHANGHAI
from services.contracts.impact_events import WorksImpactChanged, WorksImpactsPlanned
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.harness.works import ROOF, do, paper
from tests.integration.projects.issues import published
from tests.integration.projects.loop_of import District


@pytest.fixture
def project(district: District) -> str:
    opened: str = district.decide(hot_issue_id(Cell("quyang-1", "MJ01"), 0), kind="project")["project_id"]
    district.advance(opened, "contracted")
    return opened


def at(day: int, hour: int, month: int = 7) -> str:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI).isoformat()


def cut(**more: Any) -> dict[str, Any]:
    """A water cut on Monday the 6th, announced on Wednesday the 1st, at 8 o'clock."""
    return {
        "id": str(uuid4()),
        "kind": "water_cut",
        "blocks": ["3号"],
        "starts": at(6, 9),
        "ends": at(6, 15),
    } | more


def noise(**more: Any) -> dict[str, Any]:
    return cut(kind="noise", **more)


def refused(district: District, project: str, act: str, status: int = 422, role: str = "hub", **body: Any) -> Any:
    known = published(district.workshop, "projects")
    answer = district.as_(role).post(f"/projects/{project}/{act}", json=body)
    assert answer.status_code == status, answer.text
    assert published(district.workshop, "projects") == known
    return answer.json()


def fields(problem: Any) -> list[str]:
    return [fault["field"].removeprefix("body.") for fault in problem["errors"]]


def impacts(district: District, project: str, query: str = "") -> dict[str, Any]:
    answer = district.as_("supervisor").get(f"/projects/{project}/impacts{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_a_plan_leaves_out_is_promised_by_the_rules(district: District, project: str) -> None:
    assert impacts(district, project)["plan"]["version"] == 0
    kept = do(district.hub, project, "impacts/plan", version=0, scaffold_by_block={"3号": 40}, quiet=["5号"])
    assert (kept["version"], kept["noise_from"], kept["scaffold_days"]) == (1, "08:00", 90)
    assert (kept["scaffold_by_block"], kept["quiet"], kept["notice_days"]["water_cut"]) == ({"3": 40}, ["5"], 3)
    assert impacts(district, project)["plan"] == kept
    (plan,) = [one for one in published(district.workshop, "projects") if isinstance(one, WorksImpactsPlanned)]
    assert (plan.version, plan.quiet) == (1, ("5",))


def test_a_plan_promises_no_less_than_everybody_is_promised(district: District, project: str) -> None:
    problem = refused(district, project, "impacts/plan", version=0, notice_days={"water_cut": 2})
    assert fields(problem) == ["notice_days.water_cut"]
    assert fields(refused(district, project, "impacts/plan", version=0, permit=str(uuid4()))) == ["permit"]
    contract = paper(district.hub, project, "contract")
    assert fields(refused(district, project, "impacts/plan", version=0, permit=contract)) == ["permit"]


def test_of_two_plans_on_the_same_one_the_second_is_a_conflict(district: District, project: str) -> None:
    do(district.hub, project, "impacts/plan", version=0)
    problem = refused(district, project, "impacts/plan", 409, version=0)
    assert problem["current_version"] == 1


def test_a_cut_is_announced_begins_and_ends(district: District, project: str) -> None:
    announced = do(district.hub, project, "impacts", **cut())
    assert (announced["state"], announced["blocks"], announced["breaches"]) == ("announced", ["3"], [])
    step = f"impacts/{announced['impact_id']}/steps"
    district.until(datetime(2026, 7, 6, 9, tzinfo=SHANGHAI))
    assert do(district.hub, project, step, version=1, to="active")["state"] == "active"
    district.until(datetime(2026, 7, 6, 16, tzinfo=SHANGHAI))
    ended = do(district.hub, project, step, version=2, to="ended", at=at(6, 14))
    assert (ended["state"], ended["breaches"], ended["version"]) == ("ended", [], 3)
    changes = [one for one in published(district.workshop, "projects") if isinstance(one, WorksImpactChanged)]
    assert [(one.version, one.state, one.lead, one.place.estate) for one in changes] == [
        (1, "announced", "housing", "quyang-1"),
        (2, "active", "housing", "quyang-1"),
        (3, "ended", "housing", "quyang-1"),
    ]


def test_a_cut_without_its_notice_is_refused(district: District, project: str) -> None:
    problem = refused(district, project, "impacts", **cut(starts=at(3, 9), ends=at(3, 15)))
    assert fields(problem) == ["starts"]
    assert "3 whole days" in problem["errors"][0]["message"]
    assert impacts(district, project)["impacts"] == []


def test_every_rule_that_noise_would_break_is_named(district: District, project: str) -> None:
    do(district.hub, project, "impacts/plan", version=0, quiet=["3"])
    problem = refused(district, project, "impacts", **noise(starts=at(5, 21), ends=at(5, 23)))
    found = [fault["message"].split(":")[0] for fault in problem["errors"]]
    assert found == ["at_night", "outside_hours", "not_a_working_day", "quiet_not_asked"]
    assert do(district.hub, project, "impacts", **noise(asked=["3"]))["asked"] == ["3"]


def test_what_happened_all_the_same_is_a_finding(district: District, project: str) -> None:
    district.until(datetime(2026, 7, 6, 12, tzinfo=SHANGHAI))
    found = do(district.hub, project, "impacts", **cut(happened=True))
    assert (found["state"], found["breaches"]) == ("active", ["notice_too_short"])
    night = {"starts": at(5, 23), "ends": at(6, 3), "happened": True}
    loud = do(district.hub, project, "impacts", **noise(**night))
    assert (loud["state"], "at_night" in loud["breaches"]) == ("ended", True)
    assert "at_night" not in do(district.hub, project, "impacts", **noise(**night, rescue=True))["breaches"]


def test_noise_that_went_on_too_long_becomes_a_finding_when_it_ends(district: District, project: str) -> None:
    loud = do(district.hub, project, "impacts", **noise())
    step = f"impacts/{loud['impact_id']}/steps"
    district.until(datetime(2026, 7, 6, 20, tzinfo=SHANGHAI))
    assert do(district.hub, project, step, version=1, to="active", at=at(6, 9))["breaches"] == []
    assert do(district.hub, project, step, version=2, to="ended", at=at(6, 19))["breaches"] == ["outside_hours"]


def test_a_step_meant_for_another_state_is_a_conflict(district: District, project: str) -> None:
    one = do(district.hub, project, "impacts", **cut())["impact_id"]
    assert (
        refused(district, project, f"impacts/{one}/steps", 409, version=1, to="ended")["current_state"] == "announced"
    )
    do(district.hub, project, f"impacts/{one}/steps", version=1, to="cancelled")
    assert refused(district, project, f"impacts/{one}/steps", 409, version=1, to="active")["current_version"] == 2
    assert fields(refused(district, project, f"impacts/{uuid4()}/steps", version=1, to="active")) == ["impact_id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ends": at(6, 8)}, "ends"),
        ({"ends": at(6, 9)}, "ends"),
        ({"ends": "2036-07-06T09:00:00+08:00"}, "ends"),
        ({"starts": at(30, 9, month=6)}, "starts"),
        ({"happened": True}, "starts"),
        ({"starts": "2026-07-06T09:00:00"}, "starts"),
        ({"kind": "earthquake"}, "kind"),
        ({"blocks": ["张三家"]}, "blocks.0"),
        ({"reason": "quickly"}, "reason"),
    ],
)
def test_what_cannot_be_announced_names_its_field(
    district: District, project: str, body: dict[str, Any], field: str
) -> None:
    assert fields(refused(district, project, "impacts", **cut(**body))) == [field]


def test_an_announcement_that_is_sent_twice_is_one(district: District, project: str) -> None:
    body = cut()
    answers: list[int] = []
    together = threading.Barrier(2)

    def announce() -> None:
        client = district.as_("hub")
        together.wait(60)
        answers.append(client.post(f"/projects/{project}/impacts", json=body).status_code)

    threads = [threading.Thread(target=announce) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [201, 201]
    assert len(impacts(district, project)["impacts"]) == 1


@pytest.mark.parametrize(("role", "status"), [("department:greening", 404), ("supervisor", 403)])
def test_only_the_hub_and_the_lead_disturb(district: District, project: str, role: str, status: int) -> None:
    refused(district, project, "impacts", status, role, **cut())
    refused(district, project, "impacts/plan", status, role, version=0)


def test_the_calendar_of_each_block(district: District, project: str) -> None:
    do(district.hub, project, "items", items=[ROOF])
    scaffold = cut(kind="scaffold", blocks=["5"], starts=at(13, 9), ends=at(15, 9))
    one, other = (do(district.hub, project, "impacts", **body)["impact_id"] for body in (cut(), scaffold))
    found = impacts(district, project, "?first=2026-07-06&days=9")["calendar"]
    assert {row["block"]: {day["day"]: day["impacts"] for day in row["days"]} for row in found} == {
        "3": {"2026-07-06": [one]},
        "5": {"2026-07-13": [other], "2026-07-14": [other]},
    }


def test_a_disturbance_is_ended_though_its_project_is_cancelled(district: District, project: str) -> None:
    one = do(district.hub, project, "impacts", **cut())["impact_id"]
    step = {"version": district.project(project)["version"], "to": "cancelled", "note": "另行研究"}
    assert district.hub.post(f"/projects/{project}/steps", json=step).status_code == 200
    refused(district, project, "impacts", 409, **cut())
    assert do(district.hub, project, f"impacts/{one}/steps", version=1, to="cancelled")["state"] == "cancelled"


def test_a_process_that_dies_between_has_announced_nothing(district: District, project: str) -> None:
    with district.workshop.engine.begin() as connection:
        connection.execute(text("ALTER TABLE outbox RENAME TO outbox_away"))
    assert district.hub.post(f"/projects/{project}/impacts", json=cut()).status_code >= 500
    with district.workshop.engine.begin() as connection:
        connection.execute(text("ALTER TABLE outbox_away RENAME TO outbox"))
    assert impacts(district, project)["impacts"] == []


def test_days_without_noise_of_a_project_are_kept(district: District, project: str) -> None:
    bans = [{"first": "2026-07-06", "last": "2026-07-07", "reason": "exams"}]
    do(district.hub, project, "impacts/plan", version=0, bans=bans)
    problem = refused(district, project, "impacts", **noise())
    assert [fault["message"].split(":")[0] for fault in problem["errors"]] == ["in_a_ban_period"]
    later = {"starts": at(8, 9), "ends": at(8, 9 + 3)}
    assert do(district.hub, project, "impacts", **noise(**later))["state"] == "announced"
