"""The tables of needs and of the surveys that found them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.projects.store.tables import metadata

needs = Table(
    "needs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("estate", Text, nullable=False),
    Column("estate_name", Text),
    Column("sub_district", Text),
    Column("element", Text, comment="null: to be repaired at all"),
    Column("ordinal", Integer, nullable=False, comment="needs of the same estate and element closed before"),
    Column("lead", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sources", JSONB, nullable=False, comment="who asks: kind, id, time"),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("plan_id", Text),
    Column("project_id", Text),
    Column("reason", Text, comment="why it was refused"),
)
Index("needs_of_estate", needs.c.estate, needs.c.element, needs.c.ordinal)
Index("needs_of_project", needs.c.project_id, postgresql_where=needs.c.project_id.is_not(None))
Index("needs_newest", needs.c.opened_at, needs.c.id)

needs_surveys = Table(
    "needs_surveys",
    metadata,
    Column("id", Text, primary_key=True, comment="the surveyor's own"),
    Column("estate", Text, nullable=False),
    Column("estate_name", Text),
    Column("sub_district", Text),
    Column("lead", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("on_site", Boolean, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
)
Index("needs_surveys_of_estate", needs_surveys.c.estate, needs_surveys.c.made_at)
