"""The tables of projects."""

from __future__ import annotations

from sqlalchemy import Column, Computed, DateTime, Index, Integer, MetaData, Table, Text

metadata = MetaData()

# What intake decided outranks what the classifier read, as a whole: a type and a place of different origin
# would name a problem that nobody saw. Both are kept, so that the order of their arrival does not matter.
_IF_DECIDED = "CASE WHEN decided_type IS NOT NULL THEN decided_{0} ELSE read_{0} END"

ticket_sightings = Table(
    "ticket_sightings",
    metadata,
    Column("ticket_id", Text, primary_key=True),
    Column("ticket_version", Integer, comment="of the newest ticket fact; absent until one arrives"),
    Column("caller_ref", Text, comment="absent for an anonymous call"),
    Column("occurred_at", DateTime(timezone=True)),
    Column("decided_type", Text),
    Column("decided_sub_district", Text),
    Column("decided_estate", Text),
    Column("text_version", Integer, comment="of the newest text that was classified"),
    Column("read_type", Text),
    Column("read_sub_district", Text),
    Column("read_estate", Text),
    Column("type_code", Text, Computed(_IF_DECIDED.format("type"), persisted=True)),
    Column("sub_district", Text, Computed(_IF_DECIDED.format("sub_district"), persisted=True)),
    Column("estate", Text, Computed(_IF_DECIDED.format("estate"), persisted=True)),
)
Index(
    "ticket_sightings_cell",
    ticket_sightings.c.estate,
    ticket_sightings.c.type_code,
    ticket_sightings.c.occurred_at,
    postgresql_include=["caller_ref", "sub_district"],
    postgresql_where=ticket_sightings.c.estate.is_not(None),
)

cells = Table(
    "cells",
    metadata,
    Column("estate", Text, primary_key=True),
    Column("type_code", Text, primary_key=True),
    comment="every cell any source ever named; its row is the lock of those who count in it",
)
