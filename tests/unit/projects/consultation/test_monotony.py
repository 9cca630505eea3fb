"""What one more ballot can do, and what it cannot."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.projects.domain.consultation.ballots import BallotChoice
from services.projects.domain.consultation.counting import SilenceEffect
from tests.unit.projects.consultation.electorates import ballots_of, electorate_of, estate_of, rows_of
from tests.unit.projects.consultation.votes import RULES, alike, ballot, changed, counted, of_alike

ESTATE_RULES = ["ordinary", "ordinary-silence", "special", "special-silence", "two-thirds-of-all", "contracts-95"]
SEEDS = st.integers(min_value=0, max_value=2**64)


@settings(max_examples=500)
@given(SEEDS, st.sampled_from(ESTATE_RULES), st.data())
def test_one_more_agreement_never_turns_passed_to_failed(seed: int, rule: str, data: st.DataObject) -> None:
    """Also where those who take part are the denominator: who agrees stands above the line as well as below it."""
    source = random.Random(seed)
    parts = estate_of(source)
    ballots = ballots_of(rows_of(source, parts))
    before = counted(electorate_of(parts), ballots, rule)
    part = data.draw(st.sampled_from(parts))["id"]
    agreeing = ballot(len(ballots) + 1, part, "+", data.draw(st.sampled_from(["paper", "electronic"])))
    after = counted(electorate_of(parts), [*ballots, agreeing], rule)
    assert after.passed >= before.passed
    assert after.cast.passed >= before.cast.passed
    for one, other in zip(before.cast.judged, after.cast.judged, strict=True):
        assert other.met >= one.met


@settings(max_examples=500)
@given(SEEDS, st.sampled_from(ESTATE_RULES), st.data())
def test_who_changes_from_refusal_to_agreement_never_turns_passed_to_failed(
    seed: int, rule: str, data: st.DataObject
) -> None:
    source = random.Random(seed)
    parts = estate_of(source)
    ballots = ballots_of(rows_of(source, parts))
    if not ballots:
        return
    place = data.draw(st.integers(0, len(ballots) - 1))
    if ballots[place].choice in (BallotChoice.INVALID, BallotChoice.EMPTY):
        return
    turned = [*ballots]
    turned[place] = replace(ballots[place], choice=BallotChoice.AGREE)
    estate = electorate_of(parts)
    assert counted(estate, turned, rule).passed >= counted(estate, ballots, rule).passed


def test_a_refusal_can_carry_an_item_over_the_participation() -> None:
    """So it is with every quorum: who wants an item to fail may do better to stay away."""
    estate = alike(3)
    assert not counted(estate, of_alike(estate, agree=1)).passed
    estate = alike(9)
    assert not counted(estate, of_alike(estate, agree=5)).passed
    assert counted(estate, of_alike(estate, agree=5, disagree=1)).passed


def test_where_only_participation_is_asked_an_agreement_can_undo_a_majority_that_silence_followed() -> None:
    """The one exception; a rule that asks for at least half of those taking part is free of it."""
    asked = [one.model_dump() for one in RULES["ordinary"].conditions if one.counted == "taking_part"]
    rule = changed("ordinary-silence", conditions=asked)
    estate = alike(30)
    before = of_alike(estate, agree=4, disagree=5, silent=15)
    one_more = ballot(25, estate.parts[24].id, "+")
    assert counted(estate, before, rule).passed
    after = counted(estate, [*before, one_more], rule)
    assert (after.passed, after.silence) == (False, SilenceEffect.NO_MAJORITY)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_all_rules_that_come_with_the_service_are_free_of_it(rule: str) -> None:
    asked = [one for one in RULES[rule].conditions if one.counted == "agreeing"]
    assert asked
    assert all(one.num * 2 >= one.den for one in asked)
