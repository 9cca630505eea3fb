"""Disturbance by works: what a project promised, each disturbance, complaints about works, the clocks of defects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "impact_plans",
        sa.Column("project_id", sa.Text, sa.ForeignKey("repair_projects.id"), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("plan", JSONB, nullable=False, comment="as the event works.impacts_planned tells it"),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "impacts",
        sa.Column("id", sa.Text, primary_key=True, comment="the announcer's own"),
        sa.Column("project_id", sa.Text, sa.ForeignKey("repair_projects.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("blocks", ARRAY(sa.Text), nullable=False, comment="none: the whole estate"),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False, comment="as announced"),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False, comment="as announced"),
        sa.Column("asked", ARRAY(sa.Text), nullable=False, comment="blocks whose people on the quiet list were asked"),
        sa.Column("rescue", sa.Boolean, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("breaches", ARRAY(sa.Text), nullable=False, comment="the rules that it broke"),
        sa.Column("actor", sa.Text, nullable=False, comment="who took its last step"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("impacts_of_project", "impacts", ["project_id"])
    op.create_table(
        "works_complaints",
        sa.Column("ticket_id", sa.Text, primary_key=True),
        sa.Column("project_id", sa.Text, comment="null: about no project any more"),
        sa.Column("type_code", sa.Text, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index(
        "works_complaints_of_project",
        "works_complaints",
        ["project_id", "occurred_at"],
        postgresql_where=sa.text("project_id IS NOT NULL"),
    )
    op.create_table(
        "complaint_answers",
        sa.Column("ticket_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False, comment="of the ticket"),
        sa.Column("answered_at", sa.DateTime(timezone=True), comment="null: it is to be done again"),
    )
    op.add_column(
        "works_defects", sa.Column("cure_by", sa.DateTime(timezone=True), comment="the end of the cure clock")
    )
    op.add_column(
        "works_defects",
        sa.Column(
            "overdue",
            sa.Boolean,
            nullable=False,
            server_default=sa.false(),
            comment="it ended before anybody cured it",
        ),
    )


def downgrade() -> None:
    op.drop_column("works_defects", "overdue")
    op.drop_column("works_defects", "cure_by")
    op.drop_table("complaint_answers")
    op.drop_table("works_complaints")
    op.drop_table("impacts")
    op.drop_table("impact_plans")
