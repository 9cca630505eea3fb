"""The rank of an estate, and who pays and decides: by the rules as data."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.data_files import InvalidData
from services.contracts.ticket_events import Place
from services.projects.domain.plan_rules import RankPart
from services.projects.domain.yearly_plan import (
    PlanDecision,
    PlanEntry,
    in_order,
    payers_of,
    public_money,
    ranked,
    shares_of,
    undecided,
)
from services.projects.files.plan_rules import FILE, plan_rules

RULES = plan_rules()
VALUES = st.fixed_dictionaries({part: st.none() | st.integers(-5, 10_000) for part in RankPart})


def entry(estate: str = "quyang-1", **values: int | None) -> PlanEntry:
    found: dict[RankPart, int | None] = {RankPart(name): value for name, value in values.items()}
    return PlanEntry("p", Place(sub_district="310109010", estate=estate), "sold-public", found, ("n",))


@given(VALUES)
def test_a_rank_is_the_sum_of_its_parts_and_at_most_a_hundred_points(values: dict[RankPart, int | None]) -> None:
    shares = shares_of(values, RULES.rank)
    assert [share.part for share in shares] == [rule.part for rule in RULES.rank]
    assert all(0 <= share.tenths <= rule.weight * 10 for share, rule in zip(shares, RULES.rank, strict=True))
    assert sum(share.tenths for share in shares) <= 1000


@given(VALUES, st.sampled_from(sorted(RankPart)), st.integers(1, 100))
def test_more_of_a_part_never_lowers_the_rank(values: dict[RankPart, int | None], part: RankPart, more: int) -> None:
    known = values | {part: values[part] or 0}
    higher = known | {part: (known[part] or 0) + more}
    assert sum(one.tenths for one in shares_of(higher, RULES.rank)) >= sum(
        one.tenths for one in shares_of(known, RULES.rank)
    )


def test_an_estate_that_was_never_repaired_counts_as_one_repaired_long_ago() -> None:
    never, long_ago, lately = (dict(zip(RankPart, (0, 0, 0, 0, years, 0), strict=True)) for years in (None, 20, 2))
    assert shares_of(never, RULES.rank)[4].tenths == shares_of(long_ago, RULES.rank)[4].tenths == 100
    assert shares_of(lately, RULES.rank)[4].tenths == 10


@given(st.integers(0, 10**13), st.sampled_from(RULES.funding))
def test_who_pays_adds_up_to_the_cost_to_the_fen(cost: int, funding: object) -> None:
    payers = payers_of(cost, funding)  # type: ignore[arg-type]
    assert sum(payers) == cost
    assert min(payers) >= 0
    assert payers.public == cost - payers.owners


def test_works_of_a_million_yuan_are_decided_by_the_bureau_smaller_ones_by_the_office_of_the_place() -> None:
    assert RULES.decided_by(100_000_000, "310109010") == "housing"
    assert RULES.decided_by(99_999_999, "310109010") == "quyanglu"
    assert RULES.decided_by(99_999_999, None) is None


@pytest.mark.parametrize(
    ("cost_fen", "units"),
    [
        (None, {"housing", "quyanglu"}),  # not known yet
        (99_999_999, {"housing", "quyanglu"}),  # who decides on larger works may
        (100_000_000, {"housing"}),
    ],
)
def test_works_are_approved_by_who_decides_on_their_size_or_on_larger_ones(
    cost_fen: int | None, units: set[str]
) -> None:
    assert RULES.may_approve(cost_fen, "310109010") == units
    assert RULES.may_approve(cost_fen, None) == {"housing"}


def test_owners_money_does_not_count_against_the_budget_and_postponed_works_take_none() -> None:
    listed, postponed = entry(), entry("quyang-2")
    for one, decision in ((listed, PlanDecision.LISTED), (postponed, PlanDecision.POSTPONED)):
        one.cost_fen, one.decision = 1000, decision
        ranked(one, RULES)
    assert listed.payers
    assert (public_money([listed, postponed]), listed.payers.owners) == (800, 200)
    assert undecided([listed, postponed, entry("quyang-3")]) == [entry("quyang-3")]


def test_the_most_pressing_estate_stands_first_and_the_id_decides_between_equals() -> None:
    some = [entry("c", age=50), entry("b", age=10), entry("a", age=10)]
    for one in some:
        ranked(one, RULES)
    assert [one.place.estate for one in in_order(some)] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("right", "wrong", "why"),
    [
        ("weight: 25", "weight: 26", "must add up to 100"),
        ("part: heat", "part: age", "rank must have each part once"),
        ("owners: 100", "owners: 90", "the shares must add up to 100"),
        ("property_kind: commodity", "property_kind: castle", "is none of commodity"),
        ("from_fen: 0", "from_fen: 5", "authority must begin at 0"),
        ("from_fen: 100000000", "from_fen: 0", "authority must rise"),
        ("decided_by: housing", "decided_by: mars", "'mars' is no department"),
        ("asking_types: [MJ19]", "asking_types: [roof]", "asking_types"),
    ],
)
def test_wrong_rules_are_refused_with_the_reason(tmp_path: Path, right: str, wrong: str, why: str) -> None:
    file = tmp_path / "plan_rules.yaml"
    text = FILE.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(InvalidData, match=why):
        plan_rules(file)
