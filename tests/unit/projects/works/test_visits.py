"""Visits before a warranty ends: what one may say, and when a round of them is overdue."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.projects.domain.works.visits import HomeVisit, RoundKey, VisitFault, VisitResult, VisitRound, rounds_of
from services.projects.domain.works.warranty import Warranty

ENDS = date(2031, 7, 1)
TODAY = date(2031, 6, 1)
ROUND = VisitRound(RoundKey("p", "3", ENDS))
LATE_DAYS = 14
DAYS = 60
DAY = timedelta(days=1)


def visit(result: VisitResult = VisitResult.FINE, on: date = TODAY, again_on: date | None = None) -> HomeVisit:
    return HomeVisit(f"visit-{on}-{result}", on, result, "li", again_on)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        (visit(on=TODAY + DAY), "on"),
        (visit(on=ENDS - 61 * DAY), "on"),
        (visit(VisitResult.NOBODY_HOME), "again_on"),
        (visit(VisitResult.FINE, again_on=TODAY), "again_on"),
        (visit(VisitResult.NOBODY_HOME, again_on=TODAY - DAY), "again_on"),
        (visit(VisitResult.NOBODY_HOME, again_on=ENDS + DAY), "again_on"),
    ],
)
def test_a_visit_that_cannot_be_names_its_field(said: HomeVisit, fact: str) -> None:
    with pytest.raises(VisitFault) as error:
        ROUND.visit(said, TODAY, DAYS)
    assert error.value.fact == fact


def test_a_round_is_overdue_the_day_after_the_one_that_was_promised() -> None:
    assert ROUND.fall_due(date(2031, 6, 17), LATE_DAYS) is None
    late = ROUND.fall_due(date(2031, 6, 18), LATE_DAYS)
    assert late
    assert (late.overdue, late.version) == (True, 1)
    assert late.fall_due(date(2031, 6, 19), LATE_DAYS) is None
    again = late.visit(visit(VisitResult.NOBODY_HOME, again_on=date(2031, 6, 20)), TODAY, DAYS)
    assert (again.overdue, again.is_done, again.answer_by(LATE_DAYS)) == (False, False, date(2031, 6, 20))
    assert again.fall_due(date(2031, 6, 20), LATE_DAYS) is None
    assert again.fall_due(date(2031, 6, 21), LATE_DAYS)


@given(st.lists(st.sampled_from(VisitResult), max_size=5), st.integers(0, 60))
def test_only_a_round_in_which_nobody_was_met_falls_due(results: list[VisitResult], days: int) -> None:
    kept, today = ROUND, ENDS - timedelta(days=60)
    for result in results:
        again = today + DAY if result is VisitResult.NOBODY_HOME else None
        kept = kept.visit(visit(result, today, again), today, DAYS)
        today += DAY
    late = kept.fall_due(today + timedelta(days=days), LATE_DAYS)
    met = any(result is not VisitResult.NOBODY_HOME for result in results)
    assert kept.is_done is met
    assert kept.version == len(results)
    if met:
        assert late is None


def test_warranties_of_a_block_that_end_together_are_one_round() -> None:
    def given_to(item: str, block: str | None, ends: date, replaced_by: str | None = None) -> Warranty:
        return Warranty(item, block, "E01", TODAY, ends, "waterproofing", replaced_by)

    other = ENDS - DAY
    warranties = (given_to("a", "3", ENDS), given_to("b", "3", ENDS), given_to("c", None, other))
    found = rounds_of("p", (*warranties, given_to("d", "5", ENDS, "a")))
    assert found == [RoundKey("p", None, other), RoundKey("p", "3", ENDS)]
    assert len({key.id for key in found}) == 2
