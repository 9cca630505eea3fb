"""The table of the register of estates, as projects publishes it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, Table, Text

from services.intake.store.follow_up_tables import metadata

registered_estates = Table(
    "registered_estates",
    metadata,
    Column("estate", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, comment="null: removed before its name was known"),
    Column("sub_district", Text),
    Column("removed", Boolean, nullable=False),
    comment="the register of estates: the newest version that projects published of each",
)
