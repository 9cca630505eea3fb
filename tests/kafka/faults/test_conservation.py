"""R17 of docs/faults.md: from the metrics alone: received = classified + dead-lettered + in flight,
to the last ticket.
"""

from __future__ import annotations

import json

import pytest

from services.localstack.postgres import connect
from tests.kafka.faults.letters import replay_all
from tests.kafka.faults.planted import REFUSE, trigger
from tests.kafka.faults.system import SCALE, TIMEOUT_S, System, soon
from tests.kafka.faults.trial import Report

TICKETS = 400 * SCALE


@pytest.mark.timeout(TIMEOUT_S)
def test_r17_the_metrics_account_for_every_ticket(system: System, report: Report) -> None:
    system.wait_until_ready()
    with trigger(system, "intake", ["tickets"], "row.state <> 'received' AND row.id::text LIKE '%0'", REFUSE):
        history = system.load(60).run(TICKETS)
        rejected = sum(ticket.endswith("0") for ticket in history.ids)
        assert rejected > 0
        soon(lambda: _balance(system) == (TICKETS, TICKETS - rejected, rejected, 0),
                   what=f"(received, classified, dead-lettered, in flight) with {rejected} rejected")  # fmt: skip
    assert replay_all(system, "intake") == rejected
    soon(lambda: _balance(system) == (TICKETS, TICKETS, 0, 0), what="the balance after the replay")
    hops = _hops(system)
    units = _units_to_notify(system)
    soon(lambda: system.metric("notifier", "closedloop_deliveries_total", outcome="sent") == units, "all told")
    report(json.dumps({"fault": "R17", "sent": TICKETS, "acked": len(history.ids), "lost": 0, "duplicated": 0,
                       "redelivered": 0, "recovery_s": 0.0, "dead_lettered": rejected, "hops": hops}))  # fmt: skip
    assert set(hops.values()) == {TICKETS}


def _units_to_notify(system: System) -> int:
    """The lead of each dispatched ticket, and those that help."""
    with connect(system.stack.database_urls["intake"]) as connection:
        query = "SELECT sum(1 + cardinality(co_handlers)) FROM tickets WHERE state = 'dispatched'"
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def _balance(system: System) -> tuple[float, float, float, float]:
    """Received, classified, dead-lettered, in flight."""
    in_flight = (
        system.metric("intake", "closedloop_outbox_depth")
        + system.metric("classifier", "closedloop_consumer_lag_events")
        + system.metric("intake", "closedloop_consumer_lag_events")
    )
    return (
        system.metric("intake", "closedloop_tickets_received_total"),
        system.metric("intake", "closedloop_tickets_classified_total"),
        system.metric("intake", "closedloop_dead_letters"),
        in_flight,
    )


def _hops(system: System) -> dict[str, float]:
    """What each hop counted of the tickets: all the same."""
    published, consumed = "closedloop_events_published_total", "closedloop_events_consumed_total"
    return {
        "ticket-texts out": system.metric("intake", published, topic="ticket-texts"),
        "ticket-texts in": system.metric("classifier", consumed, outcome="handled"),
        "classifications out": system.metric("classifier", published, topic="classifications"),
        "classifications in": system.metric("intake", consumed, outcome="handled")
        + system.metric("intake", consumed, outcome="replayed"),
        "counted": system.metric("projects", consumed, type="ticket.received.v1", outcome="handled"),
    }
