"""R1, R2 of docs/faults.md: services die, or are asked to stop, while tickets come in."""

from __future__ import annotations

import random
import time

import pytest

from services.localstack.service_process import ServiceProcess
from tests.harness.fixtures import Report
from tests.harness.waiting import Stopwatch
from tests.kafka.faults.system import NO_DEAD_LETTERS, SCALE, TIMEOUT_S, System, await_life
from tests.kafka.faults.trial import trial

KILLS_EACH = 3 * SCALE


@pytest.mark.timeout(TIMEOUT_S)
def test_r1_services_killed_at_random_lose_and_double_nothing(system: System, report: Report) -> None:
    chance = random.Random(12345)
    victims = [process for process in system.processes() for _ in range(KILLS_EACH)]
    chance.shuffle(victims)
    with trial("R1", system, report) as one:
        one.wait_for_acked(40)
        for victim in victims:
            await_life(victim)
            time.sleep(chance.uniform(0.2, 2.5))  # at a random moment of its life: that is the fault
            victim.kill()
        one.heal()
        one.judge(kills=len(victims))
    assert system.dead_letters() == NO_DEAD_LETTERS


@pytest.mark.timeout(TIMEOUT_S)
def test_r2_a_rolling_restart_goes_unnoticed_by_a_client_that_retries(system: System, report: Report) -> None:
    longest_stop = 0.0
    with trial("R2", system, report) as one:
        one.wait_for_acked(40)
        for process in system.processes() * SCALE:
            took, code = _stop_in_order(process)
            assert code == 0, f"{process.name} ended with {code}"
            assert took < 5, f"{process.name} took {took:.1f} s to stop"
            longest_stop = max(longest_stop, took)
            process.start_and_wait()
        one.heal()
        history = one.load.history
        one.judge(longest_stop_s=round(longest_stop, 1))
    unanswered = len(history.given_up) + len(history.refused)
    assert unanswered < 0.005 * len(history.acked)
    assert system.dead_letters() == NO_DEAD_LETTERS


def _stop_in_order(process: ServiceProcess) -> tuple[float, int | None]:
    """Seconds of a machine at rest from SIGTERM to the end, and the exit code."""
    child = process._process
    assert child is not None
    asked = Stopwatch()
    process.stop()
    return asked.seconds(), child.returncode
