"""A repair project takes the steps of its table, and each means something for its hot issues."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from services.contracts.project_events import ProjectAdvanced
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.harness.works import prepare
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import dispatched, take
from tests.integration.projects.issues import published
from tests.integration.projects.loop_of import STEPS, District

ROOF = hot_issue_id(Cell("quyang-1", "MJ01"), 0)


def step(district: District, project: str, role: str = "hub", **body: Any) -> Any:
    body = {"version": district.project(project)["version"]} | body
    return district.as_(role).post(f"/projects/{project}/steps", json=body)


def test_the_works_start_and_end_and_their_issue_follows(district: District, project: str) -> None:
    district.advance(project, "contracted")
    assert district.issue(ROOF)["state"] == "decided"
    district.until(NOW + timedelta(days=100))
    started = district.advance(project, "started")
    issue = district.issue(ROOF)
    assert (issue["state"], issue["cure_started_at"]) == ("in cure", started["started_at"])
    district.until(NOW + timedelta(days=200))
    accepted = district.advance(project, "accepted")
    issue = district.issue(ROOF)
    assert (issue["state"], issue["accepted_at"]) == ("observing", accepted["accepted_at"])
    assert [event.state for event in published(district.workshop)[6:]] == ["decided", "in cure", "observing"]  # type: ignore[attr-defined]


def test_every_step_is_published_with_where_it_came_from(district: District, project: str) -> None:
    district.advance(project, "warranty")
    advanced = [one for one in published(district.workshop, "projects") if isinstance(one, ProjectAdvanced)]
    assert [event.version for event in advanced] == list(range(2, 16))
    steps = [(event.previous_state, event.state) for event in advanced]
    states = ["need", *(one["to"] for one in STEPS[:-1])]
    assert steps == list(pairwise(states))
    history = district.project(project)["history"]
    assert [(line["from_state"], line["state"]) for line in history] == [(None, "need"), *steps]
    assert history[6]["note"] == "同意率96%"


def test_a_step_without_its_fact_is_refused_by_the_fact_s_name(district: District, project: str) -> None:
    district.advance(project, "contracted")
    known = published(district.workshop, "projects")
    answer = step(district, project, to="started", floor_area_m2=8000)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["body.planned_end"]
    assert "give the day on which the works are to end" in answer.json()["detail"]
    assert published(district.workshop, "projects") == known
    assert district.project(project)["floor_area_m2"] is None
    prepare(district.hub, project, "started", NOW)
    assert step(district, project, to="started", floor_area_m2=8000, planned_end="2027-05-01").status_code == 200


def test_a_step_the_table_has_not_is_refused_with_those_it_has(district: District, project: str) -> None:
    answer = step(district, project, to="started")
    problem = answer.json()
    assert (answer.status_code, problem["current_version"], problem["current_state"]) == (409, 1, "need")
    assert "only cancelled, consulted, suspended" in problem["detail"]


def test_of_two_who_step_at_once_one_wins(district: District, project: str) -> None:
    answers: list[int] = []
    together = threading.Barrier(2)
    prepare(district.hub, project, "consulted", NOW)

    def advance() -> None:
        client = district.as_("hub")
        together.wait(60)
        body = {"version": 1, "to": "consulted"}
        answers.append(client.post(f"/projects/{project}/steps", json=body).status_code)

    threads = [threading.Thread(target=advance) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [200, 409]
    assert district.project(project)["version"] == 2


@pytest.mark.parametrize(("role", "status"), [("hub", 200), ("department:housing", 200), ("department:fire", 404)])
def test_the_hub_and_the_lead_take_steps(district: District, project: str, role: str, status: int) -> None:
    prepare(district.hub, project, "consulted", NOW)
    assert step(district, project, role, to="consulted").status_code == status


@pytest.mark.parametrize("role", ["supervisor", "admin", "subdistrict:310109010"])
def test_who_only_reads_takes_no_step(district: District, project: str, role: str) -> None:
    assert step(district, project, role, to="consulted").status_code == 403
    assert district.as_(role).get(f"/projects/{project}").status_code == 200


@pytest.mark.parametrize(("role", "seen"), [("subdistrict:310109014", False), ("department:fire", False)])
def test_another_s_project_is_not_there(district: District, project: str, role: str, seen: bool) -> None:
    assert district.as_(role).get(f"/projects/{project}").status_code == 404
    assert district.as_(role).get("/projects").json()["items"] == []


@pytest.mark.parametrize("until", ["need", "building"])
def test_a_cancelled_project_sends_its_issue_back_to_be_decided_on(
    district: District, project: str, until: str
) -> None:
    district.advance(project, until)
    assert step(district, project, to="cancelled").status_code == 422
    assert step(district, project, to="cancelled", note="the block is to be rebuilt").status_code == 200
    issue = district.issue(ROOF)
    assert (issue["state"], issue["decision"], issue["project_id"]) == ("reopened", None, None)
    assert "the block is to be rebuilt" in issue["history"][-1]["detail"]
    other = district.decide(ROOF, kind="project")["project_id"]
    assert district.project(other)["hot_issues"] == [ROOF]


def test_a_project_is_verified_when_each_of_its_issues_is(district: District, project: str) -> None:
    district.advance(project, "warranty")
    answer = step(district, project, to="verified")
    assert answer.status_code == 422
    assert "effect_shown" in answer.json()["detail"]


def test_projects_are_listed_by_state_and_estate_page_by_page(district: District, project: str) -> None:
    take(district.workshop, *(dispatched(n, "MJ02", "jiaxing-1", by=n, day=20) for n in range(11, 16)))
    district.until(NOW + timedelta(days=1))
    other = district.decide(hot_issue_id(Cell("jiaxing-1", "MJ02"), 0), kind="project")["project_id"]
    district.advance(other, "listed")

    def listed(**asked: Any) -> list[str]:
        return [item["project_id"] for item in district.hub.get("/projects", params=asked).json()["items"]]

    assert listed() == [other, project]
    assert listed(state="listed") == listed(estate="jiaxing-1") == [other]
    first = district.hub.get("/projects", params={"limit": 1}).json()
    assert [item["project_id"] for item in first["items"]] == [other]
    assert listed(limit=1, cursor=first["next"]) == [project]
    assert district.hub.get("/projects", params={"cursor": "x"}).status_code == 422


def test_a_day_that_cannot_be_is_refused(district: District, project: str) -> None:
    for wrong in ({"planned_end": "2027-02-30"}, {"planned_end": "0001-01-01"}, {"to": "settled"}, {"note": ""}):
        assert step(district, project, **{"to": "consulted", **wrong}).status_code == 422
    assert district.project(project)["version"] == 1
