"""The disturbance by works: what a project promised, and each disturbance."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.projects.store.tables import metadata

impact_plans = Table(
    "impact_plans",
    metadata,
    Column("project_id", Text, ForeignKey("repair_projects.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("plan", JSONB, nullable=False, comment="as the event works.impacts_planned tells it"),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

impacts = Table(
    "impacts",
    metadata,
    Column("id", Text, primary_key=True, comment="the announcer's own"),
    Column("project_id", Text, ForeignKey("repair_projects.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("blocks", ARRAY(Text), nullable=False, comment="none: the whole estate"),
    Column("announced_at", DateTime(timezone=True), nullable=False),
    Column("starts", DateTime(timezone=True), nullable=False, comment="as announced"),
    Column("ends", DateTime(timezone=True), nullable=False, comment="as announced"),
    Column("asked", ARRAY(Text), nullable=False, comment="blocks whose people on the quiet list were asked"),
    Column("rescue", Boolean, nullable=False),
    Column("begun_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("breaches", ARRAY(Text), nullable=False, comment="the rules that it broke"),
    Column("actor", Text, nullable=False, comment="who took its last step"),
    Column("at", DateTime(timezone=True), nullable=False),
)
Index("impacts_of_project", impacts.c.project_id)
