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

known_matters = Table(
    "known_matters",
    metadata,
    Column("matter_id", Text, primary_key=True, comment="the hot issue's id or the project's"),
    Column("version", Integer, nullable=False, comment="of the newest fact; 0: none yet"),
    comment="one row a hot issue or project: a fact older than one already told is told to nobody",
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("delivery_id", Uuid, primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("ticket_id", Text),
    Column(
        "text_version",
        Integer,
        comment="the text that the ticket was dispatched by; a newer one does as well",
    ),
    Column("dispatch", JSONB, comment="the body of a ticket's dispatch"),
    Column("caused_at", DateTime(timezone=True), nullable=False, comment="when the event was recorded"),
    Column("told_at", DateTime(timezone=True)),
    Column("message", Text, nullable=False, comment="the type of what is told"),
    Column("hot_issue_id", Text),
    Column("project_id", Text),
    Column("version", Integer, nullable=False, comment="of the ticket, hot issue or project"),
    UniqueConstraint("event_id", "recipient", "channel"),
    CheckConstraint("(status = 'published') = (told_at IS NOT NULL)", name="published_says_when"),
    CheckConstraint("num_nonnulls(ticket_id, hot_issue_id, project_id) = 1", name="tells_of_one_matter"),
)
_LOG_ORDER = (deliveries.c.caused_at, deliveries.c.delivery_id)
Index("deliveries_by_time", *_LOG_ORDER)
Index("deliveries_by_recipient", deliveries.c.recipient, *_LOG_ORDER)
for _matter in (deliveries.c.ticket_id, deliveries.c.hot_issue_id, deliveries.c.project_id):
    Index(f"deliveries_by_{_matter.name}", _matter, *_LOG_ORDER, postgresql_where=_matter.is_not(None))
Index(
    "deliveries_awaiting_text",
    deliveries.c.ticket_id,
    postgresql_where=deliveries.c.status == "awaiting_text",
)
