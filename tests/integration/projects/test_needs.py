"""Needs: one for an estate and element, whoever asks; met by works, or refused with a reason."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.database.work import Workshop
from services.contracts.need_events import NeedChanged, NeedSettled, NeedsSurveyed, NeedsSurveyWithdrawn
from services.contracts.project_events import ProjectOpened
from services.contracts.ticket_events import RequestKind, TicketReclassified
from tests.integration.projects.asking import ask, events_of, needs
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import corrected, dispatched, take, ticket_id
from tests.integration.projects.issues import ROOF
from tests.integration.projects.loop_of import District

MOON = {"id": "quyang-1", "name": "明月小区", "sub_district": "310109010"}
STARS = {"id": "jiaxing-1", "name": "星辰公寓", "sub_district": "310109014"}


@pytest.fixture
def district(workshop: Workshop) -> District:
    district = District(workshop)
    answer = district.hub.post("/estates/batch", json={"estates": [MOON, STARS]})
    assert answer.status_code == 200, answer.text
    return district


def survey(**other: Any) -> dict[str, Any]:
    finding = {"elements": ["E01", "E06"], "note": "屋面多处渗漏", "photographs": ["a" * 64]}
    return {"id": str(uuid4()), "estate": "quyang-1", "role": "designer", "unit": "某设计院", "on_site": True,
            "made_at": NOW.isoformat(), "findings": [finding]} | other  # fmt: skip


def opened(district: District, *wanted: dict[str, Any], role: str = "hub", **body: Any) -> Any:
    named = [{"id": one["need_id"], "version": one["version"]} for one in wanted]
    return district.as_(role).post("/projects", json={"needs": named} | body)


def test_all_who_ask_for_one_element_of_an_estate_join_one_need(district: District) -> None:
    first, shed = ask(district, "E01", "E16").json()["items"]
    assert (first["state"], first["version"], first["sources"][0]["kind"]) == ("open", 1, "committee")
    again = survey()
    for _ in range(2):
        found = district.hub.post("/surveys", json=again)
        assert found.status_code == 201, found.text
    roof, sewer, bicycles = needs(district)
    assert [one["element"] for one in (roof, sewer, bicycles)] == ["E01", "E06", "E16"]
    assert [one["kind"] for one in roof["sources"]] == ["committee", "survey"]
    assert (roof["version"], bicycles["need_id"], len(events_of(district, NeedsSurveyed))) == (2, shed["need_id"], 1)
    (kept,) = district.hub.get("/surveys?estate=quyang-1").json()["items"]
    assert (kept["unit"], kept["findings"][0]["photographs"]) == ("某设计院", ["a" * 64])


def test_a_ticket_that_asks_for_repair_is_a_source_as_long_as_it_asks(district: District) -> None:
    wishes = [dispatched(n, "MJ19", "quyang-1", by=n, kind=RequestKind.ENQUIRY) for n in (1, 2)]
    take(district.workshop, *wishes, dispatched(3, "MJ01", "quyang-1", by=3))
    take(district.workshop, *wishes)
    (need,) = needs(district)
    assert (need["element"], [one["ref"] for one in need["sources"]]) == (None, [ticket_id(1), ticket_id(2)])
    assert len(events_of(district, NeedChanged)) == 1  # a batch publishes a need once
    take(district.workshop, corrected(TicketReclassified, 1, "MJ19", "jiaxing-1", by=1))
    there, here = needs(district)
    assert ([one["ref"] for one in there["sources"]], [one["ref"] for one in here["sources"]]) == (
        [ticket_id(1)],
        [ticket_id(2)],
    )
    take(district.workshop, corrected(TicketReclassified, 2, "MJ01", "quyang-1", by=2))
    (nobody,) = needs(district, estate="quyang-1")
    assert (nobody["state"], nobody["reason"], nobody["sources"]) == ("refused", "nobody_asks", [])
    take(district.workshop, dispatched(4, "MJ19", "quyang-1", by=4, kind=RequestKind.ENQUIRY))
    assert [one["ordinal"] for one in needs(district, estate="quyang-1", state="open")] == [1]


def test_works_decided_for_a_hot_issue_meet_its_elements_and_a_cancelled_project_leaves_them_open(
    district: District,
) -> None:
    ask(district, "E01", "E16")
    take(district.workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n) for n in range(1, 6)))
    project = district.decide(ROOF, kind="project")["project_id"]
    by_element = {one["element"]: one for one in needs(district)}
    assert (by_element["E01"]["state"], by_element["E01"]["project_id"]) == ("in_project", project)
    assert {one["kind"] for one in by_element["E01"]["sources"]} == {"committee", "hot_issue"}
    assert by_element["E16"]["state"] == "open"
    district.advance(project, "accepted")
    assert set(district.project(project)["elements"]) == {"E01", "E14"}
    assert [one["element"] for one in needs(district, state="met")] == ["E01"]  # the other was not built
    wrong = {"version": district.project(project)["version"], "reason": "按错了"}
    assert district.hub.post(f"/projects/{project}/reversals", json=wrong).status_code == 200
    assert needs(district, state="met") == []
    assert {one["project_id"] for one in needs(district, state="in_project")} == {project}
    _, bicycles = needs(district, state="open")
    second = opened(district, bicycles).json()
    assert (second["elements"], second["hot_issues"], second["state"]) == (["E16"], [], "need")
    step = {"version": 1, "to": "cancelled", "note": "另有计划"}
    assert district.hub.post(f"/projects/{second['project_id']}/steps", json=step).status_code == 200
    _, left = needs(district, state="open")
    assert (left["element"], left["project_id"]) == ("E16", None)


def test_a_project_begins_from_needs_of_several_estates(district: District) -> None:
    ask(district, "E06", "E16")
    ask(district, "E16", estate="jiaxing-1")
    plan = {"project": {"floor_area_m2": 71021}}
    answer = opened(district, *needs(district), role="department:housing", **plan)
    assert answer.status_code == 201, answer.text
    project = answer.json()
    assert (project["lead"], project["elements"], project["floor_area_m2"]) == ("housing", ["E16", "E06"], 71021)
    assert [one["estate"] for one in project["estates"]] == ["jiaxing-1", "quyang-1"]
    assert {one["state"] for one in needs(district)} == {"in_project"}
    (event,) = events_of(district, ProjectOpened)
    assert [one.estate_name for one in event.estates] == ["星辰公寓", "明月小区"]
    for estate in ("jiaxing-1", "quyang-1"):
        found = district.hub.get(f"/projects?estate={estate}").json()["items"]
        assert [one["project_id"] for one in found] == [project["project_id"]]
    refused = opened(district, needs(district)[0])
    assert (refused.status_code, refused.json()["current_state"]) == (409, "in_project")


def test_a_project_takes_the_needs_of_its_elements_and_meets_those_that_it_built(district: District) -> None:
    ask(district, "E01", "E06", "E16")
    roof, sewer, shed = needs(district)
    refused = opened(district, shed, project={"elements": ["E01"]})
    (fault,) = refused.json()["errors"]
    assert (refused.status_code, fault["field"]) == (422, "body.project.elements")
    assert "add of E16" in fault["message"]
    assert needs(district, state="in_project") == []
    answer = opened(district, roof, sewer, shed, project={"elements": ["E01", "E06"]})
    assert answer.status_code == 201, answer.text
    assert answer.json()["needs_left"] == [{"need_id": shed["need_id"], "element": "E16"}]
    assert [one["element"] for one in needs(district, state="in_project")] == ["E01", "E06"]
    district.advance(answer.json()["project_id"], "accepted")  # with an item of the roof alone
    assert [one["element"] for one in needs(district, state="met")] == ["E01"]
    left = {one["element"]: (one["reason"], one["project_id"]) for one in needs(district, state="open")}
    assert left == {"E06": ("not_built", None), "E16": (None, None)}
    (sewer,) = needs(district, state="open", element="E06")
    assert opened(district, sewer).status_code == 201
    assert [one["reason"] for one in needs(district, element="E06")] == [None]


def test_of_two_who_open_a_project_for_one_need_one_wins(district: District) -> None:
    ask(district, "E01")
    seen, answers = needs(district), []
    racers = [threading.Thread(target=lambda: answers.append(opened(district, *seen).status_code)) for _ in range(2)]
    for one in racers:
        one.start()
    for one in racers:
        one.join()
    assert sorted(answers) == [201, 409]
    assert len(events_of(district, ProjectOpened)) == 1


def test_a_request_is_withdrawn_once_and_a_need_of_nobody_else_is_refused(district: District) -> None:
    first, second = str(uuid4()), str(uuid4())
    ask(district, "E01", id=first)
    ask(district, "E01", id=second)
    (need,) = needs(district)
    path = f"/needs/{need['need_id']}/withdrawal"
    assert (
        district.hub.post(path, json={"version": 1, "source": "committee", "ref": first}).json()["current_version"] == 2
    )
    assert (
        district.as_("subdistrict:310109014")
        .post(path, json={"version": 2, "source": "committee", "ref": first})
        .status_code
        == 404
    )
    left = district.hub.post(path, json={"version": 2, "source": "committee", "ref": first}).json()
    assert (left["state"], [one["ref"] for one in left["sources"]]) == ("open", [second])
    again = district.hub.post(path, json={"version": 3, "source": "committee", "ref": first})
    assert (again.status_code, again.json()["errors"][0]["field"]) == (422, "body.ref")
    gone = district.hub.post(path, json={"version": 3, "source": "committee", "ref": second}).json()
    assert (gone["state"], gone["reason"]) == ("refused", "nobody_asks")
    assert district.hub.post(path, json={"version": 4, "source": "committee", "ref": second}).status_code == 409


def test_a_survey_is_withdrawn_once_and_what_others_ask_for_stays(district: District) -> None:
    made = survey()
    assert district.hub.post("/surveys", json=made).status_code == 201
    ask(district, "E06")
    path = f"/surveys/{made['id']}/withdrawal"
    assert district.as_("subdistrict:310109014").post(path).status_code == 404
    withdrawn = [district.hub.post(path).json()["withdrawn_at"] for _ in range(2)]
    assert withdrawn[0] is not None
    assert withdrawn[0] == withdrawn[1]
    assert [(one["element"], one["state"]) for one in needs(district)] == [("E01", "refused"), ("E06", "open")]
    assert [one.survey_id for one in events_of(district, NeedsSurveyWithdrawn)] == [made["id"]]
    assert district.hub.post("/surveys", json=made).json()["errors"][0]["field"] == "body.id"


def test_the_id_of_a_request_is_of_one_estate_and_its_elements_and_of_no_survey(district: District) -> None:
    made, own = survey(), str(uuid4())
    assert district.hub.post("/surveys", json=made).status_code == 201
    for _ in range(2):
        assert ask(district, "E01", "E06", id=own).status_code == 201
    known = needs(district)
    for answer in (
        ask(district, "E01", id=own, estate="jiaxing-1"),
        ask(district, "E16", id=own),
        ask(district, "E01", id=made["id"]),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.id")
    assert needs(district) == known


def test_needs_are_listed_by_element(district: District) -> None:
    ask(district, "E01", "E06")
    assert [one["element"] for one in needs(district, element="E06")] == ["E06"]


def test_a_refused_need_is_reported_to_those_who_asked_and_who_asks_later_begins_another(district: District) -> None:
    take(district.workshop, dispatched(1, "MJ19", "quyang-1", by=1, kind=RequestKind.ENQUIRY))
    (need,) = needs(district)
    path = f"/needs/{need['need_id']}/refusal"
    stale = district.hub.post(path, json={"version": 9, "reason": "no_money"})
    assert (stale.status_code, stale.json()["current_version"]) == (409, 1)
    assert district.as_("department:fire").post(path, json={"version": 1, "reason": "no_money"}).status_code == 404
    done = district.as_("department:housing").post(path, json={"version": 1, "reason": "repaired_lately"})
    assert done.json()["state"] == "refused"
    (event,) = events_of(district, NeedSettled)
    assert (event.outcome, event.reason, event.tickets) == ("refused", "repaired_lately", (ticket_id(1),))
    assert district.hub.post(path, json={"version": 2, "reason": "no_money"}).status_code == 409
    ask(district, estate="quyang-1")
    assert [(one["ordinal"], one["state"]) for one in needs(district, state="open")] == [(1, "open")]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/needs", {"estate": "nowhere-1"}, "body.estate"),
        ("/needs", {"elements": ["E99"]}, "body.elements"),
        ("/needs", {"source": "ticket"}, "body.source"),
        ("/surveys", survey(made_at="2027-01-01T00:00:00Z"), "body.made_at"),
        ("/surveys", survey(findings=[]), "body.findings"),
        ("/surveys", survey(role="passer-by"), "body.role"),
    ],
)
def test_what_cannot_be_a_need_is_refused_by_its_field(
    district: District, path: str, body: dict[str, Any], field: str
) -> None:
    asked = {"id": str(uuid4()), "source": "committee", "estate": "quyang-1", "elements": ["E01"]}
    answer = district.hub.post(path, json=asked | body if path == "/needs" else body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert needs(district) == []


def test_a_sub_district_gathers_in_its_own_area_alone(district: District) -> None:
    assert ask(district, "E01", role="subdistrict:310109010").status_code == 201
    hidden = ask(district, "E01", estate="jiaxing-1", role="subdistrict:310109010")
    assert (hidden.status_code, hidden.json()["errors"][0]["field"]) == (422, "body.estate")
    ask(district, "E01", estate="jiaxing-1")
    seen = district.as_("subdistrict:310109010").get("/needs").json()["items"]
    assert [one["place"]["estate"] for one in seen] == ["quyang-1"]
    other = opened(district, *needs(district, estate="jiaxing-1"), role="department:fire")
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "body.needs.0.id")
