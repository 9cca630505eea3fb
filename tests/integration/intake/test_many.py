"""One answer, or one signature, for many tickets: each is done or refused for itself, none half."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.contracts.ticket_events import Place
from tests.integration.intake.conftest import Intake, problem
from tests.integration.intake.settling import ANSWER, HOUSING, take

ESTATE = Place(sub_district="310109016", estate="liangcheng-2", estate_name="凉城二村")
OTHER = Place(sub_district="310109016", estate="liangcheng-3", estate_name="凉城三村")


def dispatched(intake: Intake, count: int, place: Place = ESTATE, type_code: str = "MJ01") -> list[str]:
    ids = [intake.file() for _ in range(count)]
    for ticket_id in ids:
        intake.classify(ticket_id, type_code=type_code, place=place)
    return ids


def answer(intake: Intake, *roles: str, **body: Any) -> dict[str, bool]:
    """Which were done."""
    said = intake.client(*(roles or ("hub",))).post("/tickets/answers", json={**ANSWER, **body})
    assert said.status_code == 200, said.text
    return {row["ticket_id"]: row["done"] for row in said.json()["results"]}


def test_one_answer_settles_all_tickets_of_a_matter_and_no_other(intake: Intake) -> None:
    early = dispatched(intake, 1)
    intake.clock.advance(timedelta(days=1))
    wanted = dispatched(intake, 3)
    others = dispatched(intake, 1, OTHER) + dispatched(intake, 1, type_code="SC01") + early
    matter = {"type_code": "MJ01", "estate": "liangcheng-2", "from": "2026-07-02T00:00:00Z"}
    assert answer(intake, matter=matter) == dict.fromkeys(wanted, True)
    for ticket_id in wanted:
        shown = intake.show(ticket_id)
        assert (shown["state"], shown["settlement"]["public_answer"]) == ("settled", "已修好。")
    assert {intake.show(ticket_id)["state"] for ticket_id in others} == {"dispatched"}
    assert answer(intake, matter=matter) == {}
    del matter["estate"]
    assert answer(intake, matter=matter | {"sub_district": "310109016"}) == {others[0]: True}


def test_each_ticket_is_done_or_refused_for_itself(intake: Intake) -> None:
    first, done, last = dispatched(intake, 3)
    nobodys, waiting = "00000000-0000-0000-0000-000000000000", intake.file()
    take(intake, done, "settlement", **ANSWER)
    before = intake.show(done)
    ids = [first, nobodys, done, waiting, last, first]
    assert answer(intake, ticket_ids=ids) == {first: True, nobodys: False, done: False, waiting: False, last: True}
    assert intake.show(done) == before
    assert intake.show(waiting)["state"] == "received"


def test_what_is_linked_to_an_answered_ticket_is_answered_with_it(intake: Intake) -> None:
    main, linked = dispatched(intake, 2)
    assert take(intake, linked, "merge", reason="同一件事", into=main).status_code == 200
    assert answer(intake, ticket_ids=[main, linked]) == {main: True, linked: True}
    assert intake.show(linked)["state"] == "settled"


def test_a_department_answers_and_signs_its_own_alone(intake: Intake) -> None:
    own, (foreign,) = dispatched(intake, 2), dispatched(intake, 1, type_code="SC01")
    body = {"ticket_ids": [*own, foreign]}
    signed = intake.client(HOUSING).post("/tickets/signatures", json=body).json()["results"]
    assert [row["done"] for row in signed] == [True, True, False]
    assert signed[-1]["problem"]["status"] in (403, 404)
    assert [intake.show(ticket_id)["state"] for ticket_id in body["ticket_ids"]] == ["signed", "signed", "dispatched"]
    assert answer(intake, "department:market", matter={"type_code": "MJ01", "estate": "liangcheng-2"}) == {}
    assert answer(intake, HOUSING, matter={"type_code": "MJ01", "estate": "liangcheng-2"}) == dict.fromkeys(own, True)


BAD: dict[str, dict[str, Any]] = {
    "neither": {},
    "both": {"ticket_ids": ["00000000-0000-0000-0000-000000000000"], "matter": {"type_code": "MJ01", "estate": "a"}},
    "no place": {"matter": {"type_code": "MJ01"}},
    "not solved and no reason": {"ticket_ids": ["00000000-0000-0000-0000-000000000000"], "unit_solved": False},
}


@pytest.mark.parametrize("what", BAD)
def test_a_wrong_choice_is_named_and_nothing_done(lasting: Intake, what: str) -> None:
    problem(lasting.client("hub").post("/tickets/answers", json={**ANSWER, **BAD[what]}), 422, field="body")
