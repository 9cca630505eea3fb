"""R9 of docs/faults.md: when everything is rejected the fault is ours: the consumer stops,
and a replay makes all good.
"""

from __future__ import annotations

import httpx
import pytest

from services.chassis.messaging.reject_limit import RejectLimit
from tests.harness.fixtures import Report
from tests.kafka.faults.groups import committed
from tests.kafka.faults.letters import open_letters, replay_all
from tests.kafka.faults.planted import REFUSE, trigger
from tests.kafka.faults.system import SCALE, TIMEOUT_S, System, soon
from tests.kafka.faults.trial import trial

TABLES = {"projects": ["ticket_sightings"], "notifier": ["known_tickets", "known_matters"]}
"""What every event writes. One that got through would begin the row of rejects anew: with the same load before it,
a trial's 97th ticket confirms a suspicion, whose news reaches notifier just when the fault is planted."""


@pytest.mark.timeout(TIMEOUT_S)
@pytest.mark.parametrize("service", TABLES)
def test_r9_a_stream_of_rejects_stops_the_consumer_and_a_replay_restores_all(
    system: System, report: Report, service: str
) -> None:
    limit, before = _consecutive_limit(), system.dead_letters()
    process = system.stack.service(service)
    with trial(f"R9 {service}", system, report) as one:
        one.wait_for_acked(100)
        with trigger(system, service, TABLES[service], "true", REFUSE):
            soon(lambda: system.metric(service, "closedloop_consumer_halted", consumer=service) == 1, "a halt")
            assert httpx.get(f"{process.url}/readyz").status_code == 503
            assert httpx.get(f"{process.url}/livez").status_code == 200
            halted_at = committed(system, service)
            one.wait_for_acked(100 * SCALE)
            assert len(open_letters(system, service)) == limit, "the topic runs into the dead letters"
            assert committed(system, service) == halted_at
        process.restart()
        replayed = replay_all(system, service)
        one.heal()
        one.judge(replayed=replayed)
    assert open_letters(system, service) == []
    assert replayed == limit
    assert system.dead_letters() == before | {service: before[service] + limit}


def _consecutive_limit() -> int:
    """How many letters a consumer writes in a row until it stops."""
    limit, count = RejectLimit(), 1
    while not limit.record(True):
        count += 1
    return count
