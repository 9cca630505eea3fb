"""The table of messages to the city's hotline."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, DateTime, ForeignKey, Identity, Index, Integer, Table, Text, Uuid, func

from services.intake.store.follow_up_tables import metadata

_Time = DateTime(timezone=True)

city_messages = Table(
    "city_messages",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("message_id", Uuid(as_uuid=False), nullable=False, unique=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("body", JSON, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column(
        "due_at",
        _Time,
        server_default=func.now(),
        comment="null: nothing to be sent; later than now: waits, or is being sent",
    ),
    Column("sent_at", _Time),
    Column("given_up_at", _Time),
    Column("error", Text, comment="why it waits, or was given up"),
    comment="messages to the city; no personal data; all times are real",
)
_waiting = city_messages.c.due_at.is_not(None)
Index("city_messages_due", city_messages.c.due_at, city_messages.c.seq, postgresql_where=_waiting)
Index("city_messages_waiting", city_messages.c.ticket_id, city_messages.c.seq, postgresql_where=_waiting)
Index("city_messages_given_up", city_messages.c.seq, postgresql_where=city_messages.c.given_up_at.is_not(None))
