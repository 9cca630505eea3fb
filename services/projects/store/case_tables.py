"""The table of typical cases."""

from __future__ import annotations

from sqlalchemy import ARRAY, Boolean, Column, DateTime, Index, Integer, Table, Text, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB

from services.projects.store.tables import metadata

typical_cases = Table(
    "typical_cases",
    metadata,
    Column("type_code", Text, nullable=False),
    Column("id", Text, primary_key=True),
    Column("lead", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, comment="event time, where the rule proposed it"),
    Column("hot_issues", ARRAY(Text), nullable=False),
    Column("estates", Integer, nullable=False),
    Column("sub_districts", ARRAY(Text), nullable=False),
    Column("rules_version", Integer),
    Column("ordinal", Integer, nullable=False, server_default=text("0"), comment="of the type, closed before"),
    Column("proposed_by", Text, nullable=False, server_default=text("'rule'")),
    Column("criteria", JSONB, nullable=False, server_default=text("'{}'"), comment="the evidence of each"),
    Column("causes", JSONB, nullable=False, server_default=text("'[]'"), comment="with tickets and countermeasures"),
    Column("pilot", Text, comment="the project in which the cure is tried"),
    Column("pilot_accepted_at", DateTime(timezone=True)),
    Column("standard_id", Text),
    Column("standard_overdue", Boolean, nullable=False, server_default=false()),
    Column("reason", Text, comment="why it was closed without a standard"),
    Column("closed_at", DateTime(timezone=True)),
    Column("later_issues", ARRAY(Text), nullable=False, server_default=text("'{}'"), comment="joined the open case"),
    UniqueConstraint("type_code", "ordinal", name="typical_cases_of_type"),
    comment="one type of problem in several places",
)
Index("typical_cases_of_pilot", typical_cases.c.pilot, postgresql_where=typical_cases.c.pilot.is_not(None))
