"""The disturbance by works: what a project promised, and each disturbance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0014"
down_revision = "0012"


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


def downgrade() -> None:
    op.drop_table("impacts")
    op.drop_table("impact_plans")
