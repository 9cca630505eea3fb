"""Works on a known site: blocks and areas by the register, items that are listed again, what fails once accepted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.harness.consulting import asked, consult
from tests.harness.works import ROOF, do, inspection, paper, works
from tests.integration.projects.conftest import NOW
from tests.integration.projects.loop_of import District

ISSUE = hot_issue_id(Cell("quyang-1", "MJ01"), 0)
ESTATE = {"id": "quyang-1", "name": "明月小区", "sub_district": "310109014", "floor_area_m2": "9000.50"}
SHED = {"menu_item": "M16-A", "block": "3", "contracted": "24", "unit_cost_fen": 90000}


def register(district: District, *blocks: str) -> None:
    assert district.hub.post("/estates/batch", json={"estates": [ESTATE]}).status_code == 200
    parts = [{"part_id": f"{block}-101", "block": block, "area_m2": "50", "owner": "a" * 32} for block in blocks]
    if parts:
        assert district.hub.post("/estates/quyang-1/parts", json={"parts": parts}).status_code == 200


def begun(district: District, until: str) -> str:
    project: str = district.decide(ISSUE, kind="project")["project_id"]
    district.advance(project, until)
    return project


def refused(district: District, path: str, status: int = 422, **body: Any) -> list[tuple[str, str]]:
    answer = district.hub.post(path, json=body)
    assert answer.status_code == status, answer.text
    return [(fault["field"], fault["message"]) for fault in answer.json()["errors"]]


def accept(district: District, project: str, block: str = "3") -> None:
    do(district.hub, project, "acceptances", block=block, accepted_on=NOW.date().isoformat(), residents=3)


def test_a_block_that_is_not_registered_is_refused_with_those_that_are(district: District) -> None:
    project = begun(district, "contracted")
    register(district, "12", "3", "5甲")
    ((field, message),) = refused(district, f"/projects/{project}/items", items=[ROOF | {"block": "4"}])
    assert (field, message.split("known are ")[1]) == ("body.items.0.block", "3, 12, 5甲")
    cut = {"id": str(uuid4()), "kind": "water_cut", "blocks": ["3", "99"]}
    cut |= {"starts": "2026-07-13T09:00:00+08:00", "ends": "2026-07-13T15:00:00+08:00"}
    assert refused(district, f"/projects/{project}/impacts", **cut)[0][0] == "body.blocks"
    promised = {"version": 0, "scaffold_by_block": {"8": 30}}
    assert refused(district, f"/projects/{project}/impacts/plan", **promised)[0][0] == "body.scaffold_by_block"
    do(district.hub, project, "items", items=[ROOF, ROOF | {"block": "5甲幢"}, {**SHED, "block": None}])
    do(district.hub, project, "impacts", **cut | {"blocks": ["3", "5甲"]})


def test_where_no_blocks_are_registered_any_is_taken(district: District) -> None:
    register(district)
    project = begun(district, "listed")
    assert works(district.hub, project)["registered_blocks"] == []
    do(district.hub, project, "items", items=[ROOF | {"block": "4"}])


def test_more_floor_area_than_is_registered_is_refused_with_both(district: District) -> None:
    project = begun(district, "listed")
    body = {"version": district.project(project)["version"], "to": "suspended", "note": "x"}
    body |= {"responsible": "housing", "review_on": "2026-09-01"}
    register(district)
    ((field, message),) = refused(district, f"/projects/{project}/steps", **body, floor_area_m2=9000.51)
    assert field == "body.floor_area_m2"
    assert "9000.51" in message
    assert "9000.50" in message
    assert district.hub.post(f"/projects/{project}/steps", json=body | {"floor_area_m2": 9000.5}).status_code == 200


def test_what_was_dropped_is_listed_again_and_residents_are_asked_again(district: District) -> None:
    project = begun(district, "listed")
    (item,) = do(district.hub, project, "items", items=[SHED])["items"]
    vote = consult(district.hub, project, [asked("M16-A", "3")], NOW)["consultation_id"]
    by_vote = {"items": [item["item_id"]], "consultation_id": vote}
    (item,) = do(district.hub, project, "items/confirmation", **by_vote)["items"]
    do(district.hub, project, f"items/{item['item_id']}/change", version=item["version"], dropped="资金不足")
    again = refused(district, f"/projects/{project}/items/{item['item_id']}/change", version=3, dropped="再取消")
    assert again[0][0] == "body.item_id"
    (other,) = do(district.hub, project, "items", items=[SHED | {"contracted": "30"}])["items"]
    assert (other["confirmed_by"], other["dropped"], other["contracted"]) == (None, None, "30")
    shown = [(one["contracted"], one["dropped"]) for one in works(district.hub, project)["items"]]
    assert shown == [("24.00", "资金不足"), ("30.00", None)]
    by_vote = {"items": [other["item_id"]], "consultation_id": vote}
    ((field, message),) = refused(district, f"/projects/{project}/items/confirmation", **by_vote)
    assert (field, "consult on it again" in message) == ("body.consultation_id", True)
    by_vote["consultation_id"] = consult(district.hub, project, [asked("M16-A", "3")], NOW)["consultation_id"]
    assert do(district.hub, project, "items/confirmation", **by_vote)["items"][0]["confirmed_by"]


def test_what_must_be_done_needs_another_paper_once_it_was_dropped(district: District) -> None:
    project = begun(district, "approved")
    approval = works(district.hub, project)["papers"][0]["paper_id"]
    for number in range(2):
        (item,) = do(district.hub, project, "items", items=[ROOF])["items"]
        body = {"items": [item["item_id"]], "paper_id": approval}
        if number:
            assert refused(district, f"/projects/{project}/items/confirmation", **body)[0][0] == "body.paper_id"
            body["paper_id"] = paper(district.hub, project, "approval")
        (item,) = do(district.hub, project, "items/confirmation", **body)["items"]
        do(district.hub, project, f"items/{item['item_id']}/change", version=item["version"], dropped="缓建")


def test_what_fails_after_its_block_was_accepted_stays_accepted_and_is_a_defect(district: District) -> None:
    project = begun(district, "contracted")
    (roof,) = do(district.hub, project, "items", items=[ROOF])["items"]
    district.advance(project, "building")
    do(district.hub, project, "inspections", **inspection(roof, NOW))
    accept(district, project)
    added = refused(district, f"/projects/{project}/items", items=[SHED])
    assert added[0][0] == "body.change_order"
    order = paper(district.hub, project, "change_order")
    added = refused(district, f"/projects/{project}/items", items=[SHED], change_order=order)
    assert added[0][0] == "body.items.0.block"
    (item,) = works(district.hub, project)["items"]
    bad = inspection(item, NOW + timedelta(hours=1), accepted="0")
    bad["readings"] = bad["readings"] | {"leak_free": False}
    assert do(district.hub, project, "inspections", **bad)["verdict"] == "refused"
    found = works(district.hub, project)
    (item,), (block,), (defect,) = found["items"], found["blocks"], found["defects"]
    assert (block["accepted"], block["share"]) == (True, 1.0)
    assert (item["verdict"], item["accepted"], item["in_accepted_block"]) == ("refused", "820.50", True)
    assert [one["verdict"] for one in item["inspections"]] == ["accepted", "refused"]
    assert (defect["inspection_id"], defect["severity"], defect["state"]) == (bad["id"], "major", "open")
    assert defect["cure_by"]
    again = inspection(item, NOW + timedelta(hours=2), accepted="0", readings=bad["readings"])
    do(district.hub, project, "inspections", **again)
    found = works(district.hub, project)
    assert len(found["defects"]) == 1
    assert {hold["gate"] for hold in found["holds"]["accept"]} == {"items_accepted", "defects_closed", "papers_there"}
