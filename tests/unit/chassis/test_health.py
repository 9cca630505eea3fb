from __future__ import annotations

import pytest

from services.chassis.web.health import Health


class _Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Time:
    return _Time()


@pytest.fixture
def health(clock: _Time) -> Health:
    health = Health(clock)
    health.expect("relay", within_seconds=10)
    return health


def test_a_worker_has_its_time_for_the_first_beat(health: Health, clock: _Time) -> None:
    clock.now = 10
    assert health.stuck() == {}
    clock.now = 10.5
    assert health.stuck() == {"relay": "no progress for 10 s"}


def test_a_worker_that_beats_is_alive(health: Health, clock: _Time) -> None:
    for _ in range(5):
        clock.now += 9
        health.beat("relay")
    assert health.stuck() == {}


def test_a_worker_that_hangs_comes_back_to_life_by_progress(health: Health, clock: _Time) -> None:
    clock.now = 100
    assert "relay" in health.stuck()
    health.beat("relay")
    assert health.stuck() == {}


def test_one_live_worker_does_not_hide_a_stuck_one(health: Health, clock: _Time) -> None:
    health.expect("consumer", within_seconds=10)
    clock.now = 11
    health.beat("consumer")
    assert set(health.stuck()) == {"relay"}


def test_a_dead_worker_stays_dead_whatever_it_says(health: Health) -> None:
    health.died("relay", "KeyError")
    health.beat("relay")
    assert health.stuck() == {"relay": "ended: KeyError"}


def test_a_death_without_a_message_counts() -> None:
    health = Health()
    health.died("consumer", "")
    assert "consumer" in health.stuck()


def test_a_retired_worker_is_no_longer_expected(health: Health, clock: _Time) -> None:
    health.retire("relay")
    clock.now = 100
    assert health.stuck() == {}


def test_beating_under_an_unknown_name_is_a_bug(health: Health) -> None:
    with pytest.raises(KeyError):
        health.beat("rely")


def test_readiness_gives_every_reason(health: Health, clock: _Time) -> None:
    def broken() -> str | None:
        raise OSError("secret path")

    health.ready_when("database", lambda: "no connection")
    health.ready_when("broker", lambda: None)
    health.ready_when("disk", broken)
    clock.now = 11
    assert health.unready() == {
        "database": "no connection",
        "disk": "the check failed: OSError",
        "relay": "no progress for 11 s",
    }


def test_an_unready_service_is_alive(health: Health) -> None:
    health.ready_when("database", lambda: "no connection")
    assert health.stuck() == {}
