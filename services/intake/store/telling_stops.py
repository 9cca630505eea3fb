"""Intake's table of persons who want no messages."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Table, Text

from services.intake.store.follow_up_tables import metadata

telling_stops = Table(
    "telling_stops",
    metadata,
    Column("person", Text, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="persons who want no messages",
)
