"""The traps in which counting by hand and by spreadsheet falls, each by its name."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from services.projects.domain.consultation.ballots import BallotChoice, SetAsideReason, VotedTwice
from services.projects.domain.consultation.counting import SilenceEffect
from services.projects.domain.consultation.electorate import Level, OwnedPart, Transfer, weight
from services.projects.domain.consultation.result import DecidedBy, DecidedItem, Judged
from tests.unit.projects.consultation.votes import (
    OPENED,
    RULES,
    SIGNS,
    alike,
    ballot,
    changed,
    counted,
    of_alike,
    owned,
    said,
)


def condition(decided: DecidedItem, name: str) -> Judged:
    return next(one for one in decided.deciding.judged if one.condition.name == name)


def test_1_two_denominators_sixty_percent_of_all_may_be_ninety_of_those_who_voted() -> None:
    estate = alike(300)
    found = counted(estate, of_alike(estate, agree=180, disagree=20))
    assert found.passed
    heads = condition(found, "approval_heads")
    assert (heads.have, heads.of) == (180, 200)
    assert Fraction(heads.have, heads.of) == Fraction(9, 10)
    of_all = counted(estate, of_alike(estate, agree=180, disagree=20), "two-thirds-of-all")
    assert not of_all.passed
    assert (condition(of_all, "consent_heads").have, condition(of_all, "consent_heads").of) == (180, 300)


def test_2_area_and_heads_are_judged_apart_and_what_is_missing_is_said() -> None:
    estate = owned(("shop", 500_00, "firm"), *((f"flat {one}", 50_00, f"owner {one}") for one in range(5)))
    found = counted(estate, said({"shop": "+", "flat 0": "+", "flat 1": "-", "flat 2": "-", "flat 3": "-"}))
    assert found.deciding.failed_conditions == ("approval_heads",)
    assert condition(found, "approval_area").met
    heads = condition(found, "approval_heads")
    assert (heads.have, heads.of, heads.needed, heads.missing) == (2, 5, 3, 2)
    assert (heads.left, heads.is_out_of_reach) == (1, True)
    few = counted(estate, said({"flat 0": "+", "flat 1": "+"}))
    area = condition(few, "participation_area")
    assert (area.have, area.of, area.missing) == (100_00, 750_00, 400_00)
    assert (area.left, area.is_out_of_reach) == (650_00, False)


def test_3_nothing_is_rounded_two_thirds_of_1291_are_861() -> None:
    estate = alike(1291)
    assert condition(counted(estate, of_alike(estate, agree=860)), "participation_heads").missing == 1
    assert not counted(estate, of_alike(estate, agree=860)).passed
    assert counted(estate, of_alike(estate, agree=861)).passed


def test_3_a_hundredth_of_a_square_metre_decides() -> None:
    estate = owned(("a", 2, "a"), ("b", 1, "b"))
    third = changed("two-thirds-of-all", conditions=[{**RULES["ordinary"].conditions[0].model_dump()}])
    assert counted(estate, said({"a": "+"}), third).passed
    estate = owned(("a", 2_000_000_00, "a"), ("b", 1_000_000_01, "b"))
    found = counted(estate, said({"a": "+"}), third)
    assert not found.passed
    assert found.deciding.judged[0].missing == 1


def test_4_a_head_is_one_in_the_estate_and_one_in_each_building() -> None:
    estate = owned(("a", 1, "same", "1"), ("b", 1, "same", "5"), ("c", 1, "other", "5"))
    assert weight(estate.within(Level.ESTATE)).heads == 2
    assert weight(estate.within(Level.BUILDING, "1")).heads == 1
    assert weight(estate.within(Level.BUILDING, "5")).heads == 2
    one = counted(estate, said({"a": "-", "b": "+", "c": "+"}), "building-ordinary", building="5")
    assert (one.deciding.by_level[Level.BUILDING].heads.agreeing, one.passed) == (2, True)


def test_4_a_buyer_of_several_parts_is_one_head_and_so_is_the_builder() -> None:
    estate = owned(("a", 1, "buyer"), ("b", 1, "buyer"), ("c", 1, "builder"), ("d", 1, "builder"), ("e", 1, "e"))
    assert weight(estate.parts).heads == 3
    heads = counted(estate, said({"a": "+", "b": "+", "c": "+", "d": "+"})).cast.by_level[Level.ESTATE].heads
    assert (heads.all, heads.taking_part, heads.agreeing) == (3, 2, 2)


def test_4_a_head_whose_parts_answer_differently_takes_part_once_and_agrees_to_nothing() -> None:
    estate = owned(("a", 1, "buyer"), ("b", 1, "buyer"), ("c", 1, "c"))
    counting = counted(estate, said({"a": "+", "b": "-", "c": "+"})).cast.by_level[Level.ESTATE]
    assert (counting.heads.taking_part, counting.heads.agreeing, counting.split_heads) == (2, 1, 1)
    assert (counting.area.taking_part, counting.area.agreeing) == (3, 2)


def test_5_what_one_owner_holds_is_shown() -> None:
    flats = [(f"{one}", 50_00, "housing company") for one in range(40)]
    estate = owned(*flats, *((f"own {one}", 50_00, f"owner {one}") for one in range(60)))
    found = counted(estate, said({f"own {one}": "+" for one in range(60)}))
    assert found.deciding.failed_conditions == ("participation_area",)
    shown = found.weights[Level.ESTATE]
    assert (shown.heads, shown.heaviest, shown.area) == (61, 2_000_00, 5_000_00)


def test_6_a_published_count_that_follows_from_its_numbers() -> None:
    """Minhang 2021: 2,261 votes, 995 yes, 27 no, 125 abstain, 1,071 delivered and silent: 91.38 % were published."""
    estate = alike(2261)
    found = counted(estate, of_alike(estate, agree=995, disagree=27, abstain=125, silent=1071), "special-silence")
    heads = found.with_silence.by_level[Level.ESTATE].heads
    assert (heads.agreeing, heads.taking_part, heads.all) == (2066, 2218, 2261)
    assert round(Fraction(heads.agreeing, heads.all), 4) == Fraction(9138, 10_000)
    assert (found.passed, found.decided_by) == (True, DecidedBy.WITH_SILENCE)
    by_area = alike(2261)
    fewer = counted(by_area, of_alike(by_area, agree=991, disagree=27, abstain=125, silent=1071), "special-silence")
    assert round(Fraction(fewer.with_silence.by_level[Level.ESTATE].heads.agreeing, 2261), 4) == Fraction(9120, 10_000)


def test_6_a_published_count_that_does_not_follow_from_its_numbers() -> None:
    """Minhang 2021: 1,291 votes, 417 yes, 278 no, 8 abstain, 584 silent: the page says 78.2 %."""
    estate = alike(1291)
    found = counted(estate, of_alike(estate, agree=417, disagree=278, abstain=8, silent=584), "ordinary-silence")
    heads = found.with_silence.by_level[Level.ESTATE].heads
    assert (heads.agreeing, heads.taking_part, heads.all) == (1001, 1287, 1291)
    shares = {round(Fraction(1001, below), 3) for below in (1287, 1291)}
    assert shares == {Fraction(778, 1000), Fraction(775, 1000)}
    assert Fraction(782, 1000) not in shares
    assert found.passed


@pytest.mark.parametrize(
    ("parts", "numbers"),
    [
        (1291, {"agree": 417, "disagree": 278, "abstain": 8, "silent": 584}),
        (2261, {"agree": 995, "disagree": 27, "abstain": 125, "silent": 1071}),
    ],
)
def test_7_both_countings_are_shown_and_which_one_decided(parts: int, numbers: dict[str, int]) -> None:
    estate = alike(parts)
    without, with_rule = (
        counted(estate, of_alike(estate, **numbers), rule) for rule in ("ordinary", "ordinary-silence")
    )
    assert without.cast == with_rule.cast
    assert without.with_silence == with_rule.with_silence
    assert set(without.cast.failed_conditions) >= {"participation_area", "participation_heads"}
    assert with_rule.with_silence.passed
    assert (without.passed, without.decided_by, without.silence) == (False, DecidedBy.CAST, SilenceEffect.NO_RULE)
    assert (with_rule.passed, with_rule.decided_by) == (True, DecidedBy.WITH_SILENCE)


def test_7_silence_counts_only_where_the_ballot_said_so_and_was_delivered() -> None:
    estate = alike(100)
    silent = of_alike(estate, agree=50, disagree=10, silent=40)
    rule = RULES["ordinary-silence"]
    assert rule.silence
    unsaid = changed("ordinary-silence", silence={**rule.silence.model_dump(), "warned": False})
    found = counted(estate, silent, unsaid)
    assert (found.passed, found.silence, found.decided_by) == (False, SilenceEffect.NOT_WARNED, DecidedBy.CAST)
    undelivered = [ballot(one.number, one.part_id, ".", delivered=False) for one in silent if one.number > 60]
    found = counted(estate, [*silent[:60], *undelivered], "ordinary-silence")
    assert (found.passed, found.silence, found.silent) == (False, SilenceEffect.NOBODY_SILENT, 0)


def test_8_without_a_common_majority_there_is_nothing_to_follow() -> None:
    estate = owned(("shop", 100, "firm"), *((f"{one}", 10, f"owner {one}") for one in range(6)))
    answers = {"shop": "-", "0": "+", "1": "+", "2": "+", "3": ".", "4": ".", "5": "."}
    found = counted(estate, said(answers), "ordinary-silence")
    assert (found.silence, found.majority, found.decided_by) == (SilenceEffect.NO_MAJORITY, None, DecidedBy.CAST)
    assert "participation_heads" in found.deciding.failed_conditions
    assert found.cast == found.with_silence


@pytest.mark.parametrize("numbers", [{"agree": 5, "disagree": 5}, {"agree": 3, "disagree": 2, "abstain": 4}, {}])
def test_8_a_tie_or_a_lead_of_abstentions_or_nobody_is_no_majority(numbers: dict[str, int]) -> None:
    estate = alike(20)
    found = counted(estate, of_alike(estate, **numbers, silent=8), "ordinary-silence")
    assert found.silence is SilenceEffect.NO_MAJORITY
    assert not found.passed


def test_9_abstaining_takes_part_and_does_not_agree() -> None:
    estate = alike(10)
    found = counted(estate, of_alike(estate, agree=5, abstain=5))
    assert found.deciding.failed_conditions == ("approval_area", "approval_heads")
    assert found.cast.by_level[Level.ESTATE].heads.taking_part == 10


def test_9_whether_an_invalid_ballot_takes_part_is_in_the_rule() -> None:
    estate = alike(3)
    ballots = of_alike(estate, agree=1, invalid=1)
    assert counted(estate, ballots).cast.by_level[Level.ESTATE].heads.taking_part == 1
    counting = counted(estate, ballots, changed("ordinary", invalid_takes_part=True)).cast.by_level[Level.ESTATE]
    assert (counting.heads.taking_part, counting.heads.agreeing) == (2, 1)


def test_9_who_hands_in_an_invalid_ballot_is_not_silent() -> None:
    estate = alike(3)
    found = counted(estate, of_alike(estate, agree=2, invalid=1), "ordinary-silence")
    assert found.silent == 0
    assert found.with_silence.by_level[Level.ESTATE].heads.agreeing == 2


def test_10_each_item_has_its_own_thresholds() -> None:
    estate = alike(100)
    ballots = of_alike(estate, agree=60, disagree=30)
    assert {rule: counted(estate, ballots, rule).passed for rule in ("ordinary", "special", "two-thirds-of-all")} == {
        "ordinary": True,
        "special": False,
        "two-thirds-of-all": False,
    }
    assert all(one.basis for rule in RULES.values() for one in rule.conditions)


def test_10_exactly_half_fails_and_exactly_three_quarters_pass() -> None:
    estate = alike(4)
    assert not counted(estate, of_alike(estate, agree=2, disagree=2)).passed
    assert counted(estate, of_alike(estate, agree=3, disagree=1), "special").passed


def test_11_a_co_owners_other_answer_is_held_back_and_not_the_last_one_taken() -> None:
    estate = alike(1)
    part = estate.parts[0].id
    found = counted(estate, [ballot(1, part, "+"), ballot(2, part, "-"), ballot(3, part, "+")])
    assert found.answers[BallotChoice.AGREE] == 1
    assert found.answers[BallotChoice.DISAGREE] == 0
    assert [(one.ballot.number, one.counted.number, one.reason) for one in found.set_aside] == [
        (2, 1, SetAsideReason.HELD_BACK),
        (3, 1, SetAsideReason.REPEATED),
    ]


def test_11_the_first_is_the_one_given_first_and_not_the_one_that_arrived_first() -> None:
    estate = alike(1)
    part = estate.parts[0].id
    late = ballot(1, part, "-", at=OPENED + timedelta(days=2))
    found = counted(estate, [late, ballot(2, part, "+", at=OPENED + timedelta(days=1))])
    assert found.answers[BallotChoice.AGREE] == 1
    assert found.set_aside[0].ballot.number == 1


def test_11_where_the_rule_says_so_the_last_answer_counts() -> None:
    estate = alike(1)
    part = estate.parts[0].id
    last = changed("ordinary", duplicates={"origins": ["paper", "electronic"], "again": "last"})
    found = counted(estate, [ballot(2, part, "-"), ballot(1, part, "+")], last)
    assert found.answers[BallotChoice.DISAGREE] == 1


@pytest.mark.parametrize("at", [OPENED, None])
@pytest.mark.parametrize(("again", "counts"), [("first", "+"), ("last", "-")])
def test_11_where_no_time_tells_two_answers_apart_their_arrival_does(at: object, again: str, counts: str) -> None:
    estate = alike(1)
    part = estate.parts[0].id
    rule = changed("ordinary", duplicates={"origins": [], "again": again})
    found = counted(estate, [ballot(2, part, "-", at=at), ballot(1, part, "+", at=at)], rule)
    assert found.answers[SIGNS[counts]] == 1
    assert found.set_aside[0].reason is SetAsideReason.HELD_BACK


def test_11_where_the_rule_takes_one_ballot_a_part_two_are_refused() -> None:
    estate = alike(1)
    part = estate.parts[0].id
    rule = changed("ordinary", duplicates={"origins": ["paper", "electronic"], "again": "refuse"})
    with pytest.raises(VotedTwice) as refused:
        counted(estate, [ballot(1, part, "+"), ballot(2, part, "+")], rule)
    assert {refused.value.one.number, refused.value.other.number} == {1, 2}
    assert counted(estate, [ballot(1, part, "+"), ballot(2, part, "-", "electronic")], rule).passed


def test_12_the_hash_is_over_parts_areas_and_heads_and_nothing_else() -> None:
    parts = [OwnedPart("a", "1", "1", 10, "x"), OwnedPart("b", "1", "1", 20, "x"), OwnedPart("c", "2", "1", 30, "y")]
    electorate = owned(("a", 10, "x", "1"), ("b", 20, "x", "1"), ("c", 30, "y", "2"))
    assert electorate.of(reversed(parts)).hash == electorate.hash
    renamed = [OwnedPart(one.id, one.building, one.hallway, one.area, f"key {one.owner}") for one in parts]
    assert electorate.of(renamed).hash == electorate.hash
    for other in (
        OwnedPart("a", "1", "1", 11, "x"),
        OwnedPart("a", "1", "1", 10, "z"),
        OwnedPart("a", "2", "1", 10, "x"),
        OwnedPart("a", "1", "2", 10, "x"),
        OwnedPart("A", "1", "1", 10, "x"),
    ):
        assert electorate.of([other, *parts[1:]]).hash != electorate.hash


def test_12_a_sale_moves_the_right_and_not_the_total() -> None:
    estate = owned(("a", 10, "seller"), ("b", 20, "seller"), ("c", 30, "other"))
    ballots = said({"a": "+", "b": "-", "c": "+"})
    sold = Transfer("b", OPENED, "register 17")
    counting = counted(estate, ballots, transfers=[sold]).cast.by_level[Level.ESTATE]
    assert (counting.heads.all, counting.heads.taking_part, counting.heads.agreeing) == (2, 2, 2)
    assert (counting.area.all, counting.area.taking_part, counting.area.agreeing) == (60, 60, 40)
    at_that_moment = Transfer("b", OPENED + timedelta(minutes=2), "register 17")
    assert counted(estate, ballots, transfers=[at_that_moment]).cast.by_level[Level.ESTATE] == counting
    later = Transfer("b", OPENED + timedelta(days=1), "register 18")
    assert counted(estate, ballots, transfers=[later]).cast.by_level[Level.ESTATE].split_heads == 1


def test_12_the_head_goes_along_with_the_last_part() -> None:
    estate = owned(("a", 10, "seller"), ("c", 30, "other"))
    counting = counted(estate, said({"a": "+"}), transfers=[Transfer("a", OPENED, "r")]).cast.by_level[Level.ESTATE]
    assert (counting.heads.all, counting.heads.agreeing) == (2, 1)


def test_13_paper_comes_before_electronic_where_the_rule_says_so_and_the_other_is_listed() -> None:
    estate = alike(1)
    part = estate.parts[0].id
    both = [ballot(1, part, "+", "electronic"), ballot(2, part, "-", "paper")]
    found = counted(estate, both)
    assert found.answers[BallotChoice.DISAGREE] == 1
    assert [(one.ballot.number, one.reason) for one in found.set_aside] == [(1, SetAsideReason.OUTRANKED)]
    other = changed("ordinary", duplicates={"origins": ["electronic", "paper"], "again": "first"})
    assert counted(estate, both, other).answers[BallotChoice.AGREE] == 1


def test_13_a_valid_ballot_comes_before_an_invalid_one() -> None:
    estate = alike(1)
    part = estate.parts[0].id
    found = counted(estate, [ballot(1, part, "x", "paper"), ballot(2, part, "+", "electronic")])
    assert found.answers[BallotChoice.AGREE] == 1
    assert found.set_aside[0].reason is SetAsideReason.INVALID_BESIDE_VALID


def test_13_that_a_ballot_was_delivered_is_no_second_ballot() -> None:
    estate = alike(1)
    part = estate.parts[0].id
    found = counted(estate, [ballot(1, part, "."), ballot(2, part, "+", delivered=False)])
    assert (found.answers[BallotChoice.AGREE], found.set_aside, found.silent) == (1, (), 0)


def test_14_one_failed_condition_fails_the_item_and_is_named() -> None:
    """The lift of 2014: two thirds of the estate, and ninety percent of the block."""
    estate = owned(*((f"{one}", 10, f"owner {one}", "1" if one < 10 else "2") for one in range(30)))
    basis = {"basis": "2014", "count": "heads", "denominator": "all", "op": ">="}
    lift = changed(
        "ordinary",
        conditions=[
            {**basis, "name": "estate", "electorate": "estate", "num": 2, "den": 3},
            {**basis, "name": "block", "electorate": "building", "num": 9, "den": 10},
        ],
    )
    agree = said({f"{one}": "+" for one in range(1, 22)})
    assert counted(estate, agree, lift, building="1").passed
    found = counted(estate, agree[:0] + said({f"{one}": "+" for one in range(2, 30)}), lift, building="1")
    assert found.deciding.failed_conditions == ("block",)
    assert (found.deciding.judged[1].have, found.deciding.judged[1].of) == (8, 10)


def test_ninety_five_percent_of_contracts_are_counted_by_part_whoever_holds_them() -> None:
    estate = owned(*((f"{one:02}", 10, "one tenant of several") for one in range(20)))
    tenants = sorted(part.id for part in estate.parts)
    assert counted(estate, said(dict.fromkeys(tenants[:19], "+")), "contracts-95").passed
    short = counted(estate, said(dict.fromkeys(tenants[:18], "+")), "contracts-95")
    assert (short.passed, short.deciding.judged[0].missing) == (False, 1)


def test_nobody_taking_part_meets_no_condition() -> None:
    estate = alike(3)
    for rule in ("ordinary", "special", "two-thirds-of-all", "contracts-95"):
        found = counted(estate, [], rule)
        assert not any(one.met for one in found.deciding.judged)
