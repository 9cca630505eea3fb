"""R6 of docs/faults.md: every group begins again at offset 0.

The inbox knows it all: nothing changes, nobody is notified twice.
"""

from __future__ import annotations

import time

import pytest

from tests.harness.fixtures import Report
from tests.harness.groups import SUBSCRIPTIONS, reset_to_beginning
from tests.harness.topics import read_topic
from tests.kafka.faults.groups import wait_until_nothing_is_due, wait_until_read
from tests.kafka.faults.system import SCALE, TIMEOUT_S, WITH_DATABASE, System
from tests.kafka.faults.trial import DEPARTMENTS, trial


@pytest.mark.timeout(TIMEOUT_S)
def test_r6_replaying_everything_changes_nothing(system: System, report: Report) -> None:
    with trial("R6", system, report) as one:
        one.wait_for_acked(600 * SCALE)
        one.load.stop()
        system.wait_until_through(one.acked)
        wait_until_read(system)
        wait_until_nothing_is_due(system)  # chains that reach nobody go on at once, by deadlines
        wait_until_read(system)
        for process in system.processes():
            process.stop()
        before, messages = _checksums(system), len(_records(system, *DEPARTMENTS))
        readings = _records(system, "classifications")
        records = sum(reset_to_beginning(system.stack.bootstrap, group) for group in SUBSCRIPTIONS)
        began = time.monotonic()
        for process in system.processes():
            process.start()
        system.wait_until_ready()
        wait_until_read(system)
        wait_until_nothing_is_due(system)
        one.recovery_s = time.monotonic() - began
        again = _records(system, "classifications")
        one.judge(records=records, read_again=len(again) - len(readings))
    assert len(again) >= 2 * len(readings), "the classifier has not read again"
    assert set(again) == set(readings), "a second reading of a text got another id"
    assert _checksums(system) == before
    assert len(_records(system, *DEPARTMENTS)) == messages


def _records(system: System, *topics: str) -> list[str]:
    return [one.headers["ce_id"] for one in read_topic(system.stack.bootstrap, system.stack.flavour, *topics)]


def _checksums(system: System) -> dict[str, str]:
    """Of every table but the counts of attempts, in which each reading is an attempt."""
    sums: dict[str, str] = {}
    for service in WITH_DATABASE:
        tables = system.ask(service, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in tables:
            if table != "attempts":
                query = f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} AS t"  # noqa: S608
                sums[f"{service}.{table}"] = system.ask_one(service, query)
    return sums
