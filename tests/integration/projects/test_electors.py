"""Who may vote in a consultation: taken from the register of the estate, or held against it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.contracts.consultation_events import ConsultationNoticed
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.harness.consulting import JOIN, PARTS, asked, ballots, done, drafted, imported, noticed, periods, stepped
from tests.harness.term_key import TERM_KEY
from tests.integration.projects.conftest import NOW
from tests.integration.projects.issues import published
from tests.integration.projects.loop_of import District

WHEN = periods(NOW)
OWNERS = ("甲", "乙", "乙", "丙")


def in_register(number: int, block: str = "3", **other: str) -> dict[str, str]:
    owner = TERM_KEY.reference_of(f"quyang-1|{OWNERS[number - 1]}")
    part = {"part_id": f"{block}-1-{number}01", "block": block, "hallway": "1", "area_m2": "60.25", "owner": owner}
    return part | other


REGISTERED = [*(in_register(number) for number in range(1, 4)), in_register(4, "5")]
FILE = [
    {
        "part_id": part["part_id"],
        "building": part["block"],
        "hallway": "1",
        "area_m2": "60.25",
        "owner": f"业主{OWNERS[number]}",
    }
    for number, part in enumerate(REGISTERED)
]


@pytest.fixture
def project(district: District) -> str:
    register(district, REGISTERED)
    return str(district.decide(hot_issue_id(Cell("quyang-1", "MJ01"), 0), kind="project")["project_id"])


def register(district: District, parts: list[Any]) -> None:
    done(district.hub.post("/estates/batch", json={"estates": [{"id": "quyang-1", "name": "明月小区"}]}))
    done(district.hub.post("/estates/quyang-1/parts", json={"parts": parts}))


def ask(district: District, project: str, **electors: Any) -> Any:
    body = {"id": str(uuid4()), "items": [JOIN], **electors}
    return district.hub.post(f"/projects/{project}/consultations", json=body)


def test_without_parts_those_of_the_register_vote(district: District, project: str) -> None:
    one = done(ask(district, project))
    assert one["electorate"] | {"hash": ""} == {"hash": "", "parts": 4, "heads": 3, "area_m2": "241.00"}
    assert (one["held_against"]["hash"], one["held_against"]["differences"]) == (one["electorate"]["hash"], 0)
    of_file = done(ask(district, project, parts=FILE))
    assert of_file["electorate"] == one["electorate"]


@pytest.mark.parametrize(("within", "parts"), [(["3"], 3), (["5/1"], 1), (["3/1", "5"], 4)])
def test_buildings_and_hallways_are_asked_apart(
    district: District, project: str, within: list[str], parts: int
) -> None:
    one = done(ask(district, project, within=within))
    assert (one["electorate"]["parts"], one["held_against"]["within"]) == (parts, within)


def test_a_building_that_nobody_registered_is_refused_with_those_that_are(district: District, project: str) -> None:
    answer = ask(district, project, within=["7"])
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["field"]) == (422, "body.within")
    assert "the buildings are 3, 5" in fault["message"]


@pytest.mark.parametrize(
    ("parts", "difference"),
    [
        (FILE[1:], ("3-1-101", "missing", "6025", None)),
        ([*FILE, FILE[0] | {"part_id": "3-1-901", "owner": "丁"}], ("3-1-901", "unknown", None, "6025")),
        ([FILE[0] | {"area_m2": "61.25"}, *FILE[1:]], ("3-1-101", "area", "6025", "6125")),
        ([FILE[0] | {"hallway": "2"}, *FILE[1:]], ("3-1-101", "place", "3/1", "3/2")),
        ([*FILE[:2], FILE[2] | {"owner": "丁"}, FILE[3]], ("3-1-301", "head", "3-1-201", "3-1-301")),
    ],
)
def test_a_file_that_differs_from_the_register_is_refused_with_what_differs(
    district: District, project: str, parts: list[Any], difference: tuple[str, ...]
) -> None:
    answer = ask(district, project, parts=parts)
    problem = answer.json()
    assert (answer.status_code, problem["in_all"]) == (422, 1)
    assert tuple(problem["differences"][0].values()) == difference
    assert done(district.hub.get(f"/projects/{project}/consultations"))["items"] == []


def test_a_difference_with_its_reason_stands_in_the_record(district: District, project: str) -> None:
    parts = [FILE[0] | {"area_m2": "61.25"}, *FILE[1:]]
    one = done(ask(district, project, parts=parts, why_differs="2025年测绘更正"))
    one = stepped(district.hub, noticed(district.hub, one, WHEN), "open")
    imported(district.hub, one, ballots(one, FILE, "agree", WHEN["opens_at"]))
    one = stepped(district.hub, one, "closed", "counted")
    record = done(district.hub.get(f"/consultations/{one['consultation_id']}/record"))
    assert record["register_check"]["why"] == "2025年测绘更正"
    difference = {"part_id": "3-1-101", "kind": "area", "registered": "6025", "given": "6125"}
    assert record["register_check"]["differences"] == [difference]
    (notice,) = [event for event in published(district.workshop, "projects") if isinstance(event, ConsultationNoticed)]
    assert notice.held_against
    assert (notice.held_against.differences, notice.held_against.why) == (1, "2025年测绘更正")
    assert "3-1-101" not in notice.model_dump_json()


def test_a_draft_is_asked_of_others_and_what_was_announced_is_not(district: District, project: str) -> None:
    one = done(ask(district, project))
    at = f"/consultations/{one['consultation_id']}/electorate"
    other = done(district.hub.post(at, json={"version": one["version"], "within": ["3"]}))
    assert (other["electorate"]["parts"], other["version"]) == (3, 2)
    noticed(district.hub, other, WHEN)
    late = district.hub.post(at, json={"version": 3})
    assert (late.status_code, late.json()["current_state"]) == (409, "noticed")


def test_others_are_asked_only_if_they_decide_each_item(district: District, project: str) -> None:
    body = {"id": str(uuid4()), "items": [asked("M01-A", "3", rule="building-ordinary")]}
    one = done(district.hub.post(f"/projects/{project}/consultations", json=body))
    at = f"/consultations/{one['consultation_id']}/electorate"
    answer = district.hub.post(at, json={"version": 1, "within": ["5"]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.items.0.block")


def test_without_a_register_the_parts_must_be_given(district: District, project: str) -> None:
    with district.workshop.engine.begin() as connection:
        connection.execute(text("DELETE FROM estate_parts"))
    assert ask(district, project).status_code == 422
    assert drafted(district.hub, project, [JOIN], PARTS)["held_against"] is None


def test_a_part_that_ballots_cannot_name_is_not_taken_from_the_register(district: District, project: str) -> None:
    register(district, [in_register(1, part_id="明月小区三号楼101室")])
    answer = ask(district, project)
    assert (answer.status_code, "register it as 3-2-501" in answer.text) == (422, True)


def test_a_further_round_may_take_the_register_as_it_is_by_then(district: District, project: str) -> None:
    one = noticed(district.hub, done(ask(district, project, within=["3"])), WHEN)
    annul = {"version": one["version"], "reason": "重新征询"}
    one = done(district.hub.post(f"/consultations/{one['consultation_id']}/annulment", json=annul))
    register(district, REGISTERED[:2])
    again = {"version": one["version"], "items": [JOIN | {"removed": "无，确认"}]}
    at = f"/consultations/{one['consultation_id']}/rounds"
    same = done(district.hub.post(at, json=again))
    assert (same["electorate"], same["held_against"]) == (one["electorate"], one["held_against"])
    annul = {"version": same["version"], "reason": "按新名册"}
    done(district.hub.post(f"/consultations/{same['consultation_id']}/annulment", json=annul))
    assert done(district.hub.post(at, json=again | {"by_register": True}))["electorate"]["parts"] == 2
