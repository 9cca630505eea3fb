"""What a whole stack shows of the tickets that were acknowledged: rows, logs, messages."""

from __future__ import annotations

import json
from typing import LiteralString

from services.contracts.department_events import TicketAssigned
from services.contracts.topics import topic_table
from services.localstack.postgres import connect
from services.localstack.stack import Stack
from tests.harness.load import History
from tests.harness.oracle import Evidence, Sighting, Verdict, judge
from tests.harness.topics import Record, read_by
from tests.harness.waiting import eventually

_TICKETS = """
    SELECT t.id::text, coalesce(r.idempotency_key, 'no receipt'), t.version
    FROM tickets t LEFT JOIN receipts r ON r.ticket_id = t.id
"""
_SIGHTINGS = "SELECT ticket_id, ticket_id, 1 FROM ticket_sightings WHERE ticket_version IS NOT NULL"
_COUNTED = "SELECT ticket_id, ticket_id, 1 FROM ticket_sightings WHERE type_code IS NOT NULL"
_DELIVERIES = (
    "SELECT ticket_id, delivery_id::text, 1 FROM deliveries"
    " WHERE status = 'published' AND message = 'department.ticket_assigned.v1'"
)
_DISPATCHED = "SELECT id::text, id::text, 1 FROM tickets WHERE state = 'dispatched'"
_DECIDED = "SELECT id::text, id::text, 1 FROM tickets WHERE state IN ('dispatched', 'in review')"


def settle(stack: Stack, history: History, within: float) -> None:
    """Waits until every acknowledged ticket has gone its whole way and no outbox holds anything."""

    def all_at(service: str, query: LiteralString, expected: set[str]) -> None:
        eventually(lambda: expected <= _keys(stack, service, query), within, 0.2, f"{service} has all tickets")

    all_at("intake", _DECIDED, history.ids)
    all_at("projects", _COUNTED, history.ids)
    all_at("notifier", _DELIVERIES, _keys(stack, "intake", _DISPATCHED) & history.ids)
    eventually(lambda: not _unpublished(stack), within, 0.2, "the outboxes are empty")


def verdict(stack: Stack, history: History) -> Verdict:
    """Judges every place a ticket must reach; call `settle` first.

    Redelivered records are allowed where their identity is deterministic (classifications), and on the embedded
    broker, which cannot fence. Everywhere a late write of an older version is out of order.
    """
    acked = history.ids
    dispatched = _keys(stack, "intake", _DISPATCHED) & acked
    texts, facts, readings = (_log(stack, topic) for topic in ("ticket-texts", "tickets", "classifications"))
    topics = {name: one for name, one in topic_table().topics.items() if name.startswith("departments.")}
    streams = [name for name, one in topics.items() if one.events and not one.state_of]
    return judge(
        acked,
        [
            Evidence("intake.tickets", acked, _rows(stack, "intake", _TICKETS), effects_per_version=True),
            Evidence("ticket-texts", acked, texts, effects_per_version=True),
            Evidence("tickets", acked, facts, effects_per_version=True),
            Evidence("classifications", acked, readings, effects_per_version=True),
            Evidence("projects.ticket_sightings", acked, _rows(stack, "projects", _SIGHTINGS)),
            Evidence("notifier.deliveries", dispatched, _rows(stack, "notifier", _DELIVERIES)),
            Evidence("departments.*", dispatched, _log(stack, *streams, about=TicketAssigned.type)),
        ],
    )


def _log(stack: Stack, *topics: str, about: str | None = None) -> list[Sighting]:
    """What the topics hold, or of it what is of the type `about`."""
    records = read_by(stack.brokers, *topics)
    return [_sighting(record) for record in records if about in (None, record.headers["ce_type"])]


def _sighting(record: Record) -> Sighting:
    body = json.loads(record.value or b"{}")
    identity = body.get("delivery_id") or record.headers["ce_id"]
    return Sighting(record.headers["ce_subject"], identity, body["version"])


def _rows(stack: Stack, service: str, query: LiteralString) -> list[Sighting]:
    with connect(stack.database_urls[service]) as connection:
        rows = connection.execute(query).fetchall()
    return [Sighting(str(key), str(identity), int(str(version))) for key, identity, version in rows]


def _keys(stack: Stack, service: str, query: LiteralString) -> set[str]:
    return {sighting.key for sighting in _rows(stack, service, query)}


def _unpublished(stack: Stack) -> set[str]:
    query: LiteralString = "SELECT seq::text, topic, 1 FROM outbox WHERE published_at IS NULL"
    return {f"{service} {row}" for service in stack.database_urls for row in _keys(stack, service, query)}
