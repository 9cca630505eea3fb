"""Works on site: by the menu, inspected in any order, accepted by block with residents, through the gates."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.contracts.works_events import WorksBlockAccepted, WorksEvent, WorksItemInspected
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.harness.works import ROOF, do, inspection, paper, prepare, works
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import dispatched, take
from tests.integration.projects.issues import published
from tests.integration.projects.loop_of import District
from tests.integration.projects.wired import REACHED

SHED = {"menu_item": "M16-A", "contracted": "240", "unit_cost_fen": 90000}
NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def project(district: District) -> str:
    opened: str = district.decide(hot_issue_id(Cell("quyang-1", "MJ01"), 0), kind="project")["project_id"]
    district.advance(opened, "contracted")
    return opened


def refused(district: District, project: str, act: str, status: int = 422, role: str = "hub", **body: Any) -> Any:
    known = published(district.workshop, "projects")
    answer = district.as_(role).post(f"/projects/{project}/{act}", json=body)
    assert answer.status_code == status, answer.text
    assert published(district.workshop, "projects") == known
    return answer.json()


def field_of(problem: Any) -> str:
    (fault,) = problem["errors"]
    return str(fault["field"])


def started(district: District, project: str, *items: dict[str, Any]) -> list[dict[str, Any]]:
    return REACHED.reach(district.workshop, ("started", project, repr(items)), lambda: _start(district, project, items))


def _start(district: District, project: str, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    contracted: list[dict[str, Any]] = do(district.hub, project, "items", items=list(items or [ROOF]))["items"]
    district.advance(project, "building")
    return contracted


def test_the_menu_says_what_is_built_and_what_goes(district: District) -> None:
    rows = district.as_("supervisor").get("/menu").json()["items"]
    shed = next(row for row in rows if row["code"] == "M16-A")
    assert (shed["removes_cn"], shed["consent"]) == ("原车棚或所占绿地", "estate")
    assert district.hub.get("/menu?in_force=2021-12-31").json()["items"] == []


def test_works_do_not_start_before_everything_is_there(district: District, project: str) -> None:
    body = {"version": district.project(project)["version"], "to": "started"}
    body |= {"floor_area_m2": 8000, "planned_end": "2027-05-01"}
    problem = refused(district, project, "steps", 409, **body)
    assert problem["type"] == "urn:closedloop:problem:gates-shut"
    assert [hold["gate"] for hold in problem["holds"]] == [
        *("items_named", "papers_there", "disclosed", "impacts_planned")
    ]
    assert problem["holds"][1]["by"] == ["design"]
    do(district.hub, project, "items", items=[ROOF, SHED])
    problem = refused(district, project, "steps", 409, **body)
    assert [hold["gate"] for hold in problem["holds"]][:2] == ["must_items_confirmed", "chosen_items_confirmed"]
    assert works(district.hub, project)["holds"]["start"] == [
        {"gate": hold["gate"], "by": hold["by"]} for hold in problem["holds"]
    ]
    prepare(district.hub, project, "started", NOW)
    assert works(district.hub, project)["holds"]["start"] == []
    assert district.hub.post(f"/projects/{project}/steps", json=body).status_code == 200


def opened(district: District, until: str) -> str:
    project: str = district.decide(hot_issue_id(Cell("quyang-1", "MJ01"), 0), kind="project")["project_id"]
    district.advance(project, until)
    return project


def step_holds(district: District, project: str, to: str) -> list[tuple[str, list[str]]]:
    body = {"version": district.project(project)["version"], "to": to}
    return [(hold["gate"], hold["by"]) for hold in refused(district, project, "steps", 409, **body)["holds"]]


def file_approval(district: District, project: str, unit: str) -> None:
    filed = {"id": str(uuid4()), "kind": "approval", "name": "立项批复", "sha256": uuid4().hex * 2, "issued_by": unit}
    do(district.hub, project, "papers", **filed)


def test_a_project_is_approved_by_who_may_approve_works_of_its_size(district: District) -> None:
    project = opened(district, "listed")
    nobody = {"id": str(uuid4()), "kind": "approval", "name": "批复", "sha256": "d" * 64}
    assert field_of(refused(district, project, "papers", **nobody)) == "body.issued_by"
    drawn = nobody | {"kind": "design", "issued_by": "housing"}
    assert field_of(refused(district, project, "papers", **drawn)) == "body.issued_by"
    may = ["housing", "quyanglu"]
    assert step_holds(district, project, "approved") == [("approved_by_authority", may)]
    do(district.hub, project, "items", items=[ROOF | {"unit_cost_fen": 200_000}])
    file_approval(district, project, "quyanglu")
    assert step_holds(district, project, "approved") == [("approved_by_authority", ["housing"])]
    file_approval(district, project, "housing")
    assert works(district.hub, project)["holds"]["approve"] == []
    district.advance(project, "approved")


def test_works_are_contracted_with_the_units_that_their_size_needs_and_audited_before_their_accounts_end(
    district: District,
) -> None:
    project = opened(district, "tendered")
    assert step_holds(district, project, "contracted") == [
        ("parties_named", ["construction", "design", "implementing"]),
        ("builder_contracted", ["construction"]),
        ("papers_there", ["contract"]),
    ]
    do(district.hub, project, "items", items=[ROOF | {"unit_cost_fen": 200_000}])
    assert step_holds(district, project, "contracted")[0][1] == ["construction", "design", "implementing", "supervisor"]
    district.advance(project, "accepted")
    (contract,) = works(district.hub, project)["contracts"]
    assert step_holds(district, project, "audited") == [
        ("contracts_audited", [contract["contract_id"]]),
        ("papers_there", ["audit_report"]),
    ]
    district.advance(project, "audited")


def test_what_residents_choose_is_not_confirmed_by_an_approval(district: District, project: str) -> None:
    items = do(district.hub, project, "items", items=[ROOF, SHED])["items"]
    approval = paper(district.hub, project, "approval")
    problem = refused(
        district, project, "items/confirmation", items=[items[0]["item_id"], items[1]["item_id"]], paper_id=approval
    )
    assert field_of(problem) == "body.paper_id"
    assert "give consultation_id" in problem["detail"]
    do(district.hub, project, "items/confirmation", items=[items[0]["item_id"]], paper_id=approval)


def test_an_item_says_what_it_adds_to_before_and_after(district: District, project: str) -> None:
    counted = SHED | {"capacity_before": 60, "capacity_after": 200}
    (shed,) = do(district.hub, project, "items", items=[counted])["items"]
    assert (shed["capacity_before"], shed["capacity_after"]) == (60, 200)
    for wrong, field in (
        (ROOF | {"capacity_before": 1, "capacity_after": 2}, "capacity_after"),
        (SHED | {"block": "9", "capacity_before": 60}, "capacity_before"),
    ):
        problem = refused(district, project, "items", 422, items=[wrong])
        assert [fault["field"] for fault in problem["errors"]] == [f"body.items.0.{field}"]


def test_what_an_item_adds_to_can_be_said_later(district: District, project: str) -> None:
    (shed,) = do(district.hub, project, "items", items=[SHED])["items"]
    change = f"items/{shed['item_id']}/change"
    half = refused(district, project, change, 422, version=1, capacity_after=200)
    assert [fault["field"] for fault in half["errors"]] == ["body.capacity_before"]
    changed = do(district.hub, project, change, version=1, capacity_before=60, capacity_after=200)
    assert (changed["capacity_before"], changed["capacity_after"], changed["version"]) == (60, 200, 2)


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2027-07-01T00:00:00Z"])
def test_a_moment_that_cannot_be_is_refused_and_the_works_stay_readable(
    district: District, project: str, when: str
) -> None:
    (roof,) = started(district, project, ROOF)
    body = inspection(roof, NOW, inspected_at=when)
    problem = refused(district, project, "inspections", 422, **body)
    assert [fault["field"] for fault in problem["errors"]] == ["body.inspected_at"]
    assert works(district.hub, project)["items"]


def test_an_item_is_contracted_once_for_a_block(district: District, project: str) -> None:
    do(district.hub, project, "items", items=[ROOF])
    assert field_of(refused(district, project, "items", items=[SHED, ROOF])) == "body.items.1.menu_item"
    assert len(works(district.hub, project)["items"]) == 1
    do(district.hub, project, "items", items=[ROOF | {"block": "5"}])
    assert (
        field_of(refused(district, project, "items", items=[ROOF | {"block": "５ 号楼"}])) == "body.items.0.menu_item"
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"contracted": "0"}, "body.items.0.contracted"),
        ({"contracted": "-1"}, "body.items.0.contracted"),
        ({"contracted": "1.005"}, "body.items.0.contracted"),
        ({"menu_item": "M99-A"}, "body.items.0.menu_item"),
        ({"unit_cost_fen": -1}, "body.items.0.unit_cost_fen"),
    ],
)
def test_an_item_that_cannot_be_is_refused_by_its_field(
    district: District, project: str, change: dict[str, Any], field: str
) -> None:
    assert field_of(refused(district, project, "items", items=[ROOF | change])) == field


def test_once_works_have_started_a_change_order_changes_items(district: District, project: str) -> None:
    (item,) = started(district, project)
    change = {"version": 2, "contracted": "900"}
    act = f"items/{item['item_id']}/change"
    assert field_of(refused(district, project, act, **change)) == "body.change_order"
    contract = next(one["paper_id"] for one in works(district.hub, project)["papers"] if one["kind"] == "contract")
    assert "not a change order" in refused(district, project, act, **change, change_order=contract)["detail"]
    order = paper(district.hub, project, "change_order")
    assert do(district.hub, project, act, **change, change_order=order)["contracted"] == "900"
    assert refused(district, project, act, 409, **change, change_order=order)["current_version"] == 3


def test_progress_is_what_inspections_accepted_and_nobody_types_it(district: District, project: str) -> None:
    roof, other = started(district, project, ROOF, ROOF | {"block": "5", "unit_cost_fen": 36000})
    do(district.hub, project, "inspections", **inspection(roof, NOW))
    found = works(district.hub, project)
    assert found["progress"]["share"] == 0.25
    assert [(one["block"], one["share"]) for one in found["blocks"]] == [("3", 1.0), ("5", 0.0)]
    order = paper(district.hub, project, "change_order")
    dropped = {"version": 2, "dropped": "业主不同意", "change_order": order}
    do(district.hub, project, f"items/{other['item_id']}/change", **dropped)
    assert works(district.hub, project)["progress"] | {"dropped": []} == {
        "accepted_fen": 9846000,
        "contracted_fen": 9846000,
        "share": 1.0,
        "dropped": [],
    }


def test_an_inspection_sent_twice_is_one(district: District, project: str) -> None:
    (roof,) = started(district, project)
    body = inspection(roof, NOW)
    assert do(district.hub, project, "inspections", **body) == do(district.hub, project, "inspections", **body)
    inspections = [event for event in published(district.workshop, "projects") if isinstance(event, WorksItemInspected)]
    assert len(inspections) == 1
    assert field_of(refused(district, project, "inspections", **body | {"accepted": "1"})) == "body.id"


def test_one_from_the_cellar_contradicts_until_somebody_inspects_on_both(district: District, project: str) -> None:
    (roof,) = started(district, project)
    in_the_cellar = inspection(roof, NOW, accepted="400")
    do(district.hub, project, "inspections", **inspection(roof, NOW + timedelta(hours=2)))
    do(district.hub, project, "inspections", **in_the_cellar)
    (item,) = works(district.hub, project)["items"]
    assert (item["contradicts"], item["verdict"], item["accepted"]) == (True, "unknown", "0")
    assert [one["accepted"] for one in item["inspections"]] == ["400.00", "820.50"]
    assert works(district.hub, project)["holds"]["accept"][1] == {"gate": "items_accepted", "by": [roof["item_id"]]}
    do(district.hub, project, "inspections", **inspection(item, NOW + timedelta(days=1)))
    (item,) = works(district.hub, project)["items"]
    assert (item["contradicts"], item["verdict"], item["accepted"]) == (False, "accepted", "820.50")


def test_one_that_overtook_its_base_waits_for_it(district: District, project: str) -> None:
    (roof,) = started(district, project)
    first = inspection(roof, NOW, accepted="400")
    second = inspection(roof, NOW + timedelta(hours=1), bases=[first["id"]])
    do(district.hub, project, "inspections", **second)
    (item,) = works(district.hub, project)["items"]
    assert (item["waiting"], item["missing"], item["accepted"]) == ([second["id"]], [first["id"]], "0")
    gates = [hold["gate"] for hold in works(district.hub, project)["holds"]["accept"]]
    assert "inspections_arrived" in gates
    do(district.hub, project, "inspections", **first)
    assert works(district.hub, project)["items"][0]["accepted"] == "820.50"


def test_who_goes_on_from_one_that_waits_releases_the_item(district: District, project: str) -> None:
    (roof,) = started(district, project)
    do(district.hub, project, "inspections", **inspection(roof, NOW, bases=[NOBODYS]))
    (item,) = works(district.hub, project)["items"]
    do(district.hub, project, "inspections", **inspection(item, NOW + timedelta(hours=1)))
    (item,) = works(district.hub, project)["items"]
    assert (item["waiting"], item["missing"], item["accepted"]) == ([], [], "820.50")


def test_there_is_no_depth_below_nothing(district: District, project: str) -> None:
    (roof,) = started(district, project)
    readings = inspection(roof, NOW)["readings"] | {"ponding": -3}
    assert do(district.hub, project, "inspections", **inspection(roof, NOW, readings=readings))["verdict"] == "refused"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"accepted": "820.51"}, "body.accepted"),
        ({"accepted": "-1"}, "body.accepted"),
        ({"readings": {"ponding": True}}, "body.readings.ponding"),
        ({"readings": {"ponding": "三"}}, "body.readings.ponding"),
        ({"readings": {"colour_as_agreed": True}}, "body.readings.colour_as_agreed"),
        ({"template": {"code": "pipes", "version": 1}}, "body.template"),
        ({"template": {"code": "roof", "version": 9}}, "body.template"),
        ({"item_id": NOBODYS}, "body.item_id"),
        ({"photographs": ["a photograph"]}, "body.photographs.0"),
        ({"inspected_at": (NOW - timedelta(days=2)).isoformat()}, "body.inspected_at"),
    ],
)
def test_an_inspection_that_does_not_fit_is_refused_by_its_field(
    district: District, project: str, change: dict[str, Any], field: str
) -> None:
    (roof,) = started(district, project)
    assert field_of(refused(district, project, "inspections", **inspection(roof, NOW) | change)) == field


def test_nothing_is_inspected_before_works_start_but_what_is_cleared_for_them(district: District, project: str) -> None:
    clutter = {"menu_item": "M27-A", "contracted": "12", "unit_cost_fen": 0}
    roof, cleared = do(district.hub, project, "items", items=[ROOF, clutter])["items"]
    assert refused(district, project, "inspections", 409, **inspection(roof, NOW))["current_state"] == "contracted"
    prepare(district.hub, project, "started", NOW)
    assert [hold["gate"] for hold in works(district.hub, project)["holds"]["start"]] == ["cleared_before_works"]
    do(district.hub, project, "inspections", **inspection(cleared, NOW))
    assert works(district.hub, project)["holds"]["start"] == []


def test_a_defect_holds_its_block_until_another_party_closes_it(district: District, project: str) -> None:
    (roof,) = started(district, project)
    do(district.hub, project, "inspections", **inspection(roof, NOW))
    found = {"id": str(uuid4()), "item_id": roof["item_id"], "severity": "major", "note": "檐口漏水"}
    defect = do(district.hub, project, "defects", **found)
    assert do(district.hub, project, "defects", **found) == defect
    acceptance = {"block": "3", "accepted_on": NOW.date().isoformat(), "residents": 2}
    problem = refused(district, project, "acceptances", 409, **acceptance)
    assert problem["holds"][0]["gate"] == "defects_closed"
    act = f"defects/{defect['defect_id']}/steps"
    cured = {"state": "open", "to": "cured", "party": "construction", "note": "已重做"}
    do(district.hub, project, act, **cured)
    assert refused(district, project, act, 409, **cured)["current_state"] == "cured"
    closing = {"state": "cured", "to": "closed", "party": "construction", "note": "看过了"}
    assert field_of(refused(district, project, act, **closing)) == "body.party"
    do(district.hub, project, act, **closing | {"party": "residents"})
    do(district.hub, project, "acceptances", **acceptance)


def test_nobody_reaches_the_works_of_another_project_by_an_id(district: District, project: str) -> None:
    (roof,) = started(district, project)
    do(district.hub, project, "inspections", **(inspected := inspection(roof, NOW)))
    found = {"id": str(uuid4()), "item_id": roof["item_id"], "severity": "major", "note": "檐口漏水"}
    do(district.hub, project, "defects", **found)
    filed = {"id": paper(district.hub, project, "minutes"), "kind": "approval", "name": "x", "sha256": "b" * 64}
    take(district.workshop, *(dispatched(30 + n, "MJ05", "quyang-2", by=30 + n, day=21) for n in range(5)))
    other: str = district.decide(hot_issue_id(Cell("quyang-2", "MJ05"), 0), kind="project")["project_id"]
    district.advance(other, "contracted")
    (mine,) = started(district, other)
    before = works(district.hub, project)
    for act, body, field in (
        ("inspections", inspected, "body.item_id"),
        ("inspections", inspected | {"item_id": mine["item_id"]}, "body.id"),
        ("defects", found, "body.item_id"),
        ("defects", found | {"item_id": mine["item_id"]}, "body.id"),
        ("papers", filed, "body.id"),
        ("items/confirmation", {"items": [roof["item_id"]], "paper_id": filed["id"]}, "body.paper_id"),
    ):
        assert field_of(refused(district, other, act, **body)) == field, act
    assert works(district.hub, project) == before


def test_an_accepted_block_has_its_warranties(district: District, project: str) -> None:
    roof, shed = started(district, project, ROOF, SHED)
    for item in (roof, shed):
        do(district.hub, project, "inspections", **inspection(item, NOW))
    day = NOW.date()
    given = do(district.hub, project, "acceptances", block="3", accepted_on=day.isoformat(), residents=2)["warranties"]
    assert [(one["ends"], one["term"]) for one in given] == [
        (day.replace(year=day.year + 5).isoformat(), "waterproofing")
    ]
    grounds = {"accepted_on": day.isoformat(), "residents": 2}
    assert field_of(refused(district, project, "acceptances", **grounds)) == "body.years.E16"
    do(district.hub, project, "acceptances", **grounds, years={"E16": 25})
    assert field_of(refused(district, project, "acceptances", **grounds, years={"E16": 25})) == "body.block"
    acceptances = [event for event in published(district.workshop, "projects") if isinstance(event, WorksBlockAccepted)]
    assert [event.block for event in acceptances] == ["3", None]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"block": "9"}, "body.block"),
        ({"residents": 0}, "body.residents"),
        ({"accepted_on": "2026-06-30"}, "body.accepted_on"),
        ({"accepted_on": "2126-07-02"}, "body.accepted_on"),
        ({"years": {"E01": 4}}, "body.years.E01"),
    ],
)
def test_an_acceptance_that_cannot_be_is_refused_by_its_field(
    district: District, project: str, change: dict[str, Any], field: str
) -> None:
    (roof,) = started(district, project)
    do(district.hub, project, "inspections", **inspection(roof, NOW))
    body = {"block": "3", "accepted_on": NOW.date().isoformat(), "residents": 2} | change
    assert field_of(refused(district, project, "acceptances", **body)) == field


@pytest.mark.parametrize(("role", "status"), [("department:fire", 404), ("supervisor", 403)])
def test_others_do_nothing_at_works(district: District, project: str, role: str, status: int) -> None:
    refused(district, project, "items", status, role, items=[ROOF])


def test_of_two_who_accept_a_block_at_once_one_does(district: District, project: str) -> None:
    (roof,) = started(district, project)
    do(district.hub, project, "inspections", **inspection(roof, NOW))
    answers: list[int] = []
    together = threading.Barrier(2)

    def accept() -> None:
        client = district.as_("hub")
        together.wait(60)
        body = {"block": "3", "accepted_on": NOW.date().isoformat(), "residents": 2}
        answers.append(client.post(f"/projects/{project}/acceptances", json=body).status_code)

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [201, 422]


def test_every_act_is_published_with_who_did_it(district: District, project: str) -> None:
    district.advance(project, "warranty")
    acts = [event for event in published(district.workshop, "projects") if isinstance(event, WorksEvent)]
    assert {event.type for event in acts} == {
        "works.item_changed.v1",
        "works.paper_filed.v1",
        "works.disclosed.v1",
        "works.impacts_planned.v1",
        "works.item_inspected.v1",
        "works.block_accepted.v1",
        "works.party_named.v1",
        "works.contract_changed.v1",
    }
    assert {(event.project_id, bool(event.actor)) for event in acts} == {(project, True)}
