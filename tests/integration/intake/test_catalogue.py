"""The hub edits the catalogue: version by version, tried before, in force for what comes after, in every process."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import Place
from services.intake.store.catalogues import SqlCatalogues
from tests.integration.intake.conftest import Intake, Stands, problem
from tests.integration.intake.large_table import RECEIVED, filled, plans, statements

HERE, THERE = "310109016", "310109010"
CHANGE = {"type_code": "MJ01", "lead": "construction", "co_handlers": ["housing"]}


def asked(base: int = 0, *changes: dict[str, Any]) -> dict[str, Any]:
    return {"base_version": base, "changes": list(changes) or [CHANGE], "reason": "三定方案调整"}


def edit(intake: Intake, base: int = 0, *changes: dict[str, Any]) -> Any:
    return intake.client("hub", subject="leader").post("/catalogue/versions", json=asked(base, *changes))


def lead_of_new(intake: Intake, sub_district: str = HERE) -> str:
    ticket_id = intake.file()
    intake.classify(ticket_id, type_code="MJ01", place=Place(sub_district=sub_district))
    return str(intake.show(ticket_id)["lead"])


def line(catalogue: dict[str, Any], type_code: str, sub_district: str | None) -> dict[str, Any]:
    (places,) = [one["places"] for one in catalogue["types"] if one["type_code"] == type_code]
    (found,) = [one for one in places if one["sub_district"] == sub_district]
    return dict(found)


def test_the_catalogue_is_shown_whole_and_begins_as_delivered(intake: Intake) -> None:
    shown = intake.client("department:housing").get("/catalogue").json()
    assert shown["version"] == 0
    assert [one["type_code"] for one in shown["types"]] == list(taxonomy().types)
    assert {len(one["places"]) for one in shown["types"]} == {9}
    assert line(shown, "XQ01", None)["lead"] is None
    assert line(shown, "XQ01", HERE) | {"co_handlers": []} == {
        "sub_district": HERE, "lead": "liangcheng", "co_handlers": [], "changed": False,
    }  # fmt: skip


def test_a_new_version_counts_for_what_comes_after_it_and_moves_nothing(intake: Intake) -> None:
    old = intake.file()
    intake.classify(old)
    answer = edit(intake)
    assert answer.status_code == 201, answer.text
    changed = {"sub_district": HERE, "lead": "construction", "co_handlers": ["housing"], "changed": True}
    assert (answer.json()["version"], line(answer.json(), "MJ01", HERE)) == (1, changed)
    assert answer.json() == intake.client("hub").get("/catalogue").json()
    assert intake.show(old)["lead"] == "housing"
    assert lead_of_new(intake) == "construction"
    assert edit(intake, 1, {"type_code": "MJ01", "sub_district": THERE, "lead": "fire"}).status_code == 201
    assert edit(intake, 2, {"type_code": "MJ01", "lead": "housing"}).status_code == 201
    assert (lead_of_new(intake), lead_of_new(intake, THERE)) == ("housing", "fire")
    versions = intake.client("supervisor").get("/catalogue/versions").json()["items"]
    assert [(one["version"], one["actor"], len(one["edits"])) for one in versions] == [
        (3, "leader", 1), (2, "leader", 1), (1, "leader", 1),
    ]  # fmt: skip
    assert versions[-1]["edits"] == [{**CHANGE, "sub_district": None}]


def test_another_process_sees_the_new_version_with_its_next_ticket_at_the_cost_of_one_small_query(
    intake: Intake,
) -> None:
    other = SqlCatalogues(taxonomy())
    with intake.workshop.open() as work:
        assert other.current(work).version == 0
    edit(intake)
    with intake.workshop.open() as work:
        units = other.current(work).units("MJ01", HERE)
        assert units
        assert units.lead == "construction"
        with statements(intake) as cost:
            other.current(work)
    assert len(cost) == 1


def test_a_stale_base_is_refused_with_the_current_version(intake: Intake) -> None:
    edit(intake)
    for path in ("versions", "dry-run"):
        answer = intake.client("hub").post(f"/catalogue/{path}", json=asked(0))
        refused = problem(answer, 409, remedy="look at it again")
        assert refused["current_version"] == 1


def test_of_two_who_edit_at_once_one_wins(intake: Intake) -> None:
    start, answers = threading.Barrier(2), []

    def both() -> None:
        start.wait(60)
        answers.append(edit(intake).status_code)

    editors = [threading.Thread(target=both) for _ in range(2)]
    for one in editors:
        one.start()
    for one in editors:
        one.join(60)
    assert sorted(answers) == [201, 409]


BAD: dict[str, list[dict[str, Any]]] = {
    "body.changes.0.type_code": [CHANGE | {"type_code": "MJ99"}],
    "body.changes.1.sub_district": [CHANGE, CHANGE | {"sub_district": "310109999"}],
    "body.changes.0.lead": [CHANGE | {"lead": "nobody"}],
    "body.changes.0.co_handlers": [CHANGE | {"co_handlers": ["nobody"]}],
    "body.changes.1": [CHANGE, CHANGE],
}


@pytest.mark.parametrize("field", BAD)
def test_what_is_not_known_is_named_and_nothing_done(lasting: Intake, field: str) -> None:
    for path in ("versions", "dry-run"):
        answer = lasting.client("hub").post(f"/catalogue/{path}", json=asked(0, *BAD[field]))
        problem(answer, 422, field=field)
    assert lasting.client("hub").get("/catalogue").json()["version"] == 0


def test_a_dry_run_says_what_of_the_last_month_would_have_gone_elsewhere(intake: Intake) -> None:
    here = [intake.file() for _ in range(3)]
    for ticket_id in here:
        intake.classify(ticket_id)
    elsewhere, other = intake.file(), intake.file()
    intake.classify(elsewhere, place=Place(sub_district=THERE))
    intake.classify(other, type_code="SC01")
    before = intake.rows()
    wanted = asked(0, CHANGE | {"sub_district": HERE}, {"type_code": "XQ04", "lead": "fire"})
    answer = intake.client("hub").post("/catalogue/dry-run", json=wanted)
    assert answer.status_code == 200, answer.text
    tried = answer.json()
    assert (tried["moved"], tried["dispatched"]) == ([{"from": "housing", "to": "construction", "tickets": 3}], 4)
    assert {one["ticket_id"] for one in tried["examples"]} == set(here)
    assert {(one["from"], one["to"], one["lead"]) for one in tried["examples"]} == {
        ("housing", "construction", "housing")
    }
    assert intake.rows() == before
    assert lead_of_new(intake) == "housing"


def test_a_dry_run_reads_the_month_and_not_the_table(stands: Stands) -> None:
    intake = stands("test", filled(dispatched_at=RECEIVED))
    intake.execute(
        "ANALYZE",
        "UPDATE tickets SET dispatched_at = '2026-06-20' WHERE lead = 'fire'",
    )  # fmt: skip
    with statements(intake) as run:
        answer = intake.client("hub").post("/catalogue/dry-run", json=asked())
    assert answer.json()["dispatched"] == 20
    assert not [node for node in plans(intake, run) if node["Node Type"] == "Seq Scan" and node["Actual Rows"] > 1000]
