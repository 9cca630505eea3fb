from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.retry_policy import HOUR, RetryPolicy

SHARES = st.floats(0, 1)


@given(SHARES)
def test_waits_grow_within_their_jitter_and_end(share: float) -> None:
    patience = RetryPolicy()
    waits = [patience.wait_s(attempts, share) or 0 for attempts in range(1, patience.attempts)]
    assert waits == sorted(waits)
    assert patience.wait_s(patience.attempts, share) is None
    assert patience.wait_s(patience.attempts + 1, share) is None
    for wait, whole in zip(waits, patience.waits_s, strict=True):
        assert whole / 2 <= wait <= whole


def test_a_night_s_outage_fails_no_delivery() -> None:
    patience = RetryPolicy()
    shortest = sum(patience.wait_s(attempts, 0) or 0 for attempts in range(1, patience.attempts))
    assert shortest > 10 * HOUR


@given(st.integers(0, 10_000), SHARES)
def test_the_breaker_opens_after_some_failures_and_never_for_longer_than_its_limit(failures: int, share: float) -> None:
    patience = RetryPolicy()
    rest = patience.rest_s(failures, share)
    assert (rest > 0) == (failures >= patience.breaker_after)
    assert rest <= patience.longest_rest_s
    assert rest <= patience.rest_s(failures + 1, share)
