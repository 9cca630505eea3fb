"""Levels of concentration: what is evidence, citywide events, early warnings, typical cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_DECIDED = "by_person OR merged OR (read_again IS NULL AND decided_type IS NOT NULL)"
_SAID = f"CASE WHEN {_DECIDED} THEN decided_{{0}} ELSE read_{{0}} END"
_KIND = f"CASE WHEN {_DECIDED} THEN coalesce(decided_kind, read_kind) ELSE coalesce(read_kind, decided_kind) END"
_EVIDENCE = (
    f"coalesce({_SAID.format('type')} <> 'OT', false) AND coalesce({_KIND} IN ('complaint', 'help', 'report'), true)"
)
_SAID_BEFORE = "CASE WHEN decided_type IS NOT NULL THEN decided_{0} ELSE read_{0} END"
_PARTS = {"type_code": "type", "sub_district": "sub_district", "estate": "estate", "estate_name": "estate_name"}
_IN_CELL = sa.text("estate IS NOT NULL AND evidence")


def upgrade() -> None:
    for column in (
        sa.Column("decided_kind", sa.Text),
        sa.Column("read_kind", sa.Text),
        sa.Column(
            "by_person", sa.Boolean, nullable=False, server_default=sa.false(), comment="a person said what it is"
        ),
        sa.Column(
            "merged", sa.Boolean, nullable=False, server_default=sa.false(), comment="counts where another ticket does"
        ),
        sa.Column("read_again", sa.Text, comment="the other model that read it, if one did"),
        sa.Column("dissatisfied", sa.Boolean, nullable=False, server_default=sa.false()),
    ):
        op.add_column("ticket_sightings", column)
    _compute(_SAID)
    op.add_column("ticket_sightings", sa.Column("evidence", sa.Boolean, sa.Computed(_EVIDENCE, persisted=True)))
    _index(_IN_CELL)
    op.create_index(
        "ticket_sightings_type",
        "ticket_sightings",
        ["type_code", "occurred_at"],
        postgresql_include=["estate", "sub_district"],
        postgresql_where=_IN_CELL,
    )
    op.create_table(
        "type_days",
        sa.Column("type_code", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column(
            "citywide",
            sa.Boolean,
            nullable=False,
            server_default=sa.false(),
            comment="a storm, an outage: no concentration",
        ),
        comment="every day of a type any source ever named; its row is the lock of those who count on it",
    )
    op.create_index("type_days_citywide", "type_days", ["type_code", "day"], postgresql_where=sa.text("citywide"))
    op.add_column(
        "hot_issues",
        sa.Column("level", sa.Text, nullable=False, server_default="short window", comment="the rule it was found by"),
    )
    op.alter_column("hot_issues", "level", server_default=None)
    op.add_column("hot_issues", sa.Column("reopened_at", sa.DateTime(timezone=True)))
    op.create_index("hot_issues_of_type", "hot_issues", ["type_code", "confirmed_at"])
    op.create_table(
        "typical_cases",
        sa.Column("type_code", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("lead", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False, comment="event time"),
        sa.Column("hot_issues", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("estates", sa.Integer, nullable=False),
        sa.Column("sub_districts", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("rules_version", sa.Integer, nullable=False),
        comment="proposals: one type of problem in several places",
    )


def _compute(said: str) -> None:
    """The computed columns anew: PostgreSQL 15 cannot change what one is computed from. Their indexes go with them."""
    for name, part in _PARTS.items():
        op.drop_column("ticket_sightings", name)
        op.add_column("ticket_sightings", sa.Column(name, sa.Text, sa.Computed(said.format(part), persisted=True)))
    op.create_index(
        "ticket_sightings_time", "ticket_sightings", ["occurred_at"], postgresql_include=["type_code", "sub_district"]
    )


def _index(where: sa.TextClause) -> None:
    op.create_index(
        "ticket_sightings_cell",
        "ticket_sightings",
        ["estate", "type_code", "occurred_at"],
        postgresql_include=["caller_ref", "sub_district"],
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_table("typical_cases")
    op.drop_index("hot_issues_of_type", "hot_issues")
    op.drop_column("hot_issues", "reopened_at")
    op.drop_column("hot_issues", "level")
    op.drop_table("type_days")
    op.drop_column("ticket_sightings", "evidence")
    _compute(_SAID_BEFORE)
    _index(sa.text("estate IS NOT NULL"))
    for name in ("dissatisfied", "read_again", "merged", "by_person", "read_kind", "decided_kind"):
        op.drop_column("ticket_sightings", name)
