"""Needs of estates, the surveys that found them, and projects of several estates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("repair_projects", sa.Column("estates", JSONB, comment="all of them, where they are several"))
    op.create_table(
        "needs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("estate", sa.Text, nullable=False),
        sa.Column("estate_name", sa.Text),
        sa.Column("sub_district", sa.Text),
        sa.Column("element", sa.Text, comment="null: to be repaired at all"),
        sa.Column("ordinal", sa.Integer, nullable=False, comment="needs of the same estate and element closed before"),
        sa.Column("lead", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sources", JSONB, nullable=False, comment="who asks: kind, id, time"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Text),
        sa.Column("project_id", sa.Text),
        sa.Column("reason", sa.Text, comment="why it was refused"),
    )
    op.create_index("needs_of_estate", "needs", ["estate", "element", "ordinal"])
    op.create_index("needs_of_project", "needs", ["project_id"], postgresql_where=sa.text("project_id IS NOT NULL"))
    op.create_index("needs_newest", "needs", ["opened_at", "id"])
    op.create_table(
        "needs_surveys",
        sa.Column("id", sa.Text, primary_key=True, comment="the surveyor's own"),
        sa.Column("estate", sa.Text, nullable=False),
        sa.Column("estate_name", sa.Text),
        sa.Column("sub_district", sa.Text),
        sa.Column("lead", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("on_site", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("findings", JSONB, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("needs_surveys_of_estate", "needs_surveys", ["estate", "made_at"])


def downgrade() -> None:
    op.drop_table("needs_surveys")
    op.drop_table("needs")
    op.drop_column("repair_projects", "estates")
