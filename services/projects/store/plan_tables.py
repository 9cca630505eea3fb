"""The tables of yearly plans and of emergency use of the maintenance fund."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.projects.store.tables import metadata

plans = Table(
    "plans",
    metadata,
    Column("id", Text, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False, comment="versions of a year count from 1"),
    Column("version", Integer, nullable=False, comment="rises with every change of this one"),
    Column("state", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("budget_fen", BigInteger, nullable=False),
    Column("rules_version", Integer, nullable=False),
    Column("supersedes", Text),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)),
    UniqueConstraint("year", "number", name="plans_numbered"),
)

plan_entries = Table(
    "plan_entries",
    metadata,
    Column("plan_id", Text, ForeignKey("plans.id"), primary_key=True),
    Column("estate", Text, primary_key=True),
    Column("estate_name", Text),
    Column("sub_district", Text),
    Column("version", Integer, nullable=False),
    Column("property_kind", Text),
    Column("parts", JSONB, nullable=False, comment="of the rank: part, value, tenths of a point"),
    Column("needs", ARRAY(Text), nullable=False),
    Column("cost_fen", BigInteger),
    Column("payers", JSONB(none_as_null=True), comment="who pays how much, in fen"),
    Column("decided_by", Text),
    Column("decision", Text),
    Column("reason", Text),
    Column("projects", ARRAY(Text), nullable=False, comment="begun for what an earlier version of the year listed"),
)
Index("plan_entries_of_estate", plan_entries.c.estate)

fund_uses = Table(
    "fund_uses",
    metadata,
    Column("id", Text, primary_key=True, comment="the asker's own"),
    Column("estate", Text, nullable=False),
    Column("estate_name", Text),
    Column("sub_district", Text),
    Column("lead", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("element", Text),
    Column("cost_fen", BigInteger, nullable=False),
    Column("safety", Boolean, nullable=False, comment="use or safety is hit"),
    Column("state", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("answer_by", DateTime(timezone=True), nullable=False),
    Column("done_on", Date),
    Column("version", Integer, nullable=False),
)
Index("fund_uses_newest", fund_uses.c.asked_at, fund_uses.c.id)
Index("fund_uses_of_estate", fund_uses.c.estate)
