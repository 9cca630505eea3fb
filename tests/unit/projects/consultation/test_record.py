"""A record is recounted without the service, and shows what in it was touched."""

from __future__ import annotations

import copy
import hashlib
import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.projects.domain.consultation.admission import ItemOnBallot, Opening
from services.projects.domain.consultation.ballots import Ballot, BallotChoice
from services.projects.domain.consultation.electorate import Electorate, OwnedPart, Transfer
from services.projects.domain.consultation.record import ConsultationVote, record_of
from services.projects.domain.consultation.verify import RecordFaultCode, verify
from tests.unit.projects.consultation.votes import OPENED, RULES

TRIES = 1_000


def voted() -> ConsultationVote:
    source = random.Random(7)
    parts = [OwnedPart(f"1-{one}", "1", "1", 5_000 + one, f"owner {one // 2}") for one in range(12)]
    items = {
        "roof": ItemOnBallot("roof", RULES["ordinary-silence"], text_hash="t1"),
        "shed": ItemOnBallot("shed", RULES["special"]),
        "lamp": ItemOnBallot("lamp", RULES["hallway-ordinary"], "1", "1"),
    }
    ballots = [
        Ballot(
            number,
            f"1-{number % 12}",
            item,
            source.choice(list(BallotChoice)),
            source.choice(["paper", "electronic"]),
            OPENED + timedelta(minutes=number),
            delivered=True,
            text_hash="t1" if item == "roof" else None,
            evidence=f"page {number}",
        )
        for number, item in enumerate([*items] * 14, start=1)
    ]
    sold = Transfer("1-3", OPENED + timedelta(minutes=9), "register 12")
    return ConsultationVote(Electorate.of(parts), items, ballots, Opening(OPENED, OPENED + timedelta(days=9)), [sold])


RECORD = json.loads(json.dumps(record_of(voted())))


def checked(record: Any, seal: str | None = None) -> list[tuple[RecordFaultCode, str]]:
    return [(fault.code, fault.where) for fault in verify(json.dumps(record).encode(), seal).faults]


def touched(change: Callable[[Any], None]) -> list[tuple[RecordFaultCode, str]]:
    record = copy.deepcopy(RECORD)
    change(record)
    return checked(record)


def test_a_record_that_nobody_touched_is_recounted_to_the_same() -> None:
    found = verify(json.dumps(RECORD, indent=2, ensure_ascii=False).encode())
    assert found.faults == ()
    assert found.ballots == 42
    assert list(found.result) == RECORD["result"]
    assert verify(json.dumps(RECORD).encode(), RECORD["seal"]["hash"]).faults == ()


def test_a_record_names_no_owner() -> None:
    assert "owner" not in json.dumps(RECORD)


def test_a_few_lines_of_anybody_recompute_its_hashes() -> None:
    """Written from the format's description alone."""

    def sha(facts: Any) -> str:
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    parts = RECORD["electorate"]["parts"]
    rows = [[part["id"], part["building"], part["hallway"], part["area"], part["head"]] for part in parts]
    assert [sha(row) for row in rows] == [part["hash"] for part in parts]
    assert sha([sha(row) for row in rows]) == RECORD["electorate"]["hash"]
    bound = {name: RECORD[name] for name in ("format", "rules", "items", "opening", "transfers")}
    last = sha({**bound, "electorate": RECORD["electorate"]["hash"]})
    for ballot in RECORD["ballots"]:
        facts = {name: value for name, value in ballot.items() if name not in ("previous", "hash")}
        assert ballot["previous"] == last
        last = sha([last, facts])
        assert ballot["hash"] == last
    assert RECORD["seal"] == {"ballots": 42, "last": last, "hash": sha([42, last, RECORD["result"]])}


def test_one_ballot_changed_removed_or_added_is_found_a_thousand_times_in_a_thousand() -> None:
    source = random.Random(1)
    for _ in range(TRIES):
        record = copy.deepcopy(RECORD)
        ballots, place = record["ballots"], source.randrange(len(record["ballots"]))
        way = source.choice(["change", "remove", "add", "swap"])
        if way == "change":
            name = source.choice(["choice", "part_id", "item", "origin", "delivered", "evidence", "number", "round"])
            was = ballots[place][name]
            other = {
                "choice": source.choice([one.value for one in BallotChoice if one.value != was]),
                "part_id": f"1-{(place + 5) % 12}" if was != f"1-{(place + 5) % 12}" else "1-0x",
                "item": "shed" if was != "shed" else "roof",
                "delivered": not was,
                "number": place,
                "round": 2,
            }
            ballots[place][name] = other.get(name, "other")
        elif way == "remove":
            del ballots[place]
        elif way == "add":
            ballots.insert(place + source.choice([0, 1]), copy.deepcopy(source.choice(ballots)))
        elif place:
            ballots[place - 1], ballots[place] = ballots[place], ballots[place - 1]
        else:
            continue
        found = checked(record)
        assert found, (way, place)
        expected = {
            "change": (RecordFaultCode.BROKEN_LINK, place + 1),
            "swap": (RecordFaultCode.BROKEN_LINK, place),
        }
        if way in expected:
            code, where = expected[way]
            assert (code, str(where)) in found


def test_the_first_broken_link_is_named() -> None:
    def change(record: Any) -> None:
        record["ballots"][20]["choice"] = "invalid"
        record["ballots"][30]["choice"] = "invalid"

    assert touched(change)[0] == (RecordFaultCode.BROKEN_LINK, "21")


@pytest.mark.parametrize("name", ["previous", "hash", "number"])
def test_a_link_is_broken_by_any_of_its_three_ends(name: str) -> None:
    found = touched(lambda record: record["ballots"][9].update({name: 9 if name == "number" else "0" * 64}))
    assert found[0] == (RecordFaultCode.BROKEN_LINK, "10")


def test_ballots_that_are_not_numbered_by_their_arrival_break_the_chain() -> None:
    vote = voted()
    misnumbered = [vote.ballots[1], *vote.ballots[1:]]
    made_anew = record_of(ConsultationVote(vote.electorate, vote.items, misnumbered, vote.opening))
    assert checked(made_anew)[0] == (RecordFaultCode.BROKEN_LINK, "1")


def test_the_last_ballot_taken_away_is_missed() -> None:
    assert touched(lambda record: record["ballots"].pop())[0] == (
        RecordFaultCode.BALLOTS_MISSING_OR_ADDED,
        "seal.ballots",
    )


def test_a_changed_area_is_named_by_its_part() -> None:
    found = touched(lambda record: record["electorate"]["parts"][4].update(area=9_999))
    assert found[0] == (RecordFaultCode.CHANGED_PART, RECORD["electorate"]["parts"][4]["id"])
    assert found[1] == (RecordFaultCode.CHANGED_ELECTORATE, "electorate")


def test_a_part_taken_out_is_missed() -> None:
    found = touched(lambda record: record["electorate"]["parts"].pop(4))
    assert found[0] == (RecordFaultCode.CHANGED_ELECTORATE, "electorate")


def test_another_result_is_named_by_its_place() -> None:
    def change(record: Any) -> None:
        record["result"][1]["cast"]["electorates"]["estate"]["heads"]["agreeing"] += 1

    assert touched(change) == [
        (RecordFaultCode.DIFFERENT_RESULT, "shed.cast.electorates.estate.heads.agreeing"),
    ]
    assert touched(lambda record: record["result"].pop(0))[0][0] is RecordFaultCode.DIFFERENT_RESULT
    assert touched(lambda record: record["result"].reverse())[0][0] is RecordFaultCode.DIFFERENT_RESULT


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record["rules"][0]["conditions"][0].update(num=1),
        lambda record: record["items"][0].update(text_hash="t2"),
        lambda record: record["opening"].update(closes="2027-01-01T00:00:00+00:00"),
        lambda record: record["transfers"].clear(),
    ],
)
def test_another_question_than_the_one_voted_on_is_reported(change: Callable[[Any], None]) -> None:
    assert (RecordFaultCode.CHANGED_QUESTION, "begin") in touched(change)


def test_a_seal_that_was_changed_alone_is_reported() -> None:
    found = touched(lambda record: record["seal"].update(hash="0" * 64))
    assert found == [(RecordFaultCode.CHANGED_SEAL, "seal")]


def test_a_record_that_was_made_anew_is_found_by_the_published_seal() -> None:
    vote = voted()
    ballots = [*vote.ballots]
    ballots[0] = Ballot(1, "1-1", "roof", BallotChoice.DISAGREE, "paper", OPENED, True, "t1", "page 1")
    forged = record_of(ConsultationVote(vote.electorate, vote.items, ballots, vote.opening, vote.transfers))
    assert checked(forged) == []
    assert checked(forged, RECORD["seal"]["hash"]) == [(RecordFaultCode.OTHER_SEAL, "seal")]


def test_ballots_that_may_not_be_counted_are_reported_though_the_chain_is_whole() -> None:
    vote = voted()
    late = ConsultationVote(vote.electorate, vote.items, vote.ballots, Opening(OPENED, OPENED + timedelta(minutes=5)))
    assert checked(record_of(late))[0][0] is RecordFaultCode.INADMISSIBLE_BALLOT


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Expecting value"),
        (b"\xff\xfe", "utf-8"),
        (b"[]", "object"),
        (b"{}", "required"),
        (json.dumps(RECORD).encode()[:-200], "Unterminated"),
        (json.dumps(RECORD).replace('"area": 5001', '"area": 5001.5').encode(), "integer"),
        (json.dumps(RECORD).replace('"area": 5001', '"area": NaN').encode(), "NaN is no number"),
        (json.dumps(RECORD).replace('"area": 5001', '"area": 1, "area": 5001').encode(), "'area' stands twice"),
        (json.dumps({**RECORD, "format": "other/1"}).encode(), "closedloop-consultation/1"),
        (json.dumps({**RECORD, "more": 1}).encode(), "Extra inputs"),
        (b"[" * 100_000, "recursion"),
    ],
)
def test_what_is_no_record_is_reported_with_its_place(content: bytes, why: str) -> None:
    found = verify(content)
    assert [fault.code for fault in found.faults] == [RecordFaultCode.NO_RECORD]
    assert why in found.faults[0].found


def test_a_part_that_stands_twice_cannot_be_counted() -> None:
    found = touched(lambda record: record["electorate"]["parts"].append(record["electorate"]["parts"][0]))
    assert found[-1][0] is RecordFaultCode.CANNOT_BE_COUNTED
    assert touched(lambda record: record["items"][0].update(rule="none"))[-1] == (
        RecordFaultCode.CANNOT_BE_COUNTED,
        "items",
    )
