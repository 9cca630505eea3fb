"""Which hot issues join a case after its proposal: as the issues stand now, whatever the order they were found in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.projects.domain.cases.proposal import Standing, came_later

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ISSUES = st.lists(
    st.builds(
        lambda day, name: Standing(BEGIN + timedelta(days=day), f"issue-{name}", f"estate-{name}", None),
        st.integers(0, 20),
        st.integers(0, 12),
    ),
    unique_by=lambda one: one.id,
)


@given(ISSUES, st.sets(st.integers(0, 12)), st.integers(0, 20))
def test_what_joins_is_confirmed_since_the_first_of_the_proposal_and_not_of_it(
    issues: list[Standing], own: set[int], proposed: int
) -> None:
    held, at = {f"issue-{name}" for name in own}, BEGIN + timedelta(days=proposed)
    joined = came_later(issues, held, at)
    first = min([one.confirmed_at for one in issues if one.id in held] or [at])
    assert set(joined) == {one.id for one in issues if one.id not in held and one.confirmed_at >= first}
    assert came_later(issues[::-1], held, at) == joined


@given(ISSUES, st.sets(st.integers(0, 12), min_size=1))
def test_the_first_of_the_proposal_decides_whatever_the_moment_of_it_was(issues: list[Standing], own: set[int]) -> None:
    held = {f"issue-{name}" for name in own}
    if not any(one.id in held for one in issues):
        return
    assert came_later(issues, held, BEGIN) == came_later(issues, held, BEGIN + timedelta(days=99))
