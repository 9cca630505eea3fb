"""The threads of a process: none dies unnoticed, and a halted consumer is no dead one."""

from __future__ import annotations

import threading

import pytest

from services.chassis.messaging.processing import Halted
from services.chassis.web.health import Health
from services.chassis.workers import STUCK_AFTER_S, Workers
from tests.harness.waiting import Stopwatch


class Now:
    at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def workers(now: Now) -> Workers:
    return Workers(Health(now))


def health_of(workers: Workers) -> Health:
    return workers._health


def halts() -> None:
    raise Halted("too many rejects")


def fails() -> None:
    raise KeyError("street")


def test_a_halted_consumer_is_not_ready_and_never_stuck(workers: Workers, now: Now) -> None:
    workers.add("projects", halts)
    workers.start()
    workers.join()
    now.at += 10 * STUCK_AFTER_S
    assert health_of(workers).stuck() == {}
    assert health_of(workers).unready() == {"projects": "halted: too many rejects"}
    assert not workers.failed


def test_a_bug_is_reported_at_once_and_the_process_has_failed(workers: Workers) -> None:
    noticed = threading.Event()
    workers.on_death = noticed.set
    workers.add("relay", fails)
    workers.start()
    assert noticed.wait(10)
    assert workers.failed
    assert health_of(workers).stuck() == {"relay": "ended: KeyError"}


def test_a_worker_that_stands_still_is_stuck_in_time(workers: Workers, now: Now) -> None:
    workers.add("relay", lambda: None)
    workers.start()
    now.at += STUCK_AFTER_S + 1
    assert list(health_of(workers).stuck()) == ["relay"]


def test_all_are_asked_to_stop_and_whoever_hangs_is_left_behind(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.workers.GRACE_S", 0.2)
    ended, hangs = threading.Event(), threading.Event()

    def ends_in_order() -> None:
        workers.stop.wait()
        ended.set()

    workers.add("stubborn", hangs.wait)  # type: ignore[arg-type]
    workers.add("also stubborn", hangs.wait)  # type: ignore[arg-type]
    workers.add("orderly", ends_in_order)
    workers.start()
    began = Stopwatch()
    workers.join()
    assert ended.wait(10)
    assert began.seconds() < 5
    hangs.set()
