"""Hot issues, their members and their history; what a sighting must know for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    named = "CASE WHEN decided_type IS NOT NULL THEN decided_estate_name ELSE read_estate_name END"
    for column in (
        sa.Column("history", sa.Boolean, nullable=False, server_default=sa.false(), comment="imported from the past"),
        sa.Column("decided_estate_name", sa.Text),
        sa.Column("read_estate_name", sa.Text),
        sa.Column("estate_name", sa.Text, sa.Computed(named, persisted=True)),
    ):
        op.add_column("ticket_sightings", column)
    op.create_table(
        "hot_issues",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("estate", sa.Text, nullable=False),
        sa.Column("type_code", sa.Text, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False, comment="issues of the same cell closed before"),
        sa.Column("sub_district", sa.Text),
        sa.Column("estate_name", sa.Text),
        sa.Column("lead", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("rules_version", sa.Integer, nullable=False, comment="of the rules it was found by"),
        sa.Column("window_days", sa.Integer, nullable=False),
        sa.Column("window_callers", sa.Integer, nullable=False),
        sa.Column("callers", sa.Integer, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False, comment="event time"),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False, comment="event time"),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False, comment="event time"),
        sa.Column("counts_from", sa.DateTime(timezone=True), comment="earlier calls are no evidence"),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overdue", sa.Boolean, nullable=False),
        sa.Column("decision", sa.Text),
        sa.Column("decision_reason", sa.Text),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("project_id", sa.Text),
        sa.Column("merged_into", sa.Text, sa.ForeignKey("hot_issues.id")),
        sa.Column("holds_others", sa.Boolean, nullable=False, comment="others were merged into it"),
        sa.Column("cure_started_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("observe_until", sa.DateTime(timezone=True)),
        sa.Column("before", sa.Integer, comment="calls in the same months before the works"),
        sa.Column("after", sa.Integer, comment="calls in the months after their acceptance"),
        sa.Column("verdict", sa.Text),
        sa.UniqueConstraint("estate", "type_code", "ordinal"),
    )
    op.create_index("hot_issues_newest", "hot_issues", ["confirmed_at", "id"])
    op.create_index(
        "hot_issues_merged", "hot_issues", ["merged_into"], postgresql_where=sa.text("merged_into IS NOT NULL")
    )
    op.create_index(
        "hot_issues_of_project", "hot_issues", ["project_id"], postgresql_where=sa.text("project_id IS NOT NULL")
    )
    op.create_table(
        "hot_issue_members",
        sa.Column("hot_issue_id", sa.Text, sa.ForeignKey("hot_issues.id"), primary_key=True),
        sa.Column("ticket_id", sa.Text, primary_key=True),
        sa.Column("caller_ref", sa.Text),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("hot_issue_members_caller", "hot_issue_members", ["hot_issue_id", "caller_ref"])
    op.create_table(
        "hot_issue_history",
        sa.Column("hot_issue_id", sa.Text, sa.ForeignKey("hot_issues.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("detail", sa.Text),
    )


def downgrade() -> None:
    op.drop_table("hot_issue_history")
    op.drop_table("hot_issue_members")
    op.drop_table("hot_issues")
    for column in ("estate_name", "read_estate_name", "decided_estate_name", "history"):
        op.drop_column("ticket_sightings", column)
