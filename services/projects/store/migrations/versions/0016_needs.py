"""Needs of estates and the surveys that found them, yearly plans, the fund's short way, projects of several estates."""

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
    op.create_table(
        "plans",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, comment="versions of a year count from 1"),
        sa.Column("version", sa.Integer, nullable=False, comment="rises with every change of this one"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("lead", sa.Text, nullable=False),
        sa.Column("budget_fen", sa.BigInteger, nullable=False),
        sa.Column("rules_version", sa.Integer, nullable=False),
        sa.Column("supersedes", sa.Text),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("year", "number", name="plans_numbered"),
    )
    op.create_table(
        "plan_entries",
        sa.Column("plan_id", sa.Text, sa.ForeignKey("plans.id"), primary_key=True),
        sa.Column("estate", sa.Text, primary_key=True),
        sa.Column("estate_name", sa.Text),
        sa.Column("sub_district", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("property_kind", sa.Text),
        sa.Column("parts", JSONB, nullable=False, comment="of the rank: part, value, tenths of a point"),
        sa.Column("needs", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("cost_fen", sa.BigInteger),
        sa.Column("payers", JSONB, comment="who pays how much, in fen"),
        sa.Column("decided_by", sa.Text),
        sa.Column("decision", sa.Text),
        sa.Column("reason", sa.Text),
    )
    op.create_table(
        "fund_uses",
        sa.Column("id", sa.Text, primary_key=True, comment="the asker's own"),
        sa.Column("estate", sa.Text, nullable=False),
        sa.Column("estate_name", sa.Text),
        sa.Column("sub_district", sa.Text),
        sa.Column("lead", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("element", sa.Text),
        sa.Column("cost_fen", sa.BigInteger, nullable=False),
        sa.Column("safety", sa.Boolean, nullable=False, comment="use or safety is hit"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_on", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("plan_entries_of_estate", "plan_entries", ["estate"])
    op.create_index("fund_uses_newest", "fund_uses", ["asked_at", "id"])
    op.create_index("fund_uses_of_estate", "fund_uses", ["estate"])


def downgrade() -> None:
    op.drop_table("fund_uses")
    op.drop_table("plan_entries")
    op.drop_table("plans")
    op.drop_table("needs_surveys")
    op.drop_table("needs")
    op.drop_column("repair_projects", "estates")
