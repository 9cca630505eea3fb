"""What happened beside the ballots stands in the record, and nobody can take it out or put it in."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.projects.domain.consultation.admission import HeldIn, ItemOnBallot, Opening
from services.projects.domain.consultation.chain import chained, links
from services.projects.domain.consultation.electorate import Electorate, OwnedPart
from services.projects.domain.consultation.record import (
    ConsultationVote,
    Meanwhile,
    begin_of,
    question_of,
    record_with,
    register_facts,
)
from services.projects.domain.consultation.register_check import RegisterBasis, differences, within
from services.projects.domain.consultation.result_facts import facts_of
from services.projects.domain.consultation.sales import Sale, sale_facts
from services.projects.domain.consultation.verify import RecordFaultCode, verify
from tests.unit.projects.consultation.votes import OPENED, RULES, ballot

OWNED = [OwnedPart(f"1-{one}", "1", "1", 5_000 + one, f"owner {one // 2}") for one in range(6)]
CLOSED = OPENED + timedelta(days=9)
SOLD = Sale(1, "1-3", OPENED + timedelta(days=1), "a" * 64, OPENED + timedelta(days=2), "desk")
HELD = HeldIn("platform", "HK-1", "b" * 64, date(2026, 3, 11))


def entered(number: int, part_id: str, sign: str, after: timedelta = timedelta(0), **more: Any) -> Any:
    cast = ballot(number, part_id, sign, **more)
    return replace(cast, entered_at=(cast.at or OPENED) + after, entered_by="desk")


BALLOTS = [
    entered(1, "1-1", "+"),
    entered(2, "1-3", "+"),
    entered(3, "1-3", "-", at=OPENED + timedelta(days=3)),
    entered(4, "1-4", "-", after=timedelta(days=20)),
]


def record(ballots: list[Any] = BALLOTS, opening: Opening = Opening(OPENED, CLOSED)) -> dict[str, Any]:
    other = [replace(OWNED[0], area=4_000), *OWNED[1:]]
    check = register_facts(RegisterBasis("estate", (), "c" * 64, 1, "measured anew"), differences(other, OWNED))
    items = {"roof": ItemOnBallot("roof", RULES["ordinary"])}
    vote = ConsultationVote(Electorate.of(OWNED), items, ballots, opening, (), check, [SOLD])
    asked = question_of(vote)
    begin = begin_of(asked)
    looked = {"at": OPENED.isoformat(), "by": "desk", "ballots": 2}
    meanwhile = Meanwhile(list(links([sale_facts(SOLD)], begin)), looked)
    result = [facts_of(one) for one in vote.decided()]
    made: dict[str, Any] = json.loads(
        json.dumps(record_with(asked, begin, list(chained(ballots, begin)), result, meanwhile))
    )
    return made


def faults_of(found: Any) -> list[RecordFaultCode]:
    return [fault.code for fault in verify(json.dumps(found).encode()).faults]


def test_a_record_with_sales_a_look_and_differences_is_recounted() -> None:
    assert faults_of(record()) == []


def test_the_ballot_from_before_the_sale_counts_and_the_buyers_is_set_aside() -> None:
    (result,) = record()["result"]
    assert result["answers"] == {"agree": 2, "disagree": 1, "abstain": 0, "invalid": 0}
    assert result["set_aside"] == [{"ballot": 3, "counted": 2, "reason": "after_sale"}]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda found: found["sales"][0].update(part_id="1-5"), RecordFaultCode.BROKEN_SALE),
        (lambda found: found.pop("sales"), RecordFaultCode.DIFFERENT_RESULT),
        (lambda found: found.pop("looked"), RecordFaultCode.CHANGED_SEAL),
        (lambda found: found["looked"].update(ballots=4), RecordFaultCode.CHANGED_SEAL),
        (lambda found: found["register_check"].update(why="because"), RecordFaultCode.CHANGED_QUESTION),
        (lambda found: found["register_check"]["differences"].clear(), RecordFaultCode.CHANGED_QUESTION),
        (lambda found: found.pop("register_check"), RecordFaultCode.CHANGED_QUESTION),
        (lambda found: found["ballots"][3].update(entered_by="owner"), RecordFaultCode.BROKEN_LINK),
        (lambda found: found["ballots"][3].update(entered_at=OPENED.isoformat()), RecordFaultCode.BROKEN_LINK),
        (lambda found: found["ballots"][3].pop("entered_at"), RecordFaultCode.BROKEN_LINK),
    ],
)
def test_what_is_changed_of_it_is_reported(change: Callable[[Any], Any], code: RecordFaultCode) -> None:
    found = copy.deepcopy(record())
    change(found)
    assert code in faults_of(found)


def test_electronic_ballots_after_closing_count_only_where_the_vote_was_held_elsewhere() -> None:
    late = [*BALLOTS, entered(5, "1-5", "+", after=timedelta(days=20), origin="electronic")]
    assert faults_of(record(late)) == [RecordFaultCode.INADMISSIBLE_BALLOT]
    elsewhere = Opening(OPENED, CLOSED, held_in=HELD)
    found = record(late, elsewhere)
    assert faults_of(found) == []
    found["opening"]["held_in"]["number"] = "HK-2"
    assert RecordFaultCode.CHANGED_QUESTION in faults_of(found)


def test_the_same_parts_under_other_references_do_not_differ() -> None:
    other = [replace(one, owner=f"hash of {one.owner}") for one in reversed(OWNED)]
    assert differences(OWNED, other) == []
    assert {one.kind.value for one in differences(OWNED, [replace(one, owner="one") for one in OWNED])} == {"head"}


def test_of_an_estate_only_what_is_asked_is_held_against_it() -> None:
    parts = [replace(OWNED[0], building="2", hallway="2"), *OWNED[1:]]
    assert [len(within(parts, asked)) for asked in ([], ["1"], ["2/2"], ["2/1"], ["1/1", "2"])] == [6, 5, 1, 0, 6]
