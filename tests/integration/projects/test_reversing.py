"""A wrong step is taken back in the open, stopped works are looked at again, and nothing counts by what was wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.contracts.hot_issue_events import HotIssueCorrected
from services.contracts.project_events import ProjectReviewDue, ProjectStepReversed
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.integration.projects.conftest import NOW
from tests.integration.projects.issues import of_projects, published
from tests.integration.projects.loop_of import District

ROOF = hot_issue_id(Cell("quyang-1", "MJ01"), 0)


def reverse(district: District, project: str, role: str = "hub", **body: Any) -> Any:
    body = {"version": district.project(project)["version"], "reason": "the wrong button"} | body
    return district.as_(role).post(f"/projects/{project}/reversals", json=body)


def suspend(district: District, project: str, **body: Any) -> Any:
    stop = {"to": "suspended", "note": "frost", "responsible": "housing", "review_on": "2026-12-01"}
    body = {"version": district.project(project)["version"]} | stop | body
    return district.hub.post(f"/projects/{project}/steps", json=body)


def started_area(district: District) -> float:
    asked = {"from": NOW.date().isoformat(), "to": NOW.date().isoformat()}
    (quarter,) = district.hub.get("/kpi", params=asked).json()["quarters"]
    return float(quarter["started_floor_area_m2"])


def test_a_wrong_start_is_taken_back_and_counts_no_floor_area(district: District, project: str) -> None:
    district.advance(project, "started")
    assert started_area(district) == 8000
    back = reverse(district, project, "department:housing").json()
    assert (back["state"], back["started_at"]) == ("contracted", None)
    assert started_area(district) == 0
    issue = district.issue(ROOF)
    assert (issue["state"], issue["cure_started_at"], issue["project_id"]) == ("decided", None, project)
    assert issue["history"][-1]["cause"] == "step_reversed"
    last = district.project(project)["history"][-1]
    assert (last["reverses"], last["note"]) == (last["version"] - 1, "the wrong button")
    assert district.advance(project, "started")["started_at"]


def test_a_wrong_acceptance_ends_the_observation(district: District, project: str) -> None:
    district.advance(project, "accepted")
    assert district.issue(ROOF)["state"] == "observing"
    assert reverse(district, project).json()["state"] == "building"
    assert district.issue(ROOF)["state"] == "in cure"
    district.until(NOW + timedelta(days=800))
    assert district.issue(ROOF)["state"] == "in cure"
    assert [type(one) for one in published(district.workshop)][-1] is HotIssueCorrected
    assert isinstance(of_projects(district.workshop)[-1], ProjectStepReversed)


def test_after_the_verdict_the_acceptance_stands(district: District, project: str) -> None:
    district.advance(project, "accepted")
    district.until(NOW + timedelta(days=800))
    known = published(district.workshop, "projects")
    answer = reverse(district, project)
    assert (answer.status_code, answer.json()["current_state"]) == (409, "accepted")
    assert "judged since: R26-" in answer.json()["detail"]
    assert published(district.workshop, "projects") == known


@pytest.mark.parametrize("until", ["need", "suspended", "resumed", "cancelled"])
def test_a_step_that_another_undoes_is_refused_with_that_one(district: District, project: str, until: str) -> None:
    if until in ("suspended", "resumed"):
        suspend(district, project)
    if until == "resumed":
        body = {"version": 2, "to": "need"}
        assert district.hub.post(f"/projects/{project}/steps", json=body).status_code == 200
    if until == "cancelled":
        suspend(district, project, to="cancelled", responsible=None, review_on=None)
    said = {
        "need": "cancel the project",
        "suspended": "resume the project",
        "resumed": "suspend the project again",
        "cancelled": "decide them for a project once more",
    }
    answer = reverse(district, project)
    assert answer.status_code == 409
    assert said[until] in answer.json()["detail"]


def test_who_saw_an_older_version_takes_nothing_back(district: District, project: str) -> None:
    district.advance(project, "listed")
    assert reverse(district, project, version=2).status_code == 409
    assert district.project(project)["state"] == "listed"


@pytest.mark.parametrize(("role", "status"), [("supervisor", 403), ("department:fire", 404)])
def test_only_the_hub_and_the_lead_take_a_step_back(district: District, project: str, role: str, status: int) -> None:
    district.advance(project, "listed")
    assert reverse(district, project, role).status_code == status


@pytest.mark.parametrize("lacking", ["note", "responsible", "review_on"])
def test_a_stop_without_reason_unit_or_day_is_refused_by_its_name(
    district: District, project: str, lacking: str
) -> None:
    answer = suspend(district, project, **{lacking: None})
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [f"body.{lacking}"]


def test_stopped_works_are_looked_at_again_on_their_day_alone(district: District, project: str) -> None:
    district.advance(project, "building")
    assert suspend(district, project, review_on="2026-07-01").status_code == 422
    assert suspend(district, project).status_code == 200
    district.until(NOW + timedelta(days=100))
    assert not isinstance(of_projects(district.workshop)[-1], ProjectReviewDue)
    district.until(NOW + timedelta(days=170))
    due = of_projects(district.workshop)[-1]
    assert isinstance(due, ProjectReviewDue)
    assert (due.state, due.responsible, str(due.review_on)) == ("suspended", "housing", "2026-12-01")
    body = {"version": district.project(project)["version"], "to": "building"}
    assert district.hub.post(f"/projects/{project}/steps", json=body).json()["review_on"] is None
    assert len([one for one in published(district.workshop, "projects") if isinstance(one, ProjectReviewDue)]) == 1
