"""The tables of supervision: topics, inspections, opinions with their steps, suggestions."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.projects.store.tables import metadata

supervision_topics = Table(
    "supervision_topics",
    metadata,
    Column("id", Text, primary_key=True, comment="the supervisor's own"),
    Column("version", Integer, nullable=False),
    Column("party", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("type_code", Text),
    Column("state", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_because", Text),
)
Index("supervision_topics_newest", supervision_topics.c.opened_at, supervision_topics.c.id)

supervision_inspections = Table(
    "supervision_inspections",
    metadata,
    Column("id", Text, primary_key=True, comment="the inspectors' own"),
    Column("topic_id", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("place", JSONB, nullable=False),
    Column("units", JSONB, nullable=False, comment="the inspected departments"),
    Column("people", JSONB, nullable=False, comment="how many of which role and department; never who"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
Index("supervision_inspections_of_topic", supervision_inspections.c.topic_id, supervision_inspections.c.made_at)

supervision_opinions = Table(
    "supervision_opinions",
    metadata,
    Column("id", Text, primary_key=True, comment="the supervisor's own"),
    Column("version", Integer, nullable=False),
    Column("topic_id", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("number", Integer, nullable=False, comment="clauses of a topic count from 1"),
    Column("clause", Text, nullable=False),
    Column("lead", Text, nullable=False, comment="the unit that answers"),
    Column("suggestion_id", Text),
    Column("state", Text, nullable=False),
    Column("given_at", DateTime(timezone=True), nullable=False),
    Column("agreed", Boolean, comment="the unit's word"),
    Column("carried_out_on", Date, comment="the supervisor's word"),
    Column("clocks", JSONB, nullable=False, comment="what runs, with how it was computed"),
    Column("replies", JSONB, nullable=False),
    Column("ratings", JSONB, nullable=False),
    Column("extension", JSONB),
)
Index("supervision_opinions_of_topic", supervision_opinions.c.topic_id, supervision_opinions.c.number)
Index("supervision_opinions_of_unit", supervision_opinions.c.lead)

supervision_steps = Table(
    "supervision_steps",
    metadata,
    Column("opinion_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("note", Text),
    PrimaryKeyConstraint("opinion_id", "version"),
)

supervision_suggestions = Table(
    "supervision_suggestions",
    metadata,
    Column("id", Text, primary_key=True, comment="whose it is chose it"),
    Column("version", Integer, nullable=False),
    Column("party", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("countermeasure", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("deputy", Text, comment="the subject of the deputy's token"),
    Column("topic_id", Text),
    Column("declined_because", Text),
)
Index("supervision_suggestions_newest", supervision_suggestions.c.received_at, supervision_suggestions.c.id)
