"""Loops rest while a process has nothing to do, and look at once when something happens."""

from __future__ import annotations

import threading
import time

from services.chassis.activity import QUIET_AFTER_S, Activity
from tests.harness.waiting import eventually


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_process_is_busy_for_a_while_after_each_thing_that_happens() -> None:
    clock = Hand()
    activity = Activity(clock)
    assert not activity.quiet
    clock.now += QUIET_AFTER_S + 0.1
    assert activity.quiet
    activity.stir()
    assert not activity.quiet


def test_all_that_rest_wake_when_something_happens() -> None:
    clock = Hand()
    activity = Activity(clock)
    clock.now += QUIET_AFTER_S + 0.1
    resting = [threading.Thread(target=activity.rest, args=(60,)) for _ in range(3)]
    for thread in resting:
        thread.start()
    eventually(lambda: activity._resting == 3, within=10)
    activity.stir()
    for thread in resting:
        thread.join(10)
    assert not any(thread.is_alive() for thread in resting)


def test_nobody_rests_in_a_busy_process() -> None:
    activity, began = Activity(Hand()), time.monotonic()
    activity.rest(60)
    assert time.monotonic() - began < 30


def test_a_pause_ends_when_somebody_waits_for_what_comes_after_it() -> None:
    activity = Activity(Hand())
    pausing = threading.Thread(target=activity.pause, args=(3600,), daemon=True)
    pausing.start()

    def ended() -> bool:
        activity.hurry()
        return not pausing.is_alive()

    eventually(ended, within=10)
