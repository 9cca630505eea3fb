"""A stored consultation: frozen when announced, ballots only added, counted by its rules, published with reasons."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from services.cli.main import app
from services.contracts.consultation_events import ConsultationAdvanced, ConsultationNoticed, ConsultationPublished
from tests.harness.consulting import (
    JOIN,
    PARTS,
    asked,
    ballots,
    consult,
    done,
    drafted,
    imported,
    meet,
    note_opinion,
    noticed,
    periods,
    sha256,
    stepped,
)
from tests.harness.works import do, paper, works
from tests.integration.projects.conftest import NOW
from tests.integration.projects.issues import published
from tests.integration.projects.loop_of import District

SHED = asked("M16-A", rule="special", wording="新建非机动车棚，约200辆，带充电", removed="原车棚及所占绿地约60平方米")
WHEN = periods(NOW)
ONE, TWO, THREE = ([part] for part in PARTS)


def at(one: dict[str, Any]) -> str:
    return f"/consultations/{one['consultation_id']}"


def opened(district: District, project: str, *items: dict[str, Any], parts: Any = PARTS) -> dict[str, Any]:
    one = noticed(district.hub, drafted(district.hub, project, list(items or [SHED]), parts), WHEN)
    return stepped(district.hub, one, "open")


def refused(district: District, path: str, status: int, role: str = "hub", **body: Any) -> Any:
    known = published(district.workshop, "projects")
    answer = district.as_(role).post(path, json=body)
    assert answer.status_code == status, answer.text
    assert published(district.workshop, "projects") == known
    return answer.json()


def fields_of(problem: Any) -> list[str]:
    return [fault["field"] for fault in problem["errors"]]


def standing(district: District, one: dict[str, Any]) -> dict[str, Any]:
    (item,) = done(district.hub.get(f"{at(one)}/standing"))["items"]
    return dict(item)


# --- from the draft to the notice ------------------------------------------------------------------------------------


def test_owners_are_kept_as_keyed_hashes_alone(district: District, project: str) -> None:
    drafted(district.hub, project, [SHED], [PARTS[0] | {"owner": "欧阳建国"}, PARTS[1] | {"owner": " 欧阳建国 "}])
    with district.workshop.engine.connect() as connection:
        rows = connection.execute(text("SELECT head, owner_ref FROM consultation_parts")).all()
    assert {row.head for row in rows} == {1}
    assert {len(row.owner_ref) for row in rows} == {32}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"parts": [PARTS[0], PARTS[0]]}, "body.parts"),
        ({"parts": [PARTS[0] | {"area_m2": "0"}]}, "body.parts.0.area_m2"),
        ({"parts": [PARTS[0] | {"area_m2": "60.255"}]}, "body.parts.0.area_m2"),
        ({"parts": [PARTS[0] | {"part_id": "13912345678"}]}, "body.parts.0.part_id"),
        ({"parts": [PARTS[0] | {"owner": " "}]}, "body.parts.0.owner"),
        ({"total_area_m2": "180.76"}, "body.total_area_m2"),
        ({"items": [SHED | {"rule": "by-hand"}]}, "body.items.0.rule"),
        ({"items": [SHED | {"menu_item": "M99-A"}]}, "body.items.0.menu_item"),
        ({"items": [SHED, SHED]}, "body.items.1.menu_item"),
        ({"items": [SHED | {"item": "shed"}]}, "body.items.0.item"),
        ({"items": [asked("M01-A", rule="building-ordinary")]}, "body.items.0.block"),
        ({"items": [asked("M01-A", "7", rule="building-ordinary")]}, "body.items.0.block"),
        ({"items": [asked("M03-A", "3", rule="hallway-ordinary", hallway="9")]}, "body.items.0.hallway"),
        ({"items": [SHED | {"removed": ""}]}, "body.items.0.removed"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_by_its_field(
    district: District, project: str, change: dict[str, Any], field: str
) -> None:
    body = {"id": str(uuid4()), "items": [SHED], "parts": PARTS} | change
    assert fields_of(refused(district, f"/projects/{project}/consultations", 422, **body)) == [field]
    assert done(district.hub.get(f"/projects/{project}/consultations"))["items"] == []


def test_a_draft_sent_twice_is_one(district: District, project: str) -> None:
    body = {"id": str(uuid4()), "items": [SHED], "parts": PARTS, "total_area_m2": "180.75"}
    first, again = (district.hub.post(f"/projects/{project}/consultations", json=body) for _ in range(2))
    assert done(first) == done(again)
    other = body | {"items": [asked("M17-A")]}
    assert fields_of(refused(district, f"/projects/{project}/consultations", 422, **other)) == ["body.id"]
    assert len(done(district.hub.get(f"/projects/{project}/consultations"))["items"]) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"opens_at": NOW - timedelta(days=16)}, "body.opens_at"),
        ({"closes_at": NOW - timedelta(days=10)}, "body.closes_at"),
        ({"closes_at": NOW + timedelta(days=60)}, "body.closes_at"),
        ({"closes_at": NOW - timedelta(days=20)}, "body.closes_at"),
        ({"announced_at": NOW + timedelta(days=1), "opens_at": NOW + timedelta(days=20)}, "body.announced_at"),
    ],
)
def test_periods_that_the_rule_does_not_allow_are_refused(
    district: District, project: str, change: dict[str, Any], field: str
) -> None:
    one = drafted(district.hub, project, [SHED])
    body = WHEN | {name: moment.isoformat() for name, moment in change.items()}
    body |= {"closes_at": (NOW + timedelta(days=30)).isoformat()} if "announced_at" in change else {}
    assert fields_of(refused(district, f"{at(one)}/notice", 422, version=1, evidence="a" * 64, **body)) == [field]


def test_a_text_may_change_before_the_notice_and_not_after(district: District, project: str) -> None:
    one = drafted(district.hub, project, [SHED])
    other = [SHED | {"colour": "灰"}]
    one = done(district.hub.post(f"{at(one)}/texts", json={"version": 1, "items": other}))
    assert one["items"][0]["colour"] == "灰"
    one = noticed(district.hub, one, WHEN)
    problem = refused(district, f"{at(one)}/texts", 409, version=one["version"], items=[SHED])
    assert (problem["current_state"], "further round" in problem["detail"]) == ("noticed", True)
    assert refused(district, f"{at(one)}/texts", 409, version=1, items=[SHED])["current_version"] == one["version"]


def test_of_two_who_step_at_once_one_wins(district: District, project: str) -> None:
    one = noticed(district.hub, drafted(district.hub, project, [SHED]), WHEN)
    answers: list[int] = []
    together = threading.Barrier(2)

    def step() -> None:
        client = district.as_("hub")
        together.wait(60)
        answers.append(client.post(f"{at(one)}/steps", json={"version": one["version"], "to": "open"}).status_code)

    threads = [threading.Thread(target=step) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [200, 409]


def test_nothing_opens_or_closes_before_its_time(district: District, project: str) -> None:
    when = {"announced_at": NOW, "opens_at": NOW + timedelta(days=15), "closes_at": NOW + timedelta(days=20)}
    one = drafted(district.hub, project, [SHED])
    one = noticed(district.hub, one, {name: moment.isoformat() for name, moment in when.items()})
    assert "still to come" in refused(district, f"{at(one)}/steps", 409, version=2, to="open")["detail"]
    district.until(NOW + timedelta(days=15))
    one = stepped(district.hub, one, "open")
    assert "still to come" in refused(district, f"{at(one)}/steps", 409, version=3, to="closed")["detail"]
    assert (
        "can become annulled, closed" in refused(district, f"{at(one)}/steps", 409, version=3, to="counted")["detail"]
    )


# --- ballots ---------------------------------------------------------------------------------------------------------


def test_bad_rows_are_named_and_the_others_taken(district: District, project: str) -> None:
    one = opened(district, project, SHED, asked("M01-A", "3", rule="building-ordinary"))
    shed = {"consultation_id": one["consultation_id"], "items": one["items"][:1]}
    good = ballots(shed, ONE, "agree", WHEN["opens_at"])[0]
    late = (NOW - timedelta(hours=1)).isoformat()
    rows = [
        good,
        good | {"part_id": "9-9-901"},
        good | {"item": "M17-A"},
        good | {"text_hash": "0" * 64},
        good | {"text_hash": None},
        good | {"at": WHEN["announced_at"]},
        good | {"at": late},
        good | {"at": None},
        good | {"choice": "empty", "delivered": True},
    ]
    taken = imported(district.hub, one, rows)
    assert (taken["rows"], taken["taken"]) == (9, 1)
    assert [(bad["row"], bad["field"]) for bad in taken["rejected"]] == [
        *(
            (2, "part_id"),
            (3, "item"),
            (4, "text_hash"),
            (5, "text_hash"),
            (6, "at"),
            (7, "at"),
            (8, "at"),
            (9, "delivered"),
        ),
    ]


def test_an_import_sent_again_adds_nothing(district: District, project: str) -> None:
    one = opened(district, project)
    rows = ballots(one, PARTS, "agree", WHEN["opens_at"])
    sent = {"id": str(uuid4()), "evidence": sha256("sheets"), "ballots": rows}
    first, again = (district.hub.post(f"{at(one)}/ballots", json=sent).json() for _ in range(2))
    assert first == again == {"rows": 3, "taken": 3, "rejected": []}
    other = sent | {"ballots": ballots(one, ONE, "disagree", WHEN["opens_at"])}
    assert fields_of(refused(district, f"{at(one)}/ballots", 422, **other)) == ["body.id"]
    one = stepped(district.hub, one, "closed", "sealed")
    assert standing(district, one)["answers"]["agree"] == 3


def test_what_is_sent_after_the_count_is_refused(district: District, project: str) -> None:
    one = stepped(district.hub, opened(district, project), "closed")
    imported(district.hub, one, ballots(one, ONE, "agree", WHEN["opens_at"]))
    one = stepped(district.hub, one, "counted")
    rows = ballots(one, TWO, "agree", WHEN["opens_at"])
    problem = refused(district, f"{at(one)}/ballots", 409, id=str(uuid4()), evidence="a" * 64, ballots=rows)
    assert problem["current_state"] == "counted"


def test_ballots_of_one_moment_from_two_desks_stand_in_one_chain(district: District, project: str) -> None:
    one = opened(district, project)
    together = threading.Barrier(2)

    def enter(parts: Any) -> None:
        together.wait(60)
        imported(district.as_("hub"), one, ballots(one, parts, "agree", WHEN["opens_at"]))

    threads = [threading.Thread(target=enter, args=(parts,)) for parts in (ONE, PARTS[1:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    stepped(district.hub, one, "closed", "counted")
    record = done(district.hub.get(f"{at(one)}/record"))
    assert [ballot["number"] for ballot in record["ballots"]] == [1, 2, 3]
    assert record["ballots"][1]["previous"] == record["ballots"][0]["hash"]


def test_what_is_missing_is_shown_to_the_counting_party_alone(district: District, project: str) -> None:
    one = opened(district, project)
    imported(district.hub, one, ballots(one, ONE, "agree", WHEN["opens_at"]))
    one = stepped(district.hub, one, "closed", "sealed")
    found = standing(district, one)
    area, owners = found["missing_en"].split("; ")
    assert area.endswith(": 60.25 m² more")
    assert area.partition(":")[0] != owners.partition(":")[0]
    assert owners.endswith(": 1 owner more")
    assert found["would_pass"] is False
    for role, status in (("department:housing", 200), ("department:fire", 404), ("supervisor", 403)):
        for path in ("standing", "sales", "late-entries"):
            assert district.as_(role).get(f"{at(one)}/{path}").status_code == status
    shown = district.as_("supervisor").get(at(one))
    assert (shown.status_code, "60.25" in shown.text) == (200, False)
    assert district.as_("supervisor").get(f"{at(one)}/result").status_code == 409


# --- results ---------------------------------------------------------------------------------------------------------


def test_the_record_of_a_published_result_is_recounted_without_the_service(
    district: District, project: str, tmp_path: Path
) -> None:
    one = consult(district.hub, project, [SHED, JOIN], NOW)
    file = tmp_path / "record.json"
    file.write_bytes(district.hub.get(f"{at(one)}/record").content)
    answer = CliRunner().invoke(app, ["consultation", "verify", str(file), "--seal", one["seal"], "--json"])
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output) == {"valid": True, "seal": one["seal"], "ballots": 6, "faults": []}
    with district.workshop.engine.begin() as connection:
        connection.execute(text("UPDATE consultation_ballots SET choice = 'disagree' WHERE number = 4"))
    file.write_bytes(district.hub.get(f"{at(one)}/record").content)
    touched = CliRunner().invoke(app, ["consultation", "verify", str(file), "--json"])
    assert (touched.exit_code, json.loads(touched.output)["faults"][0]["where"]) == (1, "4")


def test_the_result_has_both_countings_and_its_reasons_in_two_languages(district: District, project: str) -> None:
    one = opened(district, project)
    imported(district.hub, one, ballots(one, PARTS[:2], "agree", WHEN["opens_at"]))
    imported(district.hub, one, ballots(one, THREE, "disagree", WHEN["opens_at"]))
    one = stepped(district.hub, one, "closed", "counted", "published")
    (item,) = done(district.as_("supervisor").get(f"{at(one)}/result"))["items"]
    assert (item["passed"], item["failed_conditions"]) == (False, ["approval_area", "approval_heads"])
    assert item["cast"]["electorates"]["estate"]["heads"] == {"all": 3, "taking_part": 3, "agreeing": 2}
    assert "未通过（按实际投票）" in item["sentence_cn"]
    assert "120.50 / 180.75 m², not met" in item["sentence_en"]


def test_who_was_warned_and_says_nothing_follows_the_majority_where_the_rule_says_so(
    district: District, project: str
) -> None:
    one = drafted(district.hub, project, [asked("M16-A", rule="ordinary-silence")])
    handed = [
        {"part_id": part["part_id"], "at": WHEN["opens_at"], "warned": warned, "evidence": "a" * 64}
        for part, warned in zip(PARTS, (True, True, False), strict=True)
    ]
    assert refused(district, f"{at(one)}/deliveries", 409, deliveries=handed)
    one = noticed(district.hub, one, WHEN)
    early = [handed[0] | {"at": (NOW - timedelta(days=31)).isoformat()}]
    assert fields_of(refused(district, f"{at(one)}/deliveries", 422, deliveries=early)) == ["body.deliveries.0.at"]
    assert done(district.hub.post(f"{at(one)}/deliveries", json={"deliveries": handed})) == {"noted": 3}
    assert done(district.hub.post(f"{at(one)}/deliveries", json={"deliveries": handed})) == {"noted": 0}
    unknown = [handed[0] | {"part_id": "9-9-901"}]
    assert fields_of(refused(district, f"{at(one)}/deliveries", 422, deliveries=unknown)) == [
        "body.deliveries.0.part_id"
    ]
    one = stepped(district.hub, one, "open")
    imported(district.hub, one, ballots(one, ONE, "agree", WHEN["opens_at"]))
    one = stepped(district.hub, one, "closed", "counted", "published")
    (item,) = done(district.hub.get(f"{at(one)}/result"))["items"]
    assert (item["decided_by"], item["silent"], item["passed"]) == ("with_silence", 1, True)
    assert item["with_silence"]["electorates"]["estate"]["heads"] == {"all": 3, "taking_part": 2, "agreeing": 2}


def test_events_carry_no_owner_no_ballot_and_no_interim_count(district: District, project: str) -> None:
    consult(district.hub, project, [SHED], NOW)
    events = [event for event in published(district.workshop, "projects") if event.type.startswith("consultation.")]
    assert [type(event) for event in events] == [
        ConsultationNoticed,
        *[ConsultationAdvanced] * 3,
        ConsultationPublished,
    ]
    for event in events:
        assert "3-1-101" not in event.model_dump_json()
    for event in events[:-1]:
        assert "agreeing" not in event.model_dump_json()


# --- gates -----------------------------------------------------------------------------------------------------------


def test_a_project_is_consulted_by_a_result_in_which_something_passed(district: District, project: str) -> None:
    step = {"version": 1, "to": "consulted"}
    (hold,) = refused(district, f"/projects/{project}/steps", 409, **step)["holds"]
    assert hold["gate"] == "residents_agreed"
    consult(district.hub, project, [JOIN], NOW, "disagree")
    refused(district, f"/projects/{project}/steps", 409, **step)
    consult(district.hub, project, [JOIN], NOW)
    assert district.hub.post(f"/projects/{project}/steps", json=step).status_code == 200


def test_a_scheme_is_confirmed_after_its_review_with_every_opinion_answered(district: District, project: str) -> None:
    district.advance(project, "scheme_public")
    step = {"version": district.project(project)["version"], "to": "scheme_confirmed", "note": "已征询"}
    one = opened(district, project)
    opinion = note_opinion(district.hub, project)
    problem = refused(district, f"/projects/{project}/steps", 409, **step)
    assert [(hold["gate"], hold["by"]) for hold in problem["holds"]] == [
        ("votes_ended", [one["consultation_id"]]),
        ("meetings_held", ["review"]),
        ("opinions_answered", [opinion["opinion_id"]]),
    ]
    done(district.hub.post(f"{at(one)}/annulment", json={"version": one["version"], "reason": "重新起草"}))
    meet(district.hub, project, "review", NOW)
    answer = {"version": 1, "adopted": False, "why": "与消防间距不符"}
    done(district.hub.post(f"/projects/{project}/opinions/{opinion['opinion_id']}/answer", json=answer))
    assert (
        refused(district, f"/projects/{project}/opinions/{opinion['opinion_id']}/answer", 409, **answer)[
            "current_version"
        ]
        == 2
    )
    assert district.hub.post(f"/projects/{project}/steps", json=step).status_code == 200


def test_what_residents_choose_is_confirmed_by_the_last_result_alone(district: District, project: str) -> None:
    district.advance(project, "contracted")
    shed = {"menu_item": "M16-A", "contracted": "240", "unit_cost_fen": 90000}
    (item,) = do(district.hub, project, "items", items=[shed])["items"]
    confirmation, path = {"items": [item["item_id"]]}, f"/projects/{project}/items/confirmation"
    by_paper = confirmation | {"paper_id": paper(district.hub, project, "consultation_result")}
    assert fields_of(refused(district, path, 422, **by_paper)) == ["body.paper_id"]
    assert fields_of(refused(district, path, 422, **confirmation)) == ["body"]
    other = consult(district.hub, project, [asked("M17-A")], NOW)["consultation_id"]
    first = consult(district.hub, project, [SHED], NOW)
    assert fields_of(refused(district, path, 422, **confirmation, consultation_id=other)) == ["body.consultation_id"]
    do(district.hub, project, "items/confirmation", **confirmation, consultation_id=first["consultation_id"])
    again = {"version": first["version"], "items": [SHED | {"wording": "改为双层车棚"}]}
    second = done(district.hub.post(f"{at(first)}/rounds", json=again))
    assert (second["round"], second["changed"], second["previous"]) == (2, ["M16-A"], first["consultation_id"])
    second = stepped(district.hub, noticed(district.hub, second, WHEN), "open")
    imported(district.hub, second, ballots(second, PARTS, "disagree", WHEN["opens_at"]))
    second = stepped(district.hub, second, "closed", "counted", "published")
    (item,) = works(district.hub, project)["items"]
    assert (item["confirmed_by"], item["result_annulled"], item["refused_since"]) == (None, False, True)
    held = {hold["gate"]: hold["by"] for hold in works(district.hub, project)["holds"]["start"]}
    assert held["chosen_items_confirmed"] == held["results_stand"] == [item["item_id"]]
    for result in (first, second):
        problem = refused(district, path, 422, **confirmation, consultation_id=result["consultation_id"])
        assert fields_of(problem) == ["body.consultation_id"]
    annulled = {"version": second["version"], "reason": "法院撤销"}
    done(district.hub.post(f"{at(second)}/annulment", json=annulled))
    do(district.hub, project, "items/confirmation", **confirmation, consultation_id=first["consultation_id"])
    annulled = {"version": first["version"], "reason": "法院撤销"}
    done(district.hub.post(f"{at(first)}/annulment", json=annulled))
    held = {hold["gate"]: hold["by"] for hold in works(district.hub, project)["holds"]["start"]}
    assert held["chosen_items_confirmed"] == held["results_stand"] == [item["item_id"]]
    (item,) = works(district.hub, project)["items"]
    assert (item["confirmed_by"], item["result_annulled"]) == (None, True)


def test_no_paper_says_otherwise_than_a_published_result(district: District, project: str) -> None:
    district.advance(project, "contracted")
    (item,) = do(
        district.hub,
        project,
        "items",
        items=[{"menu_item": "M01-A", "block": "3", "contracted": "840", "unit_cost_fen": 13200}],
    )["items"]
    consult(district.hub, project, [asked("M01-A")], NOW)
    confirmation, path = {"items": [item["item_id"]]}, f"/projects/{project}/items/confirmation"
    by_paper = confirmation | {"paper_id": paper(district.hub, project, "consultation_result")}
    assert fields_of(refused(district, path, 422, **by_paper)) == ["body.paper_id"]
    do(district.hub, project, "items/confirmation", **confirmation, paper_id=paper(district.hub, project, "approval"))


def test_an_annulled_result_holds_the_project_until_there_is_a_new_one(district: District, project: str) -> None:
    district.advance(project, "scheme_confirmed")
    (agreed,) = done(district.hub.get(f"/projects/{project}/consultations"))["items"]
    annulled = {"version": agreed["version"], "reason": "法院撤销"}
    done(district.hub.post(f"{at(agreed)}/annulment", json=annulled))
    step = {"version": district.project(project)["version"], "to": "tendered"}
    (hold,) = refused(district, f"/projects/{project}/steps", 409, **step)["holds"]
    assert hold["gate"] == "residents_agreed"
    consult(district.hub, project, [JOIN], NOW)
    assert district.hub.post(f"/projects/{project}/steps", json=step).status_code == 200


def test_a_project_from_before_there_were_gates_goes_the_way_it_began(district: District, project: str) -> None:
    with district.workshop.engine.begin() as connection:
        connection.execute(text("UPDATE repair_projects SET opened_at = '2021-12-31'"))
    for version, state in enumerate(("consulted", "listed"), start=1):
        step = {"version": version, "to": state}
        assert district.hub.post(f"/projects/{project}/steps", json=step).status_code == 200
    shed = {"menu_item": "M16-A", "contracted": "240", "unit_cost_fen": 90000}
    (item,) = do(district.hub, project, "items", items=[shed])["items"]
    result = paper(district.hub, project, "consultation_result")
    do(district.hub, project, "items/confirmation", items=[item["item_id"]], paper_id=result)


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_at_the_end_of_the_calendar_is_refused(district: District, project: str, when: str) -> None:
    one = drafted(district.hub, project, [SHED])
    notice = {"version": one["version"], "evidence": "a" * 64, **WHEN, "announced_at": when}
    assert fields_of(refused(district, f"{at(one)}/notice", 422, **notice)) == ["body.announced_at"]
    one = opened(district, project)
    row = {"part_id": "3-1-101", "item": "M16-A", "choice": "agree", "origin": "paper", "at": when}
    body = {"id": str(uuid4()), "evidence": "a" * 64, "ballots": [row]}
    assert fields_of(refused(district, f"{at(one)}/ballots", 422, **body)) == ["body.ballots.0.at"]


def test_a_further_round_changes_something_and_takes_no_ballot_of_the_last(district: District, project: str) -> None:
    one = opened(district, project)
    same = {"version": one["version"], "items": [SHED]}
    assert refused(district, f"{at(one)}/rounds", 409, **same)["current_state"] == "open"
    imported(district.hub, one, ballots(one, PARTS, "agree", WHEN["opens_at"]))
    one = stepped(district.hub, one, "closed", "counted", "published")
    same = {"version": one["version"], "items": [SHED]}
    assert fields_of(refused(district, f"{at(one)}/rounds", 422, **same)) == ["body.items"]
    other = {"version": one["version"], "items": [SHED | {"removed": "原车棚"}]}
    again = noticed(district.hub, done(district.hub.post(f"{at(one)}/rounds", json=other)), WHEN)
    third = other | {"items": [SHED | {"removed": "两座原车棚"}]}
    assert refused(district, f"{at(one)}/rounds", 409, **third)["current_state"] == "published"
    again = stepped(district.hub, again, "open")
    assert again["electorate"] == one["electorate"]
    old = ballots(one, ONE, "agree", WHEN["opens_at"])
    assert imported(district.hub, again, old)["rejected"][0]["field"] == "text_hash"
    again = stepped(district.hub, again, "closed", "sealed")
    assert standing(district, again)["answers"]["agree"] == 0


@pytest.mark.parametrize("role", ["supervisor", "admin", "subdistrict:310109010"])
def test_who_only_reads_acts_on_nothing(district: District, project: str, role: str) -> None:
    one = opened(district, project)
    refused(district, f"{at(one)}/steps", 403, role, version=one["version"], to="closed")
    body = {"id": str(uuid4()), "items": [SHED], "parts": PARTS}
    refused(district, f"/projects/{project}/consultations", 403, role, **body)
    assert district.as_(role).get(at(one)).status_code == 200
    assert district.as_("department:fire").get(at(one)).status_code == 404
