"""A person decides on a hot issue: once, by right, and with what the kind of decision needs."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.database.work import Workshop
from services.contracts.hot_issue_events import (
    DecisionKind,
    HotIssueDecided,
    HotIssueDecisionOverdue,
    HotIssueMemberJoined,
)
from services.contracts.project_events import ProjectAdvanced, ProjectOpened
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import begin_with, dispatched, take, ticket_id
from tests.integration.projects.issues import ROOF, WALL, issues, members, of_projects, published
from tests.integration.projects.loop_of import District

FOUND = 7
"""The version of an issue that was suspected, confirmed, and got its five members."""
ELSEWHERE = hot_issue_id(Cell("jiaxing-1", "MJ01"), 0)
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def district(workshop: Workshop) -> District:
    """Three hot issues, two of them in one estate."""
    for first, (estate, type_code) in enumerate([("quyang-1", "MJ01"), ("quyang-1", "MJ02"), ("jiaxing-1", "MJ01")]):
        numbers = range(first * 10, first * 10 + 5)
        begin_with(workshop, *(dispatched(n, type_code, estate, by=n + 1, day=20 + n / 100) for n in numbers))
    return District(workshop)


def body(**given: Any) -> dict[str, Any]:
    return {"version": FOUND, "kind": "service", "reason": "the roof is mended by the property firm"} | given


def refused(district: District, issue_id: str, wrong: dict[str, Any]) -> dict[str, Any]:
    """The problem, after which all is as before."""
    before = (issues(district.workshop), published(district.workshop), published(district.workshop, "projects"))
    answer = district.hub.post(f"/hot-issues/{issue_id}/decision", json=wrong)
    assert (issues(district.workshop), published(district.workshop), published(district.workshop, "projects")) == before
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    return problem


@pytest.mark.parametrize(
    ("kind", "more", "states"),
    [
        ("service", {}, ["decided", "in cure"]),
        ("rule", {}, ["decided", "in cure"]),
        ("explain", {}, ["explained"]),
        ("merge", {"merge_into": WALL}, ["merged"]),
        ("project", {}, ["decided"]),
    ],
)
def test_each_kind_of_decision_leads_where_the_table_says(
    district: District, kind: str, more: dict[str, str], states: Sequence[str]
) -> None:
    known = len(published(district.workshop))
    decided = district.decide(ROOF, kind=kind, **more)
    assert (decided["state"], decided["decision"], decided["version"]) == (states[-1], kind, FOUND + len(states))
    of_roof = [event for event in published(district.workshop)[known:] if event.aggregate_id == ROOF]
    assert [event.state for event in of_roof] == states  # type: ignore[attr-defined]
    assert isinstance(of_roof[0], HotIssueDecided)
    assert of_roof[0].decision_reason == "as discussed on site"
    (line,) = [step for step in district.issue(ROOF)["history"] if step["state"] == states[0]]
    assert (line["actor"], line["detail"]) == ("somebody", f"{kind}: as discussed on site")


def test_a_project_is_opened_with_the_decision(district: District) -> None:
    plan = {"floor_area_m2": 12000.5, "planned_start": "2026-10-01", "planned_end": "2027-05-01"}
    decided = district.decide(ROOF, kind="project", project=plan)
    project = district.project(decided["project_id"])
    assert (project["state"], project["lead"], project["hot_issues"]) == ("need", "housing", [ROOF])
    assert project["elements"] == ["E01", "E14"]
    assert {name: project[name] for name in plan} == plan
    (opened,) = of_projects(district.workshop)
    assert isinstance(opened, ProjectOpened)
    assert (opened.project_id, opened.version, opened.hot_issues) == (decided["project_id"], 1, (ROOF,))


def test_a_second_issue_of_the_estate_joins_the_project(district: District) -> None:
    project_id = district.decide(ROOF, kind="project")["project_id"]
    assert district.decide(WALL, kind="project", project_id=project_id)["state"] == "decided"
    project = district.project(project_id)
    assert (project["hot_issues"], project["version"], project["state"]) == ([ROOF, WALL], 2, "need")
    joined = of_projects(district.workshop)[-1]
    assert isinstance(joined, ProjectAdvanced)
    assert (joined.previous_state, joined.state, joined.hot_issues) == ("need", "need", (ROOF, WALL))
    district.advance(project_id, "started")
    assert {district.issue(issue)["state"] for issue in (ROOF, WALL)} == {"in cure"}


def test_an_issue_that_joins_running_works_is_in_cure_at_once(district: District) -> None:
    project_id = district.decide(ROOF, kind="project")["project_id"]
    started = district.advance(project_id, "building")
    decided = district.decide(WALL, kind="project", project_id=project_id)
    assert (decided["state"], decided["cure_started_at"]) == ("in cure", started["started_at"])


def test_a_merged_issue_brings_its_members_and_its_later_calls(district: District) -> None:
    district.decide(ROOF, kind="merge", merge_into=WALL)
    target = district.issue(WALL)
    assert (target["calls"], target["callers"], target["version"]) == (10, 10, 13)
    assert members(district.workshop, WALL)[ticket_id(0)] == "member of an issue merged into this one"
    assert len([event for event in published(district.workshop) if isinstance(event, HotIssueMemberJoined)]) == 20
    take(district.workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=25) for n in range(100, 110)))
    assert district.issue(WALL)["calls"] == 20
    assert (district.issue(ROOF)["state"], len(issues(district.workshop))) == ("merged", 3)


def test_a_merged_issue_s_target_is_not_withdrawn_while_it_holds_others(district: District) -> None:
    district.decide(ROOF, kind="merge", merge_into=WALL)
    take(district.workshop, *(dispatched(n, "SC01", "quyang-1", by=n, version=3) for n in range(10, 15)))
    assert district.issue(WALL)["state"] == "confirmed"


@pytest.mark.parametrize("role", ["hub", "department:housing"])
def test_the_hub_and_the_department_that_leads_decide(district: District, role: str) -> None:
    assert district.as_(role).post(f"/hot-issues/{ROOF}/decision", json=body()).status_code == 200


@pytest.mark.parametrize("role", ["supervisor", "admin", "subdistrict:310109010", "identity-reader"])
def test_nobody_else_decides(district: District, role: str) -> None:
    answer = district.as_(role).post(f"/hot-issues/{ROOF}/decision", json=body())
    assert answer.status_code == 403
    assert district.issue(ROOF)["state"] == "confirmed"


def test_to_a_department_that_may_not_see_an_issue_it_does_not_exist(district: District) -> None:
    greening = district.as_("department:greening")
    hidden, unknown = (greening.post(f"/hot-issues/{one}/decision", json=body()) for one in (ROOF, NOBODY))
    assert (hidden.status_code, hidden.json()) == (404, unknown.json())
    assert district.issue(ROOF)["state"] == "confirmed"


def test_a_department_that_sees_an_issue_by_its_place_is_shown_who_leads(district: District) -> None:
    client = district.as_("department:greening", "subdistrict:310109010")
    answer = client.post(f"/hot-issues/{ROOF}/decision", json=body())
    assert answer.status_code == 403
    assert "department:housing" in answer.json()["detail"]
    assert district.issue(ROOF)["state"] == "confirmed"


def test_a_decided_issue_is_not_decided_again(district: District) -> None:
    district.decide(ROOF, kind="explain")
    problem = refused(district, ROOF, body(version=FOUND + 1))
    assert (problem["status"], problem["current_version"], problem["current_state"]) == (409, FOUND + 1, "explained")


def test_a_decision_on_what_has_changed_since_is_refused(district: District) -> None:
    take(district.workshop, dispatched(99, "MJ01", "quyang-1", by=99, day=25))
    problem = refused(district, ROOF, body(version=FOUND))
    assert (problem["status"], problem["current_version"], problem["current_state"]) == (409, FOUND + 1, "confirmed")


def test_of_two_who_decide_at_once_one_wins(district: District) -> None:
    answers = []
    together = threading.Barrier(2)

    def decide(kind: str) -> None:
        client = district.as_("hub")
        together.wait(60)
        answers.append(client.post(f"/hot-issues/{ROOF}/decision", json=body(kind=kind)))

    threads = [threading.Thread(target=decide, args=(kind,)) for kind in ("service", "explain")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert lost.json()["current_state"] == won.json()["state"] == district.issue(ROOF)["state"]
    assert len([event for event in published(district.workshop) if isinstance(event, HotIssueDecided)]) == 1


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"kind": "merge"}, "merge_into"),
        ({"kind": "merge", "merge_into": ROOF}, "body.merge_into"),
        ({"kind": "merge", "merge_into": NOBODY}, "body.merge_into"),
        ({"merge_into": WALL}, "merge_into"),
        ({"project": {}}, "project"),
        ({"kind": "project", "project_id": NOBODY}, "body.project_id"),
        ({"kind": "project", "project": {"floor_area_m2": 0}}, "body.project.floor_area_m2"),
        ({"kind": "project", "project": {"elements": ["E99"]}}, "holds what stands in no menu"),
        ({"kind": "project", "project": {"planned_start": "2027-01-02", "planned_end": "2027-01-01"}}, "planned_end"),
        ({"kind": "close"}, "body.kind"),
        ({"reason": "  "}, "body.reason"),
        ({"version": 0}, "body.version"),
        ({"decided_by": "me"}, "body.decided_by"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_done(district: District, wrong: dict[str, Any], named: str) -> None:
    problem = refused(district, ROOF, body(**wrong))
    assert problem["status"] == 422
    assert named in problem["detail"]


def test_a_project_of_another_estate_or_one_that_is_accepted_is_not_joined(district: District) -> None:
    project_id = district.decide(ROOF, kind="project")["project_id"]
    elsewhere = refused(district, ELSEWHERE, body(kind="project", project_id=project_id))
    assert "another estate" in elsewhere["detail"]
    district.advance(project_id, "accepted")
    late = refused(district, WALL, body(kind="project", project_id=project_id))
    assert "body.project_id: is a project that is accepted" in late["detail"]


def test_an_issue_that_is_not_there_is_not_found(district: District) -> None:
    assert refused(district, NOBODY, body())["status"] == 404
    assert district.hub.get(f"/hot-issues/{NOBODY}").status_code == 404


def test_a_cure_that_needs_no_project_is_done_when_a_person_says_so(district: District) -> None:
    wrong = district.hub.post(f"/hot-issues/{ROOF}/cure-done", json={"version": FOUND})
    assert (wrong.status_code, wrong.json()["current_state"]) == (409, "confirmed")
    district.decide(ROOF, kind="service")
    done = district.cure_done(ROOF)
    assert (done["state"], done["version"]) == ("observing", FOUND + 3)
    # NOW is the morning of 1 July 2026 in Shanghai: August to July are watched, up to the first look.
    assert done["observe_until"] == "2027-07-31T16:00:00Z"
    again = district.hub.post(f"/hot-issues/{ROOF}/cure-done", json={"version": FOUND + 3})
    assert (again.status_code, again.json()["current_state"]) == (409, "observing")


def test_an_issue_in_cure_by_a_project_waits_for_its_acceptance(district: District) -> None:
    project_id = district.decide(ROOF, kind="project")["project_id"]
    district.advance(project_id, "started")
    answer = district.hub.post(f"/hot-issues/{ROOF}/cure-done", json={"version": district.issue(ROOF)["version"]})
    assert answer.status_code == 409
    assert "acceptance" in answer.json()["detail"]


def test_undecided_in_time_is_published_once(district: District) -> None:
    district.decide(WALL, kind="explain")
    district.until(NOW + timedelta(days=20))
    district.until(NOW + timedelta(days=40))
    overdue = [event for event in published(district.workshop) if isinstance(event, HotIssueDecisionOverdue)]
    assert sorted(event.hot_issue_id for event in overdue) == sorted([ROOF, ELSEWHERE])
    assert (overdue[0].version, overdue[0].state) == (FOUND + 1, "confirmed")
    assert district.issue(ROOF)["overdue"] is True
    assert district.decide(ROOF, kind="explain")["version"] == FOUND + 2


def test_a_deadline_of_before_a_withdrawal_does_not_count(district: District) -> None:
    take(district.workshop, dispatched(0, "SC01", "quyang-1", by=1, version=3))
    assert [step["state"] for step in district.issue(ROOF)["history"]][-2:] == ["withdrawn", "suspected"]
    district.until(NOW + timedelta(days=5))
    take(district.workshop, dispatched(50, "MJ01", "quyang-1", by=50, day=25))
    confirmed = district.issue(ROOF)
    assert (confirmed["state"], confirmed["decide_by"]) == ("confirmed", "2026-07-20T16:00:00Z")
    district.until(NOW + timedelta(days=17))
    assert district.issue(ROOF)["overdue"] is False
    district.until(NOW + timedelta(days=20))
    assert district.issue(ROOF)["overdue"] is True


GREENING = "department:greening"


def test_another_s_issue_is_not_merged_into(district: District) -> None:
    assign(district, WALL, "greening")
    before = (issues(district.workshop), members(district.workshop, WALL), published(district.workshop))
    housing = district.as_("department:housing")
    hidden, unknown = (
        housing.post(f"/hot-issues/{ROOF}/decision", json=body(kind="merge", merge_into=one)) for one in (WALL, NOBODY)
    )
    assert (hidden.status_code, hidden.json()) == (422, unknown.json())
    assert "body.merge_into" in hidden.json()["detail"]
    seen = district.as_("department:housing", "subdistrict:310109010")
    refusal = seen.post(f"/hot-issues/{ROOF}/decision", json=body(kind="merge", merge_into=WALL))
    assert (refusal.status_code, refusal.json()["errors"][0]["field"]) == (403, "body.merge_into")
    assert (issues(district.workshop), members(district.workshop, WALL), published(district.workshop)) == before


def test_another_s_project_is_not_joined_nor_planned_anew(district: District) -> None:
    project_id = district.decide(ROOF, kind="project", project={"floor_area_m2": 8000})["project_id"]
    before = district.project(project_id)
    version = assign(district, WALL, "greening")
    wish = {"kind": "project", "version": version, "project": {"floor_area_m2": 1}}
    hidden, unknown = (
        district.as_(GREENING).post(f"/hot-issues/{WALL}/decision", json=body(**wish, project_id=one))
        for one in (project_id, NOBODY)
    )
    assert (hidden.status_code, hidden.json()) == (422, unknown.json())
    assert "body.project_id" in hidden.json()["detail"]
    seen = district.as_(GREENING, "subdistrict:310109010")
    refusal = seen.post(f"/hot-issues/{WALL}/decision", json=body(**wish, project_id=project_id))
    assert (refusal.status_code, refusal.json()["errors"][0]["field"]) == (403, "body.project_id")
    assert district.project(project_id) == before
    assert district.issue(WALL)["state"] == "assigned"


@pytest.mark.parametrize("kind", DecisionKind)
def test_a_department_decides_what_binds_itself_alone(district: District, kind: DecisionKind) -> None:
    """Works bind the housing bureau, whoever leads the issue."""
    version = assign(district, WALL, "greening")
    merged = {"merge_into": ROOF} if kind is DecisionKind.MERGE else {}
    assign(district, ROOF, "greening")
    answer = district.as_(GREENING).post(
        f"/hot-issues/{WALL}/decision", json=body(kind=kind, version=version, **merged)
    )
    if kind is not DecisionKind.PROJECT:
        assert answer.status_code == 200, answer.text
        return
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:closedloop:problem:binds-others")
    assert answer.json()["errors"][0]["field"] == "body.kind"
    assert "department:housing" in answer.json()["detail"]
    assert district.issue(WALL)["state"] == "assigned"
    assert published(district.workshop, "projects") == []


def assign(district: District, issue_id: str, lead: str) -> int:
    """Returns the version after it."""
    asked = {"version": district.issue(issue_id)["version"], "lead": lead}
    answer = district.hub.post(f"/hot-issues/{issue_id}/assignment", json=asked)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["version"])
