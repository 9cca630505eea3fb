"""What is in force on a day, as far as it was known at a moment: as a replay of what was decided until then says."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import pytest

from services.projects.domain.standards.clauses import Clause
from services.projects.domain.standards.standard import Edition, EditionContent, EditionState, Retirement, Standard

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = 1000
CONTENT = EditionContent("", (Clause("1", "x"),))


class Decided(NamedTuple):
    """`number` None: retired after `first`."""

    at: datetime
    number: int | None
    first: date
    last: date | None


def history(dice: random.Random) -> tuple[Standard, list[Decided]]:
    """Years of a standard: issues at random, as far as the terms admit them, and at last a retirement."""
    standard = Standard("s", "", "housing", ("MJ01",), BEGIN)
    decided, now = [], BEGIN
    for _ in range(dice.randint(1, 30)):
        now += timedelta(days=dice.randint(0, 60), hours=dice.randint(0, 23))
        first = now.date() + timedelta(days=dice.randint(-5, 90))
        last = first + timedelta(days=dice.randint(-1, 200)) if dice.random() < 0.3 else None
        issued = standard.issued()
        if issued and issued[-1].effective_to and dice.random() < 0.7:
            first = issued[-1].effective_to + timedelta(days=1)
        if standard.term_fault(first, last, now.date()):
            continue
        number = len(standard.editions) + 1
        standard.editions.append(
            Edition(number, CONTENT, EditionState.ISSUED, effective_from=first, effective_to=last, issued_at=now)
        )
        decided.append(Decided(now, number, first, last))
    if decided and dice.random() < 0.5:
        now += timedelta(days=dice.randint(0, 60))
        end = now.date() + timedelta(days=dice.randint(0, 100))
        standard.retirement = Retirement(end, now, "")
        decided.append(Decided(now, None, end, None))
    return standard, decided


def replayed(decided: list[Decided], day: date, known: datetime) -> int | None:
    """Day by day what was decided until then says which version holds; the later decision overrules."""
    holds: int | None = None
    for one in decided:
        if one.at > known:
            break
        if one.number is None:
            holds = None if day > one.first else holds
        elif day >= one.first:
            holds = one.number if one.last is None or day <= one.last else None
    return holds


@pytest.mark.parametrize("seed", range(20))
def test_a_question_as_of_any_moment_has_the_answer_of_a_replay(seed: int) -> None:
    dice = random.Random(seed)
    standard, decided = history(dice)
    for _ in range(MOMENTS // 20):
        day = BEGIN.date() + timedelta(days=dice.randint(-10, 2500))
        known = BEGIN + timedelta(days=dice.randint(-10, 2500), hours=dice.randint(0, 23))
        found = standard.in_force(day, known)
        assert (found.number if found else None) == replayed(decided, day, known)


@pytest.mark.parametrize("seed", range(20))
def test_issued_versions_never_overlap_and_a_gap_is_never_between_two(seed: int) -> None:
    standard, _ = history(random.Random(seed))
    issued = standard.issued()
    for before, after in pairwise(issued):
        assert before.effective_from
        assert after.effective_from
        assert after.effective_from > before.effective_from
        if before.effective_to:
            assert after.effective_from == before.effective_to + timedelta(days=1)


@pytest.mark.parametrize("seed", range(50))
def test_a_standard_rules_between_two_days_if_it_is_in_force_on_one_of_them(seed: int) -> None:
    dice = random.Random(seed)
    standard, decided = history(dice)
    known = BEGIN + timedelta(days=99_999)
    days = [BEGIN.date() + timedelta(days=n) for n in range(3_000)]
    in_force = [day for day in days if standard.in_force(day, known)]
    for _ in range(20):
        first, last = sorted(dice.sample(days, 2))
        assert standard.rules_between(first, last) == any(first <= day <= last for day in in_force), decided
