"""Repair projects and their history; tickets by month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index(
        "ticket_sightings_time", "ticket_sightings", ["occurred_at"], postgresql_include=["type_code", "sub_district"]
    )
    op.create_table(
        "repair_projects",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("estate", sa.Text, nullable=False),
        sa.Column("estate_name", sa.Text),
        sa.Column("sub_district", sa.Text),
        sa.Column("lead", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("resume_to", sa.Text, comment="where a suspended project goes on"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hot_issues", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("elements", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("floor_area_m2", sa.Float),
        sa.Column("planned_start", sa.Date),
        sa.Column("planned_end", sa.Date),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
    )
    op.create_index("repair_projects_newest", "repair_projects", ["opened_at", "id"])
    op.create_index("repair_projects_of_estate", "repair_projects", ["estate"])
    op.create_index("repair_projects_started", "repair_projects", ["started_at"])
    op.create_table(
        "repair_project_history",
        sa.Column("project_id", sa.Text, sa.ForeignKey("repair_projects.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_state", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
    )


def downgrade() -> None:
    op.drop_table("repair_project_history")
    op.drop_table("repair_projects")
    op.drop_index("ticket_sightings_time", "ticket_sightings")
