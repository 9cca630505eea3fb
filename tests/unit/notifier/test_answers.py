"""What a receiver's answer means."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.answers import MAY_ASK, Outcome, outcome_of, seconds_asked

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@given(st.integers(100, 599))
def test_2xx_alone_is_success_and_410_alone_means_gone(status: int) -> None:
    outcome = outcome_of(status, None, NOW)
    assert (outcome.error is None) == (200 <= status < 300)
    assert outcome.gone == (status == 410)


@given(st.integers(100, 599), st.integers(0, 100))
def test_four_statuses_alone_may_ask_for_a_rest(status: int, seconds: int) -> None:
    asked = outcome_of(status, str(seconds), NOW).asked_s
    assert asked == (seconds if status in MAY_ASK else None)
    assert sorted(MAY_ASK) == [429, 502, 503, 504]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("120", 120),
        ("Wed, 01 Jul 2026 12:02:00 GMT", 120),
        ("Wed, 01 Jul 2026 11:00:00 GMT", 0),
        ("Wed, 01 Jul 2026 12:02:00", None),
        ("", None),
        (None, None),
        ("soon", None),
        ("inf", None),
        ("nan", None),
        ("Wed, 99 Jul 2026 12:02:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_nothing_else(said: str | None, asked: float | None) -> None:
    assert seconds_asked(said, NOW) == asked


@given(st.text(max_size=100))
def test_whatever_a_receiver_writes_there_is_read_or_ignored(said: str) -> None:
    asked = seconds_asked(said, NOW)
    assert asked is None or isinstance(asked, float)


def test_an_error_names_the_status() -> None:
    assert outcome_of(302, None, NOW) == Outcome("answered 302")
