"""R5 of docs/faults.md: the database stands still, or is restarted.

Nothing is taken for done, or for hopeless, meanwhile.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from kafka import TopicPartition

from tests.harness.fixtures import Report
from tests.kafka.faults.groups import Offsets, committed, records
from tests.kafka.faults.system import NO_DEAD_LETTERS, SCALE, TIMEOUT_S, WITH_DATABASE, System
from tests.kafka.faults.trial import trial

FAULT_S = 20 * SCALE
HANDLED = {
    "intake": {"ticket.classified.v1"},
    "projects": {"ticket.received.v1", "ticket.dispatched.v1", "ticket.sent_to_review.v1", "ticket.classified.v1"},
    "notifier": {"ticket.dispatched.v1", "ticket.text_recorded.v1"},
}


@pytest.mark.timeout(TIMEOUT_S)
@pytest.mark.parametrize("fault", ["paused", "restarted"])
def test_r5_without_its_database_a_service_waits_and_takes_nothing_for_done(
    system: System, report: Report, fault: str
) -> None:
    postgres = system.stack.postgres
    assert postgres is not None
    with trial(f"R5 {fault}", system, report) as one:
        one.wait_for_acked(200)
        if fault == "paused":
            postgres.freeze()
        else:
            postgres.stop()
        time.sleep(FAULT_S)
        offsets = {group: committed(system, group) for group in WITH_DATABASE}
        back = datetime.now(UTC)
        if fault == "paused":
            postgres.thaw()
        else:
            postgres.start_and_wait()
        undone = {group: _undone(system, group, at, back) for group, at in offsets.items()}
        one.heal()
        one.judge(fault_s=FAULT_S)
    assert undone == {group: set() for group in offsets}
    assert system.dead_letters() == NO_DEAD_LETTERS


def _undone(system: System, group: str, offsets: Offsets, before: datetime) -> set[str]:
    """The events below the committed offsets whose inbox row was not there when the database came back."""
    passed = {
        record.headers["ce_id"]
        for record in records(system, group)
        if record.headers["ce_type"] in HANDLED[group]
        and record.offset < offsets.get(TopicPartition(record.topic, record.partition), 0)
    }
    done = system.ask(group, "SELECT event_id FROM inbox WHERE consumer = %s AND at < %s", group, before)
    return passed - {str(event_id) for (event_id,) in done}
