from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.chassis.clock import FixedClock, SystemClock


def test_the_system_clock_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_a_fixed_clock_moves_only_when_advanced() -> None:
    clock = FixedClock(datetime(2026, 7, 1, 8, tzinfo=timezone(timedelta(hours=8))))
    assert clock.now() == clock.now() == datetime(2026, 7, 1, tzinfo=UTC)
    clock.advance(timedelta(days=3))
    assert clock.now() == datetime(2026, 7, 4, tzinfo=UTC)


def test_a_fixed_clock_wants_a_zone() -> None:
    with pytest.raises(ValueError, match="no zone"):
        FixedClock(datetime(2026, 7, 1))
