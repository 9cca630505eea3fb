"""The tables of names under which places are spoken of."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from services.intake.store.follow_up_tables import metadata

place_names = Table(
    "place_names",
    metadata,
    Column("name", Text, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    comment="places named in the texts of tickets without a registered estate",
)

estate_names = Table(
    "estate_names",
    metadata,
    Column("name", Text, primary_key=True),
    Column("estate", Text, nullable=False),
    Column("sub_district", Text),
    comment="the names under which estates were read in tickets",
)
