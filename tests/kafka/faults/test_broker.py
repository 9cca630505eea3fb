"""R3 of docs/faults.md: the broker stands still, or goes away and comes back with its log.

Tickets are taken all the while.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.kafka.faults.system import NO_DEAD_LETTERS, SCALE, TIMEOUT_S, System
from tests.kafka.faults.trial import RATE, Report, Trial, trial

PAUSE_S = 20 * SCALE
OUTAGE_S = 30 * SCALE


@pytest.mark.timeout(TIMEOUT_S)
def test_r3_a_paused_broker_delays_and_loses_nothing(system: System, report: Report) -> None:
    broker = system.stack.broker
    assert broker is not None
    with trial("R3 paused", system, report) as one:
        one.wait_for_acked(40)
        with _tickets_are_taken(one, PAUSE_S):
            broker.freeze()
            time.sleep(PAUSE_S)
        broker.thaw()
        one.heal()
        one.judge(pause_s=PAUSE_S)
    assert system.dead_letters() == NO_DEAD_LETTERS


@pytest.mark.timeout(TIMEOUT_S)
def test_r3_a_broker_that_comes_back_with_its_log_has_lost_nothing(system: System, report: Report) -> None:
    broker = system.stack.broker
    assert broker is not None
    with trial("R3 restarted", system, report) as one:
        one.wait_for_acked(40)
        with _tickets_are_taken(one, OUTAGE_S):
            began = time.monotonic()
            broker.stop()
            time.sleep(began + OUTAGE_S - time.monotonic())
        broker.start_and_wait()
        one.heal()
        one.judge(outage_s=OUTAGE_S)
    assert system.dead_letters() == NO_DEAD_LETTERS


@contextmanager
def _tickets_are_taken(one: Trial, seconds: float) -> Iterator[None]:
    """Receipt needs the database alone: while the block runs no request fails, and the answers go on."""
    before, failed = len(one.acked), one.load.history.failed_attempts
    yield
    assert one.load.history.failed_attempts == failed
    assert len(one.acked) - before > RATE * seconds / 2
