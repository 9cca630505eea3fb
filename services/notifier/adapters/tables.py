"""The tables of notifier."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

known_tickets = Table(
    "known_tickets",
    metadata,
    Column("ticket_id", Text, primary_key=True),
    Column("dispatch_version", Integer, comment="the ticket's version in its newest dispatch"),
    Column("text_version", Integer, comment="of the newest text; kept when the text itself is pruned"),
    Column("text", Text, comment="redacted; absent until it arrives, and again once the topic has dropped it"),
    Column("address", Text),
    Column("text_recorded_at", DateTime(timezone=True)),
    comment="one row a ticket, and the lock under which its dispatch and its text meet",
)
Index(
    "known_tickets_to_prune",
    known_tickets.c.text_recorded_at,
    postgresql_where=known_tickets.c.text.is_not(None),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("delivery_id", Uuid, primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("ticket_id", Text, nullable=False),
    Column("ticket_version", Integer, nullable=False),
    Column(
        "text_version", Integer, nullable=False, comment="the text that was dispatched by; a newer one does as well"
    ),
    Column("dispatch", JSONB, nullable=False, comment="the causing event's body"),
    Column("dispatched_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)),
    UniqueConstraint("event_id", "recipient", "channel"),
    CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="published_says_when"),
)
Index("deliveries_by_time", deliveries.c.dispatched_at, deliveries.c.delivery_id)
Index("deliveries_by_ticket", deliveries.c.ticket_id, deliveries.c.dispatched_at, deliveries.c.delivery_id)
Index("deliveries_by_recipient", deliveries.c.recipient, deliveries.c.dispatched_at, deliveries.c.delivery_id)
Index(
    "deliveries_awaiting_text",
    deliveries.c.ticket_id,
    postgresql_where=deliveries.c.status == "awaiting_text",
)
