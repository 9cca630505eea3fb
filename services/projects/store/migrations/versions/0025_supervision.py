"""Supervision: topics, inspections, opinions with their steps, suggestions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "supervision_topics",
        sa.Column("id", sa.Text, primary_key=True, comment="the supervisor's own"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("type_code", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_because", sa.Text),
    )
    op.create_index("supervision_topics_newest", "supervision_topics", ["opened_at", "id"])
    op.create_table(
        "supervision_inspections",
        sa.Column("id", sa.Text, primary_key=True, comment="the inspectors' own"),
        sa.Column("topic_id", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("place", JSONB, nullable=False),
        sa.Column("units", JSONB, nullable=False, comment="the inspected departments"),
        sa.Column("people", JSONB, nullable=False, comment="how many of which role and department; never who"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("findings", JSONB, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("supervision_inspections_of_topic", "supervision_inspections", ["topic_id", "made_at"])
    op.create_table(
        "supervision_opinions",
        sa.Column("id", sa.Text, primary_key=True, comment="the supervisor's own"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("topic_id", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, comment="clauses of a topic count from 1"),
        sa.Column("clause", sa.Text, nullable=False),
        sa.Column("lead", sa.Text, nullable=False, comment="the unit that answers"),
        sa.Column("suggestion_id", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed", sa.Boolean, comment="the unit's word"),
        sa.Column("carried_out_on", sa.Date, comment="the supervisor's word"),
        sa.Column("clocks", JSONB, nullable=False, comment="what runs, with how it was computed"),
        sa.Column("replies", JSONB, nullable=False),
        sa.Column("ratings", JSONB, nullable=False),
        sa.Column("extension", JSONB),
    )
    op.create_index("supervision_opinions_of_topic", "supervision_opinions", ["topic_id", "number"])
    op.create_index("supervision_opinions_of_unit", "supervision_opinions", ["lead"])
    op.create_table(
        "supervision_steps",
        sa.Column("opinion_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("opinion_id", "version"),
    )
    op.create_table(
        "supervision_suggestions",
        sa.Column("id", sa.Text, primary_key=True, comment="whose it is chose it"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("countermeasure", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deputy", sa.Text, comment="the subject of the deputy's token"),
        sa.Column("topic_id", sa.Text),
        sa.Column("declined_because", sa.Text),
    )
    op.create_index("supervision_suggestions_newest", "supervision_suggestions", ["received_at", "id"])


def downgrade() -> None:
    op.drop_table("supervision_suggestions")
    op.drop_table("supervision_steps")
    op.drop_table("supervision_opinions")
    op.drop_table("supervision_inspections")
    op.drop_table("supervision_topics")
