"""The tables of what the state topics of departments say."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.notifier.store.tables import metadata

held_tickets = Table(
    "held_tickets",
    metadata,
    Column("ticket_id", Text, primary_key=True),
    Column("version", Integer, nullable=False, comment="of the newest fact; 0: none yet"),
    Column(
        "facts",
        JSONB,
        nullable=False,
        comment="of the newest fact; once every department has a tombstone, who may hear of it alone",
    ),
    Column("breached", JSONB, nullable=False, comment="the end of each clock that was breached, by clock"),
    comment="one row a ticket, and the lock under which its state topics are written",
)

holdings = Table(
    "holdings",
    metadata,
    Column("ticket_id", Text, ForeignKey(held_tickets.c.ticket_id), primary_key=True),
    Column("department", Text, primary_key=True),
    Column("revision", Integer, nullable=False, comment="of the newest record on the department's state topic"),
    Column("role", Text, comment="lead or co-handler; null: withdrawn"),
    Column("withdrawn", Text, comment="why"),
    Column("withdrawn_at", DateTime(timezone=True), comment="business time"),
    Column("shown", LargeBinary, comment="a hash of the newest record; null: a tombstone, or none yet"),
    comment="one row a ticket and department that has it or had it; kept, so that no revision comes twice",
)
