"""The eight are always eight, however they stand."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.districts import sub_districts
from services.projects.domain.standards.clause_checks import CheckMethod, CheckVerdict, StandardCheck
from services.projects.domain.standards.rollout import Rollout, RolloutStanding, RolloutState, standing, tally

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
NUMBERS = st.none() | st.integers(1, 4)


@st.composite
def rollouts(draw: st.DrawFn, code: str) -> tuple[Rollout, list[StandardCheck]]:
    rollout = Rollout("s", code, draw(st.sampled_from(RolloutState)), draw(NUMBERS))
    rollout.exempt_until = draw(st.none() | DAYS)
    checks = [
        StandardCheck(str(n), code, draw(st.sampled_from("123")), draw(st.integers(1, 4)), CheckMethod.DATA, "",
                      (made := draw(DAYS)), made + timedelta(days=draw(st.integers(0, 200))),
                      draw(st.sampled_from(CheckVerdict)))
        for n in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    return rollout, checks


@given(st.tuples(*(rollouts(code) for code in sub_districts())), NUMBERS, DAYS)
def test_adopted_older_exempt_unknown_and_planned_are_always_eight(
    eight: tuple[tuple[Rollout, list[StandardCheck]], ...], in_force: int | None, today: date
) -> None:
    counted = tally(standing(rollout, checks, in_force, today) for rollout, checks in eight)
    assert sum(counted.values()) == len(sub_districts()) == 8
    assert set(counted) == set(RolloutStanding)


def test_an_overdue_check_is_unknown_and_a_new_version_makes_all_older() -> None:
    check = StandardCheck("c", "310109010", "1", 1, CheckMethod.ON_SITE, "", date(2026, 7, 1), date(2026, 8, 1),
                          CheckVerdict.SATISFIED)  # fmt: skip
    rollout = Rollout("s", "310109010", RolloutState.ACCEPTED, 1)
    assert standing(rollout, [check], 1, date(2026, 8, 1)) is RolloutStanding.ADOPTED
    assert standing(rollout, [check], 1, date(2026, 8, 2)) is RolloutStanding.UNKNOWN
    assert standing(rollout, [check], 2, date(2026, 8, 2)) is RolloutStanding.OLDER
