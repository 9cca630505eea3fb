from __future__ import annotations

import itertools
import time

import pytest

from tests.harness import waiting
from tests.harness.waiting import Stopwatch, eventually, slowness


def test_it_returns_the_first_truthy_value() -> None:
    values = iter([0, None, 7])
    assert eventually(lambda: next(values), within=5, every=0.001) == 7


def test_an_assertion_inside_means_not_yet() -> None:
    values = iter([1, 2, 3])

    def third() -> bool:
        assert next(values) == 3
        return True

    assert eventually(third, within=5, every=0.001)


def test_in_vain_it_names_what_it_saw_last() -> None:
    with pytest.raises(AssertionError, match=r"the lag did not come within 0.1 s; last seen: \[\]"):
        eventually(list, within=0.01, every=0.001, what="the lag")


def test_what_is_costly_or_long_in_coming_is_asked_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    now, looks = 0.0, 0

    def pass_by(seconds: float) -> None:
        nonlocal now
        now += seconds

    def look_for_a_second() -> bool:
        nonlocal looks
        looks += 1
        pass_by(1)
        return now > 100

    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(time, "sleep", pass_by)
    assert eventually(look_for_a_second, within=200)
    assert now < 107
    assert 25 < looks < 50


def test_any_other_error_is_the_tests_own() -> None:
    with pytest.raises(ZeroDivisionError):
        eventually(lambda: 1 / 0, within=5)


def test_a_limit_is_stretched_for_a_busy_machine() -> None:
    asked = itertools.count()
    began = time.monotonic()
    assert eventually(lambda: time.monotonic() - began > 0.05 and next(asked) >= 0, within=0.01, every=0.001)


def test_a_duration_is_given_as_on_a_machine_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Stopwatch()
    monkeypatch.setattr(waiting, "slowness", lambda: 4.0)
    time.sleep(0.05)
    assert watch.seconds() == pytest.approx(0.05 / 4, rel=0.9)


def test_no_machine_is_quicker_than_one_at_rest() -> None:
    assert slowness() >= 1
