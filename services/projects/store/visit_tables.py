"""The table of visits before a warranty ends."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.projects.store.tables import metadata

warranty_visits = Table(
    "warranty_visits",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("repair_projects.id"), nullable=False),
    Column("block", Text, nullable=False, comment="empty: the grounds of the estate"),
    Column("ends", Date, nullable=False, comment="the last day of the warranties that it is about"),
    Column("version", Integer, nullable=False),
    Column("visits", JSONB, nullable=False, comment="each visit with what came of it, the first first"),
    Column("overdue", Boolean, nullable=False, comment="the day for an answer went by without one"),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="residents asked once more before the warranties of their block end",
)
Index("warranty_visits_of_project", warranty_visits.c.project_id)
