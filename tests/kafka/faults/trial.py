"""One fault test: load, fault, and what the judge says of it."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from services.contracts.topics import topic_table
from tests.harness.fixtures import Report
from tests.harness.load import Load
from tests.harness.oracle import Evidence, Sighting, Verdict, judge
from tests.harness.topics import Record, read_topic
from tests.kafka.faults.system import PATIENCE_S, System

RATE = 20
"""Tickets a second: what two cores bear beside a broker, a database and whatever else they do."""

LOADED_S = 45

ASSIGNED = "department.ticket_assigned.v1"
DEPARTMENTS = [name for name, topic in topic_table().topics.items() if ASSIGNED in topic.events]


@dataclass(slots=True)
class Trial:
    """`known`: the tickets of earlier trials on the same stack, which are none of this one's business."""

    fault: str
    system: System
    load: Load
    report: Report
    known: set[str] = field(default_factory=set)
    recovery_s: float = 0.0

    @property
    def acked(self) -> set[str]:
        return self.load.history.ids

    def wait_for_acked(self, more: int) -> None:
        """Until so many more tickets are acknowledged."""
        self.load.wait_for(acked=len(self.acked) + more, within=PATIENCE_S)

    def heal(self) -> None:
        """The fault is over: waits until all that was promised so far has gone through.

        The load goes on meanwhile; but on a machine too busy to gain on it, it ends, so that the work does too.
        """
        promised, began = set(self.acked), time.monotonic()
        try:
            self.system.wait_until_through(promised, within=LOADED_S)
        except AssertionError:
            self.load.stop()
            self.system.wait_until_through(promised)
        self.recovery_s = time.monotonic() - began

    def judge(self, **more: object) -> Verdict:
        """Stops the load, waits for the rest, prints the trial's line; fails for whatever is lost, doubled, swapped."""
        self.load.stop()
        history = self.load.history
        problem: str | None = None
        try:
            self.system.wait_until_through(self.acked)
        except AssertionError as error:
            problem = str(error)
        verdict = judge(self.acked, self._evidence())
        self.report(
            json.dumps(
                {
                    "fault": self.fault,
                    "sent": len(history.acked) + len(history.given_up) + len(history.refused),
                    "acked": len(self.acked),
                    "lost": len(verdict.lost),
                    "duplicated": len(verdict.duplicated),
                    "out_of_order": len(verdict.out_of_order),
                    "redelivered": verdict.redelivered,
                    "recovery_s": round(self.recovery_s, 1),
                    "failed_attempts": history.failed_attempts,
                    **more,
                }
            )
        )
        assert verdict.clean, verdict
        assert problem is None, problem
        assert not history.refused, history.refused[:3]
        assert len(history.acked) == len(self.acked), "two requests were answered with one ticket"
        unanswered = self.system.ticket_ids() - self.known - self.acked
        assert len(unanswered) <= len(history.given_up), f"tickets that nobody was told of: {unanswered}"
        return verdict

    def _evidence(self) -> Iterator[Evidence]:
        decided = {
            str(ticket): lead
            for ticket, lead in self.system.ask("intake", "SELECT id, lead FROM tickets WHERE state <> 'received'")
        }
        dispatched = {ticket for ticket in self.acked if decided.get(ticket)}
        yield self._table("intake", "SELECT id FROM tickets WHERE state <> 'received'")
        yield self._table(
            "projects",
            "SELECT ticket_id FROM ticket_sightings WHERE ticket_version IS NOT NULL AND text_version IS NOT NULL",
        )
        yield self._table(
            "notifier",
            "SELECT ticket_id, delivery_id FROM deliveries WHERE message = 'department.ticket_assigned.v1'",
            dispatched,
        )
        yield self._topic("tickets", self.acked, effects_per_version=True)
        yield self._topic("ticket-texts", self.acked, effects_per_version=True)
        yield self._topic("classifications", self.acked, effects_per_version=True)
        acked = self.acked
        assignments = [
            Sighting(ticket, f"{record.topic} {record.headers['ce_id']}")
            for record in self._read(*DEPARTMENTS)
            if (ticket := _key(record)) in acked and record.headers["ce_type"] == ASSIGNED
        ]
        yield Evidence("departments", dispatched, assignments)
        astray = {one.key for one in assignments if one.identity.split()[0] != f"departments.{decided.get(one.key)}"}
        yield Evidence("the lead's own topic", astray, [])

    def _table(self, service: str, query: str, expected: Collection[str] | None = None) -> Evidence:
        rows, acked = self.system.ask(service, query), self.acked
        sightings = [Sighting(str(row[0]), str(row[-1])) for row in rows if str(row[0]) in acked]
        return Evidence(service, self.acked if expected is None else expected, sightings)

    def _topic(self, topic: str, expected: Collection[str], *, effects_per_version: bool) -> Evidence:
        sightings = [
            Sighting(ticket, record.headers["ce_id"], json.loads(record.value or b"")["version"])
            for record in self._read(topic)
            if (ticket := _key(record)) in expected
        ]
        return Evidence(topic, expected, sightings, effects_per_version)

    def _read(self, *topics: str) -> list[Record]:
        return read_topic(self.system.stack.bootstrap, self.system.stack.flavour, *topics)


def _key(record: Record) -> str:
    return (record.key or b"").decode("utf-8", "replace")


@contextmanager
def trial(fault: str, system: System, report: Report, rate: float = RATE) -> Iterator[Trial]:
    """Load runs while the block does, or until the trial is judged."""
    system.wait_until_ready()
    load = system.load(rate)
    known = system.ticket_ids()
    load.start()
    try:
        yield Trial(fault, system, load, report, known)
    finally:
        load.stop()
