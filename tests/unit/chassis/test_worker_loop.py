"""The loop of a worker that takes small steps."""

from __future__ import annotations

import threading

import pytest

from services.chassis import worker_loop
from services.chassis.messaging.errors import Retry
from services.chassis.web.health import Health
from services.chassis.worker_loop import step_until


def test_it_rests_after_a_step_that_finds_nothing_and_takes_one_again_whose_dependency_is_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_loop, "RETRY_S", 0)
    stop, done, ends = threading.Event(), list[str](), [True, Retry("down"), False]

    def step() -> bool:
        end = ends.pop(0)
        done.append("step")
        if not ends:
            stop.set()
        if isinstance(end, Exception):
            raise end
        return bool(end)

    health = Health()
    health.expect("worker", 60)
    step_until(stop, health, "worker", step, lambda: done.append("rest"))
    assert done == ["step", "step", "rest", "step", "rest"]


def test_a_bug_ends_it() -> None:
    def step() -> bool:
        raise KeyError("bug")

    with pytest.raises(KeyError):
        step_until(threading.Event(), Health(), "worker", step, lambda: None)
