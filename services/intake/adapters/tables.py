"""Intake's tables. Personal data is in `vault` alone; `ticket_texts` holds redacted text."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
)

metadata = MetaData()

_Time = DateTime(timezone=True)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("caller_ref", Text),
    Column("occurred_at", _Time, nullable=False),
    Column("received_at", _Time, nullable=False),
    Column("history", Boolean, nullable=False, server_default=false()),
    Column("text_version", Integer, nullable=False),
    Column("type_code", Text),
    Column("sub_district", Text),
    Column("estate", Text),
    Column("estate_name", Text),
    Column("urgency", Text),
    Column("lead", Text),
    Column("co_handlers", ARRAY(Text), nullable=False),
    Column("review_reason", Text),
    Column("continues", ForeignKey("tickets.id")),
    Column("settle_by", _Time),
    Column("settled_at", _Time),
    Column("settled_by", Text),
    Column("unit_solved", Boolean),
    Column("visited_at", _Time),
    Column("caller_solved", Boolean),
    Column("satisfaction", Text),
)
Index("tickets_states", tickets.c.state)
_newest = (tickets.c.state, tickets.c.received_at, tickets.c.id)
Index("tickets_by_state", *_newest)
Index("tickets_by_lead", tickets.c.lead, *_newest, postgresql_where=tickets.c.lead.is_not(None))
Index("tickets_by_place", tickets.c.sub_district, *_newest, postgresql_where=tickets.c.sub_district.is_not(None))

ticket_history = Table(
    "ticket_history",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", _Time, nullable=False),
    Column("step", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("detail", Text),
)

ticket_texts = Table(
    "ticket_texts",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("address", Text),
)

settlements = Table(
    "settlements",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("version", Integer, primary_key=True, comment="the ticket's after the step"),
    Column("public_answer", Text, nullable=False, comment="redacted"),
    Column("reason", Text, comment="why the unit says it is not solved; redacted"),
)

vault_keys = Table(
    "vault_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "holder", Text, nullable=False, unique=True, comment="the caller_ref, or the ticket's id for an anonymous call"
    ),
    Column("wrapped_key", LargeBinary, nullable=False),
)

vault = Table(
    "vault",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("key_id", Uuid, nullable=False, comment="no foreign key: the caller's key may be gone, the row stays"),
    Column("sealed", LargeBinary, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("client", Text, primary_key=True),
    Column("idempotency_key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("ticket_id", Uuid(as_uuid=False), nullable=False),
)
