"""The tables of the register of estates."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.projects.store.tables import metadata

estates = Table(
    "estates",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("sub_district", Text),
    Column("property_kind", Text),
    Column("built", Integer, comment="the year"),
    Column("floor_area", BigInteger, comment="0.01 m²"),
    Column("east", Float, comment="degrees of WGS 84"),
    Column("north", Float),
    Column("blocks", JSONB, nullable=False, comment="what the parts of each block add up to"),
    Column("removed", Boolean, nullable=False, comment="no longer registered: kept so that its versions go on"),
)
Index("estates_of_sub_district", estates.c.sub_district)

estate_parts = Table(
    "estate_parts",
    metadata,
    Column("estate_id", Text, ForeignKey("estates.id"), primary_key=True),
    Column("part_id", Text, primary_key=True),
    Column("block", Text, nullable=False),
    Column("hallway", Text, nullable=False),
    Column("area", BigInteger, nullable=False, comment="0.01 m²"),
    Column("owner", Text, nullable=False, comment="keyed hash, made where the file is read"),
    comment="flats and shops; they stand in no event",
)
