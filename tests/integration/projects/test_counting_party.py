"""What the counting party may do, and what of it owners can see later: late entries, looks, codes, sales."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from services.chassis.commands import Unknown
from services.cli.main import app
from services.projects.domain.consultation.ballots import BallotChoice
from tests.harness.consulting import (
    JOIN,
    PARTS,
    ballots,
    done,
    drafted,
    from_now,
    imported,
    noticed,
    periods,
    sha256,
    stepped,
)
from tests.integration.projects.conftest import NOW
from tests.integration.projects.loop_of import District
from tests.integration.projects.wired import wired

WHEN = from_now(NOW)
OPENS, CLOSES = NOW + timedelta(hours=1), NOW + timedelta(days=10)
ONE, TWO, THREE = ([part] for part in PARTS)


@pytest.fixture
def one(district: District, project: str) -> dict[str, Any]:
    """Open since an hour, for ten days. The first owner has two flats."""
    parts = [PARTS[0], PARTS[1], PARTS[2] | {"owner": "owner 1"}]
    one = noticed(district.hub, drafted(district.hub, project, [JOIN], parts), WHEN)
    district.until(OPENS + timedelta(hours=1))
    return stepped(district.hub, one, "open")


def at(one: dict[str, Any], path: str) -> str:
    return f"/consultations/{one['consultation_id']}/{path}"


def post(district: District, one: dict[str, Any], path: str, status: int = 200, **body: Any) -> Any:
    answer = district.hub.post(at(one, path), json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def fields_of(problem: Any) -> list[str]:
    return [fault["field"] for fault in problem["errors"]]


def sell(district: District, one: dict[str, Any], status: int = 200, **other: Any) -> Any:
    now = district.workshop.clock.now()
    sold = {"id": str(uuid4()), "part_id": "3-1-101", "at": now.isoformat(), "evidence": sha256("contract")}
    return post(district, one, "sales", status, **sold | other)


def answer_by(district: District, code: str, choice: BallotChoice) -> Any:
    with district.workshop.open() as work:
        return wired(district.workshop).voting.ballots.cast(work, code, {"join": choice})


def record_of(district: District, one: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    """Counted, published, exported, and recounted without the service."""
    steps = [state for state in ("closed", "counted", "published") if state != one["state"]]
    one = stepped(district.hub, one, *steps)
    file = tmp_path / "record.json"
    file.write_bytes(district.hub.get(at(one, "record")).content)
    verified = CliRunner().invoke(app, ["consultation", "verify", str(file), "--seal", one["seal"], "--json"])
    assert verified.exit_code == 0, verified.output
    found: dict[str, Any] = json.loads(file.read_bytes())
    return found


# --- when a vote is held here ----------------------------------------------------------------------------------------


def test_a_vote_that_is_over_or_has_begun_is_announced_only_with_the_system_that_held_it(
    district: District, project: str
) -> None:
    one = drafted(district.hub, project, [JOIN])
    past = periods(NOW)
    held = past.pop("held_in")
    body = {"version": 1, "evidence": "a" * 64, **past}
    assert fields_of(post(district, one, "notice", 422, **body)) == ["body.opens_at"]
    for day in ("2026-05-30", "2026-07-02"):
        problem = post(district, one, "notice", 422, **body, held_in=held | {"issued_on": day})
        assert fields_of(problem) == ["body.held_in.issued_on"]
    assert post(district, one, "notice", **body, held_in=held)["held_in"] == held


def test_where_a_vote_was_held_stands_in_its_record(district: District, project: str, tmp_path: Path) -> None:
    past = periods(NOW)
    one = stepped(district.hub, noticed(district.hub, drafted(district.hub, project, [JOIN]), past), "open")
    rows = ballots(one, PARTS, "agree", past["opens_at"], origin="electronic")
    assert imported(district.hub, one, rows)["rejected"] == []
    paper = ballots(one, ONE, "agree", past["opens_at"])
    assert imported(district.hub, one, paper)["taken"] == 1
    late = done(district.hub.get(at(one, "late-entries")))
    assert [entry["origin"] for entry in late["after_closing"]] == ["paper"]
    assert record_of(district, one, tmp_path)["opening"]["held_in"] == past["held_in"]


# --- entering and looking --------------------------------------------------------------------------------------------


def test_a_ballot_says_when_it_was_cast_and_when_and_by_whom_it_was_entered(
    district: District, one: dict[str, Any], tmp_path: Path
) -> None:
    imported(district.hub, one, ballots(one, ONE, "agree", OPENS.isoformat()))
    district.until(CLOSES + timedelta(hours=2))
    imported(district.hub, one, ballots(one, TWO, "agree", (CLOSES - timedelta(hours=1)).isoformat()))
    late = done(district.hub.get(at(one, "late-entries")))
    assert [entry["part_id"] for entry in late["after_closing"]] == ["3-1-201"]
    assert (late["after_look"], late["first_look"]) == ([], None)
    first, second = record_of(district, one, tmp_path)["ballots"]
    assert (first["at"], first["entered_at"]) == (OPENS.isoformat(), (OPENS + timedelta(hours=1)).isoformat())
    assert second["entered_at"] == (CLOSES + timedelta(hours=2)).isoformat()
    assert first["entered_by"] == late["after_closing"][0]["entered_by"]


def test_after_closing_only_paper_is_entered(district: District, one: dict[str, Any]) -> None:
    district.until(CLOSES + timedelta(hours=2))
    rows = ballots(one, TWO, "agree", OPENS.isoformat())
    taken = imported(district.hub, one, [rows[0] | {"origin": "electronic"}, *rows])
    assert [(bad["row"], bad["field"]) for bad in taken["rejected"]] == [(1, "origin")]


def test_who_enters_after_closing_does_not_see_how_it_stands(district: District, one: dict[str, Any]) -> None:
    district.until(CLOSES + timedelta(hours=2))
    assert district.hub.get(at(one, "standing")).status_code == 409
    one = stepped(district.hub, one, "closed")
    assert district.hub.get(at(one, "standing")).status_code == 409
    one = stepped(district.hub, one, "sealed")
    assert district.hub.get(at(one, "standing")).status_code == 200
    rows = ballots(one, TWO, "agree", OPENS.isoformat())
    problem = post(district, one, "ballots", 409, id=str(uuid4()), evidence="a" * 64, ballots=rows)
    assert problem["current_state"] == "sealed"
    stepped(district.hub, one, "counted")


def test_what_is_entered_after_a_look_is_listed(district: District, one: dict[str, Any], tmp_path: Path) -> None:
    imported(district.hub, one, ballots(one, ONE, "agree", OPENS.isoformat()))
    for _ in range(2):
        assert district.hub.get(at(one, "standing")).status_code == 200
    codes = {tuple(slip["parts"]): slip["code"] for slip in post(district, one, "codes")["codes"]}
    answer_by(district, codes["3-1-201",], BallotChoice.AGREE)
    imported(district.hub, one, ballots(one, THREE, "agree", OPENS.isoformat()))
    late = done(district.hub.get(at(one, "late-entries")))
    assert [entry["part_id"] for entry in late["after_look"]] == ["3-1-301"]
    assert late["first_look"]["ballots"] == 1
    district.until(CLOSES + timedelta(hours=1))
    assert record_of(district, one, tmp_path)["looked"]["ballots"] == 1


def test_ballots_from_before_entries_were_bound_are_recounted_as_they_were(
    district: District, one: dict[str, Any], tmp_path: Path
) -> None:
    imported(district.hub, one, ballots(one, PARTS, "agree", OPENS.isoformat()))
    with district.workshop.engine.begin() as connection:
        connection.execute(text("UPDATE consultation_ballots SET entry_bound = false"))
    district.until(CLOSES + timedelta(hours=1))
    one = stepped(district.hub, one, "closed", "counted")
    record = done(district.hub.get(at(one, "record")))
    assert "entered_at" not in record["ballots"][0]


# --- codes -----------------------------------------------------------------------------------------------------------


def test_codes_are_shown_once_and_issued_again_with_their_reason(district: District, one: dict[str, Any]) -> None:
    first = post(district, one, "codes")["codes"]
    assert [(slip["parts"], slip["issue"]) for slip in first] == [(["3-1-101", "3-1-301"], 1), (["3-1-201"], 1)]
    assert post(district, one, "codes")["codes"] == []
    assert fields_of(post(district, one, "codes", 422, parts=["3-1-201"])) == ["body.why"]
    assert fields_of(post(district, one, "codes", 422, parts=["9-9-901"], why="遗失")) == ["body.parts.0"]
    (again,) = post(district, one, "codes", parts=["3-1-201"], why="遗失")["codes"]
    assert again["issue"] == 2
    visitor = wired(district.workshop).voting.ballots
    with district.workshop.open() as work:
        assert [part.id for part in visitor.by_code(work, again["code"]).parts] == ["3-1-201"]
    with district.workshop.engine.begin() as connection:
        kept = connection.execute(text("SELECT head, issue, why, actor FROM consultation_codes ORDER BY issue, head"))
        assert [(row.head, row.issue, row.why) for row in kept] == [(1, 1, None), (2, 1, None), (2, 2, "遗失")]
    with pytest.raises(Unknown), district.workshop.open() as work:
        visitor.by_code(work, first[1]["code"])


def test_no_code_is_issued_before_the_notice_or_after_voting(
    district: District, project: str, one: dict[str, Any]
) -> None:
    draft = drafted(district.hub, project, [JOIN])
    assert post(district, draft, "codes", 409)["current_state"] == "drafted"
    district.until(CLOSES + timedelta(seconds=1))
    assert post(district, stepped(district.hub, one, "closed"), "codes", 409)["current_state"] == "closed"


# --- sales -----------------------------------------------------------------------------------------------------------


def test_who_voted_before_the_sale_keeps_the_ballot_and_the_buyer_votes_if_nobody_has(
    district: District, one: dict[str, Any], tmp_path: Path
) -> None:
    codes = {tuple(slip["parts"]): slip["code"] for slip in post(district, one, "codes")["codes"]}
    answer_by(district, codes["3-1-201",], BallotChoice.AGREE)
    district.until(OPENS + timedelta(hours=2))
    sell(district, one)
    sell(district, one, part_id="3-1-201")
    buyers = {tuple(slip["parts"]): slip["code"] for slip in post(district, one, "codes")["codes"]}
    assert set(buyers) == {("3-1-101",), ("3-1-201",)}
    seller = answer_by(district, codes["3-1-101", "3-1-301"], BallotChoice.DISAGREE)
    assert [ballot.part_id for ballot in seller.to_vote.answers["join"]] == ["3-1-301"]
    assert answer_by(district, buyers["3-1-101",], BallotChoice.AGREE).other == {}
    late = answer_by(district, buyers["3-1-201",], BallotChoice.DISAGREE)
    assert late.other == {"join": BallotChoice.DISAGREE}
    paper = ballots(one, TWO, "disagree", (OPENS + timedelta(hours=2)).isoformat())
    assert imported(district.hub, one, paper)["taken"] == 1
    district.until(CLOSES + timedelta(hours=1))
    record = record_of(district, one, tmp_path)
    assert [sale["part_id"] for sale in record["sales"]] == ["3-1-101", "3-1-201"]
    assert record["result"][0]["answers"] == {"agree": 2, "disagree": 1, "abstain": 0, "invalid": 0}
    assert [aside["reason"] for aside in record["result"][0]["set_aside"]] == ["after_sale"]
    assert record["electorate"]["hash"] == one["electorate"]["hash"]


def test_a_part_that_is_sold_on_takes_a_new_code(district: District, one: dict[str, Any]) -> None:
    sell(district, one)
    slips = post(district, one, "codes")["codes"]
    (first,) = [slip for slip in slips if slip["parts"] == ["3-1-101"]]
    district.until(OPENS + timedelta(days=1))
    sell(district, one)
    with pytest.raises(Unknown), district.workshop.open() as work:
        wired(district.workshop).voting.ballots.by_code(work, first["code"])
    (second,) = post(district, one, "codes")["codes"]
    assert (second["parts"], second["issue"]) == (["3-1-101"], 2)
    assert second["code"] != first["code"]


def test_a_sale_sent_again_is_one(district: District, one: dict[str, Any]) -> None:
    sold = {"id": str(uuid4()), "at": OPENS.isoformat()}
    assert sell(district, one, **sold) == sell(district, one, **sold)
    assert len(done(district.hub.get(at(one, "sales")))["items"]) == 1
    assert fields_of(sell(district, one, 422, **sold, part_id="3-1-201")) == ["body.id"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"part_id": "9-9-901"}, "body.part_id"),
        ({"at": (NOW - timedelta(days=21)).isoformat()}, "body.at"),
        ({"at": (NOW + timedelta(days=5)).isoformat()}, "body.at"),
    ],
)
def test_a_sale_that_moves_no_vote_is_refused(
    district: District, one: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    assert fields_of(sell(district, one, 422, **change)) == [field]


def test_sales_of_a_part_are_noted_in_their_order(district: District, one: dict[str, Any]) -> None:
    sell(district, one)
    assert fields_of(sell(district, one, 422, at=OPENS.isoformat())) == ["body.at"]


def test_nothing_is_sold_in_a_vote_whose_entering_has_ended(district: District, one: dict[str, Any]) -> None:
    district.until(CLOSES + timedelta(hours=1))
    one = stepped(district.hub, one, "closed", "sealed")
    assert sell(district, one, 409, at=OPENS.isoformat())["current_state"] == "sealed"


def test_silence_of_who_sold_binds_the_buyer_to_nothing(district: District, project: str) -> None:
    one = noticed(district.hub, drafted(district.hub, project, [JOIN | {"rule": "ordinary-silence"}]), WHEN)
    district.until(OPENS + timedelta(hours=1))
    one = stepped(district.hub, one, "open")
    handed = [
        {"part_id": part["part_id"], "at": OPENS.isoformat(), "warned": True, "evidence": "a" * 64}
        for part in PARTS[:2]
    ]
    post(district, one, "deliveries", deliveries=handed)
    imported(district.hub, one, ballots(one, THREE, "agree", OPENS.isoformat()))
    sell(district, one)
    district.until(CLOSES + timedelta(hours=1))
    one = stepped(district.hub, one, "closed", "counted", "published")
    (item,) = done(district.hub.get(at(one, "result")))["items"]
    assert item["silent"] == 1


def test_a_further_round_after_a_sale_says_whose_the_parts_are_now(district: District, one: dict[str, Any]) -> None:
    sell(district, one)
    annulled = post(district, one, "annulment", version=one["version"], reason="重新征询")
    again = {"version": annulled["version"], "items": [JOIN | {"removed": "无，确认"}]}
    assert fields_of(post(district, one, "rounds", 422, **again)) == ["body.by_register"]
    post(district, one, "rounds", 201, **again, parts=PARTS)
