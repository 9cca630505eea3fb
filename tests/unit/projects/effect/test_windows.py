"""Which months are compared."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.projects.domain.effect.compared_months import windows
from services.projects.domain.months import Month
from services.projects.files.effect_rules import effect_rules

RULES = effect_rules()
DAYS = st.dates(date(2015, 1, 1), date(2040, 1, 1))


def month(day: date) -> Month:
    return Month(day.year, day.month)


@given(DAYS, st.integers(0, 1500), st.integers(0, 900))
def test_no_month_of_the_decision_the_works_or_the_acceptance_is_compared(
    decided: date, preparation: int, works: int
) -> None:
    start = decided + timedelta(days=preparation)
    accepted = start + timedelta(days=works)
    found = windows(decided, start, accepted, RULES)
    assert all(month(decided) < one < month(start) for one in found.before)
    assert all(one > month(accepted) for one in found.second)
    assert found.first == found.second[: len(found.first)]
    assert {one.month for one in found.second} == {one.month for one in found.before}
    assert found.short == (len({one.month for one in found.before}) < 12)
    assert len(found.before) <= RULES.most_before
    if not found.short:
        assert (len(found.first), len(found.second)) == (12, 24)


def test_with_half_a_year_before_only_the_same_months_are_compared() -> None:
    found = windows(date(2026, 1, 10), date(2026, 8, 3), date(2027, 2, 20), RULES)
    assert [str(one) for one in found.before] == [f"2026-{n:02}" for n in range(2, 8)]
    first = ["2027-03", "2027-04", "2027-05", "2027-06", "2027-07", "2028-02"]
    assert [str(one) for one in found.first] == first
    assert len(found.second) == 12
