from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.retry_policy import HOUR, MINUTE, RetryPolicy

SHARES = st.floats(0, 1)


def test_the_schedule_is_the_published_one() -> None:
    policy = RetryPolicy()
    waits = [policy.wait_s(attempts, 0) for attempts in range(1, policy.attempts)]
    hours = [2, 5, 10, 14, 20, 24]
    assert waits == [5, 5 * MINUTE, 30 * MINUTE, *(number * HOUR for number in hours)]
    assert policy.attempts == 10
    assert round(sum(policy.waits_s) / HOUR, 1) == 75.6
    assert policy.give_up_after.total_seconds() > sum(policy.waits_s) * 1.1 + 10 * policy.longest_rest_s


@given(st.integers(1, 9), SHARES)
def test_no_try_comes_before_its_published_time_nor_much_later(attempts: int, share: float) -> None:
    policy = RetryPolicy()
    published, wait = policy.waits_s[attempts - 1], policy.wait_s(attempts, share) or 0
    assert published <= wait <= published * 1.1 + 1e-6


@given(st.integers(10, 1000), SHARES)
def test_after_the_tenth_try_there_is_none(attempts: int, share: float) -> None:
    assert RetryPolicy().wait_s(attempts, share) is None


@given(st.integers(0, 10_000), SHARES)
def test_the_breaker_opens_after_some_failures_and_never_for_longer_than_its_limit(failures: int, share: float) -> None:
    policy = RetryPolicy()
    rest = policy.rest_s(failures, share)
    assert (rest > 0) == (failures >= policy.breaker_after)
    assert rest <= policy.longest_rest_s
    assert rest <= policy.rest_s(failures + 1, share)


@given(st.none() | st.floats(-1e9, 1e9))
def test_a_receiver_is_left_alone_as_it_asks_but_not_for_longer_than_the_limit(asked: float | None) -> None:
    policy = RetryPolicy()
    assert policy.asked_s(asked) == min(max(asked or 0, 0), HOUR)
