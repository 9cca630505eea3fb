"""10,000 electorates against a count by hand, and every boundary."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.projects.domain.consultation.counting import Counting, SilenceEffect, Sums
from services.projects.domain.consultation.electorate import Level
from services.projects.domain.consultation.result import DecidedBy, Outcome, decide, judge, meets
from services.projects.domain.consultation.rules import Condition, ConsultationRule
from tests.unit.projects.consultation.electorates import ballots_of, electorate_of, estate_of, rows_of
from tests.unit.projects.consultation.reference import both_by_hand, met_by_hand
from tests.unit.projects.consultation.votes import RULES, alike, changed, counted, of_alike

EXAMPLES = 1_000
ELECTORATES_EACH = 10


def sums(counting: Counting) -> dict[str, tuple[int, int, int]]:
    return {
        name: (one.all, one.taking_part, one.agreeing)
        for name, one in (("area", counting.area), ("heads", counting.heads), ("contracts", counting.contracts))
    }


def by_hand(parts: list[dict[str, Any]], rule: ConsultationRule, counting: dict[Level, Any]) -> list[str]:
    return [
        one.name for one in rule.conditions if not met_by_hand(one.model_dump(mode="json"), counting[one.electorate])
    ]


LIFT = changed(
    "ordinary-silence",
    name="lift",
    conditions=[
        *(one.model_dump() for one in RULES["ordinary"].conditions),
        *({**one.model_dump(), "name": f"block_{one.name}"} for one in RULES["building-special"].conditions),
    ],
)


@settings(max_examples=EXAMPLES)
@given(st.integers(min_value=0, max_value=2**64), st.sampled_from([*RULES.values(), LIFT]), st.booleans())
def test_ten_thousand_electorates_are_counted_as_by_hand(
    seed: int, shipped: ConsultationRule, invalid_takes_part: bool
) -> None:
    rule = shipped.model_copy(update={"invalid_takes_part": invalid_takes_part})
    source = random.Random(seed)
    for _ in range(ELECTORATES_EACH):
        parts = estate_of(source)
        rows = rows_of(source, parts)
        building = parts[0]["building"]
        if rule.levels != (Level.ESTATE,):
            rows = [row for row in rows if Level.ESTATE in rule.levels or row["part"] in shared(parts, building)]
        found = decide("roof", electorate_of(parts), rule, ballots_of(rows), building=building, hallway="1")
        expected = {
            level: both_by_hand(
                parts if level is Level.ESTATE else [one for one in parts if one["building"] == building],
                rows,
                invalid_takes_part,
            )
            for level in rule.levels
        }
        cast = {level: one[0] for level, one in expected.items()}
        with_silence = {level: one[1] for level, one in expected.items()}
        agrees_with_hand(found.cast, cast, by_hand(parts, rule, cast))
        agrees_with_hand(found.with_silence, with_silence, by_hand(parts, rule, with_silence))
        assert found.majority == expected[rule.levels[0]][2]
        if rule.silence is None:
            assert (found.silence, found.decided_by) == (SilenceEffect.NO_RULE, DecidedBy.CAST)
        elif cast != with_silence:
            assert found.decided_by is DecidedBy.WITH_SILENCE


def shared(parts: list[dict[str, Any]], building: str) -> set[str]:
    return {one["id"] for one in parts if one["building"] == building}


def agrees_with_hand(found: Outcome, expected: dict[Level, Any], failed: list[str]) -> None:
    assert {level: sums(counting) for level, counting in found.by_level.items()} == {
        level: {name: one[name] for name in ("area", "heads", "contracts")} for level, one in expected.items()
    }
    assert list(found.failed_conditions) == failed
    assert found.passed == (not failed)


@given(st.integers(min_value=0, max_value=2**64), st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_does_not_matter(seed: int, shuffler: random.Random) -> None:
    source = random.Random(seed)
    parts = estate_of(source)
    ballots = ballots_of(rows_of(source, parts))
    found = counted(electorate_of(parts), ballots, "ordinary-silence")
    shuffler.shuffle(ballots)
    shuffler.shuffle(parts)
    assert counted(electorate_of(parts), ballots, "ordinary-silence") == found


THRESHOLDS = [(">", 1, 2), (">=", 2, 3), (">=", 3, 4), (">=", 95, 100), (">=", 1, 1)]


def condition(op: str, num: int, den: int, **more: Any) -> Condition:
    values = {"name": "c", "count": "heads", "denominator": "all", "basis": "b", **more}
    return Condition.model_validate({**values, "op": op, "num": num, "den": den})


@pytest.mark.parametrize(("op", "num", "den"), THRESHOLDS)
def test_every_share_of_up_to_120_is_compared_as_a_fraction(op: str, num: int, den: int) -> None:
    rule, asked = condition(op, num, den), Fraction(num, den)
    for of in range(1, 121):
        for have in range(of + 1):
            share = Fraction(have, of)
            assert meets(rule, have, of) == (share > asked if op == ">" else share >= asked)


@pytest.mark.parametrize("rule", ["ordinary", "special"])
@pytest.mark.parametrize("unit", [1, 5_000])
def test_one_unit_either_side_of_each_boundary(rule: str, unit: int) -> None:
    """By heads and by area at once, because all parts are alike."""
    estate = alike(120, unit)
    needed = {"ordinary": 41, "special": 60}[rule]
    for agree, passes in ((needed - 1, False), (needed, True), (needed + 1, True)):
        assert counted(estate, of_alike(estate, agree=agree, disagree=80 - agree), rule).passed == passes
    for taking, passes in ((79, False), (80, True), (81, True)):
        assert counted(estate, of_alike(estate, agree=taking), rule).passed == passes


@pytest.mark.parametrize("denominator", ["all", "participants"])
@pytest.mark.parametrize(("op", "num", "den"), THRESHOLDS)
@given(st.data())
def test_what_is_missing_is_enough_and_one_less_is_not(
    denominator: str, op: str, num: int, den: int, data: st.DataObject
) -> None:
    whole = data.draw(st.integers(1, 10**9))
    taking = data.draw(st.integers(0, whole))
    agreeing = data.draw(st.integers(0, taking))
    rule = condition(op, num, den, denominator=denominator)
    counting = Counting(*[Sums(whole, taking, agreeing)] * 3, 0)
    judged = judge(rule, counting, counting)

    def after(more: int) -> bool:
        return meets(rule, agreeing + more, whole if denominator == "all" else taking + more)

    assert judged.met == (judged.missing == 0)
    assert not judged.of or meets(rule, judged.needed, judged.of)
    assert not meets(rule, judged.needed - 1, judged.of)
    if judged.missing is None:
        assert not any(after(more) for more in (1, 10, 10**12))
    elif judged.of:
        assert after(judged.missing)
        assert judged.missing == 0 or not after(judged.missing - 1)
