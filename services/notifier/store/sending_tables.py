"""The tables of how messages to officers left, or did not."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, Table, Text, Uuid

from services.notifier.store.officer_tables import officer_messages, officers
from services.notifier.store.tables import metadata

officer_tries = Table(
    "officer_tries",
    metadata,
    Column("message_id", Uuid, ForeignKey(officer_messages.c.message_id), primary_key=True),
    Column("rank", Integer, primary_key=True, comment="of the officer's way"),
    Column("officer_id", Uuid, ForeignKey(officers.c.officer_id), nullable=False),
    Column("channel", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, comment="business time; counts for the channel's limits"),
    Column("outcome", Text, comment="sent, failed, withheld; null: not known yet"),
    Column("cause", Text),
    comment="each way by which a message was to leave",
)
Index("officer_tries_of_officer", officer_tries.c.officer_id, officer_tries.c.at)
Index("officer_tries_by_time", officer_tries.c.at)

resting_ways = Table(
    "resting_ways",
    metadata,
    Column("officer_id", Uuid, ForeignKey(officers.c.officer_id, ondelete="CASCADE"), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("address", Text, nullable=False, comment="another address is tried at once"),
    Column("cause", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False, comment="business time"),
    Column("until", DateTime(timezone=True), nullable=False, comment="business time"),
    comment="ways to officers that failed and are not tried for a time",
)
Index("resting_ways_by_end", resting_ways.c.until)
