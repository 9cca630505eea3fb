"""R1, R2: services die, or are told to stop, while tickets come in."""

from __future__ import annotations

import random
import time

import pytest

from tests.harness.waiting import eventually
from tests.kafka.faults.system import SCALE, System
from tests.kafka.faults.trial import Report, trial

KILLS_EACH = 3 * SCALE


@pytest.mark.timeout(240 * SCALE)
def test_r1_services_killed_at_random_lose_and_double_nothing(system: System, report: Report) -> None:
    chance = random.Random(12345)
    victims = [process for process in system.processes() for _ in range(KILLS_EACH)]
    chance.shuffle(victims)
    with trial("R1", system, report) as one:
        one.load.wait_for(acked=40, within=30)
        for victim in victims:
            eventually(lambda victim=victim: victim.pid, within=30, what=f"{victim.name} started again")
            time.sleep(chance.uniform(0.2, 2.5))  # at a random moment of its life: that is the fault
            victim.kill()
        one.heal(within=90)
        one.judge(kills=len(victims))
    assert system.dead_letters() == {"intake": 0, "projects": 0, "notifier": 0}
