"""The tables of matters: tickets without a registered estate, and what holds them together."""

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
    Table,
    Text,
    UniqueConstraint,
    false,
)

from services.projects.store.tables import metadata

matters = Table(
    "matters",
    metadata,
    Column("id", Text, primary_key=True, comment="stands for the estate where its calls are counted"),
    Column("anchor", Text, nullable=False, comment="the place, or the words, that hold it together"),
    Column("ordinal", Integer, nullable=False, comment="matters of the same anchor before"),
    Column("name", Text, nullable=False),
    Column("type_code", Text, nullable=False, comment="as most of the tickets that began it"),
    Column("places", ARRAY(Text), nullable=False),
    Column("weights", LargeBinary, nullable=False, comment="what those that belong to it have in common"),
    Column("began_at", DateTime(timezone=True), nullable=False, comment="event time"),
    UniqueConstraint("anchor", "ordinal"),
)

matter_keys = Table(
    "matter_keys",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("matter_id", Text, ForeignKey("matters.id"), primary_key=True),
)

traces = Table(
    "traces",
    metadata,
    Column("ticket_id", Text, primary_key=True),
    Column("text_version", Integer, nullable=False),
    Column("place_words", ARRAY(Text), nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("caller_ref", Text),
    Column("occurred_at", DateTime(timezone=True), comment="absent until it has been compared"),
    Column("history", Boolean, nullable=False, server_default=false()),
    Column("sub_district", Text),
    Column("places", ARRAY(Text)),
    Column("heading", ARRAY(Text)),
    Column("weights", LargeBinary),
    Column("matter_id", Text, ForeignKey("matters.id")),
    comment="tickets without a registered estate; of those of no matter only the newest months are kept",
)
Index("traces_of_matter", traces.c.matter_id, traces.c.occurred_at, postgresql_where=traces.c.matter_id.is_not(None))
Index("traces_free", traces.c.occurred_at, postgresql_where=traces.c.matter_id.is_(None))

trace_keys = Table(
    "trace_keys",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("occurred_at", DateTime(timezone=True), primary_key=True),
    Column("ticket_id", Text, ForeignKey("traces.ticket_id", ondelete="CASCADE"), primary_key=True),
    comment="by which tickets of no matter are found again",
)
Index("trace_keys_of_ticket", trace_keys.c.ticket_id)

matter_choices = Table(
    "matter_choices",
    metadata,
    Column("ticket_id", Text, primary_key=True),
    Column("matter_id", Text, primary_key=True),
    Column("belongs", Boolean, nullable=False),
    comment="what people said of a ticket and a matter; it outranks every comparison",
)
