"""An event too large for the broker amidst others waits with its key's successors for a person; all else goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.chassis.messaging.wire import pack_headers
from services.contracts.event import Envelope
from services.contracts.ticket_events import Channel, TicketSentToReview
from tests.harness.fixtures import Report
from tests.harness.topics import read_topic
from tests.kafka.faults.system import TIMEOUT_S, System, soon
from tests.kafka.faults.trial import trial

SIZES = {"refused by the broker": 1_500_000, "refused by the client": 5_000_000}


@pytest.mark.timeout(TIMEOUT_S)
@pytest.mark.parametrize("refusal", SIZES)
def test_an_event_too_large_is_set_aside_with_its_keys_successors(system: System, report: Report, refusal: str) -> None:
    large, other = str(uuid4()), str(uuid4())
    with trial(f"too large, {refusal}", system, report) as one:
        one.wait_for_acked(60)
        _record(system, [_fact(large, 1), _fact(large, 2, SIZES[refusal]), _fact(large, 3), _fact(other, 1)])
        soon(lambda: _versions(system, other) == [1], what="the other key's event")
        soon(lambda: system.metric("intake", "closedloop_outbox_set_aside") == 2,
                   what="the large event and its successor in the metric")  # fmt: skip
        one.wait_for_acked(100)
        one.heal()
        assert _versions(system, large) == [1]
        (cause,) = system.ask("intake", "SELECT set_aside_cause FROM outbox WHERE set_aside_at IS NOT NULL")
        assert "TooLarge" in cause[0]
        soon(lambda: system.metric("intake", "closedloop_outbox_depth") < 100, what="all other events gone out")
        with system.database("intake") as connection:  # an operator shortens it
            connection.execute(
                "UPDATE outbox SET value = %s, set_aside_at = NULL WHERE set_aside_at IS NOT NULL",
                [_fact(large, 2).value()],
            )
        soon(lambda: _versions(system, large) == [1, 2, 3], what="the mended event and its successor")
        soon(lambda: system.metric("intake", "closedloop_outbox_set_aside") == 0, what="nothing set aside")
        one.judge(bytes=SIZES[refusal])


def _fact(ticket: str, version: int, size: int = 10) -> Envelope:
    now = datetime.now(UTC)
    event = TicketSentToReview(
        version=version,
        ticket_id=ticket,
        state="in review",
        channel=Channel.PHONE,
        occurred_at=now,
        received_at=now,
        review_reason="x" * size,
    )
    return Envelope(uuid4(), "/310109/test", now, event)


def _record(system: System, envelopes: Sequence[Envelope]) -> None:
    """Writes to intake's outbox past its own check of sizes."""
    with system.database("intake") as connection, connection.transaction():
        for one in envelopes:
            connection.execute(
                "INSERT INTO outbox (event_id, topic, key, version, headers, value) VALUES (%s, %s, %s, %s, %s, %s)",
                [one.id, "tickets", one.key, one.event.version, pack_headers(one.headers()), one.value()],
            )


def _versions(system: System, ticket: str) -> list[int]:
    return [
        json.loads(one.value or b"")["version"]
        for one in read_topic(system.stack.bootstrap, system.stack.flavour, "tickets")
        if one.key == ticket.encode()
    ]
