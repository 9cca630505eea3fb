"""When to stop rather than drain a topic into the dead letters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.messaging.reject_limit import RejectLimit


def passed_at(limit: RejectLimit, outcomes: list[bool]) -> int | None:
    """The number of the event (from 1) that passes the limit."""
    return next((number for number, rejected in enumerate(outcomes, start=1) if limit.record(rejected)), None)


def test_so_many_rejects_in_a_row_are_borne_and_one_more_is_not() -> None:
    assert passed_at(RejectLimit(consecutive=20), [True] * 30) == 21


def test_one_good_event_starts_the_row_afresh() -> None:
    assert passed_at(RejectLimit(consecutive=20), ([True] * 20 + [False]) * 4) is None


def test_a_share_of_rejects_is_judged_over_a_full_window_only() -> None:
    two_of_three = [True, True, False] * 100
    assert passed_at(RejectLimit(consecutive=20, ratio=0.5, window=200), two_of_three) == 200


def test_half_is_borne() -> None:
    assert passed_at(RejectLimit(consecutive=20, ratio=0.5, window=200), [True, False] * 500) is None


@given(st.lists(st.booleans(), max_size=300), st.integers(1, 5), st.integers(1, 50))
def test_the_limit_is_what_its_sentence_says(outcomes: list[bool], consecutive: int, window: int) -> None:
    limit = RejectLimit(consecutive, 0.5, window)
    for seen in range(1, len(outcomes) + 1):
        row = 0
        for rejected in reversed(outcomes[:seen]):
            if not rejected:
                break
            row += 1
        last = outcomes[max(0, seen - window) : seen]
        expected = row > consecutive or (len(last) == window and sum(last) > window / 2)
        assert limit.record(outcomes[seen - 1]) is expected
