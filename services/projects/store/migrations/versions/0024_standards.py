"""Typical cases that people work on; standards, their versions, opinions, roll-out and checks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _cases()
    op.create_table(
        "standards",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False, comment="rises with every change"),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("lead", sa.Text, nullable=False),
        sa.Column("type_codes", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("case_id", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("retired_on", sa.Date, comment="the last day in force"),
        sa.Column("retired_at", _MOMENT),
        sa.Column("retired_why", sa.Text),
        sa.Column("review_on", sa.Date),
        sa.Column("review_overdue", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "standard_editions",
        _of_standard(primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("content", JSONB, nullable=False, comment="text, clauses, elements, menu, papers, meetings, forms"),
        sa.Column("supersedes", sa.Integer),
        sa.Column("effective_from", sa.Date),
        sa.Column("effective_to", sa.Date, comment="if it was said at the issue"),
        sa.Column("adopt_by", sa.Date),
        sa.Column("issued_at", _MOMENT, comment="since when it is known"),
        sa.Column("issued_by", sa.Text),
        sa.Column("menu_versions", JSONB, nullable=False, comment="of the rows of the menu, given at the issue"),
    )
    op.create_index(
        "standard_editions_issued",
        "standard_editions",
        ["effective_from"],
        postgresql_where=sa.text("issued_at IS NOT NULL"),
    )
    op.create_table(
        "standard_opinions",
        sa.Column("id", sa.Text, primary_key=True),
        _of_standard(index=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("clause", sa.Text),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("adopted", sa.Boolean),
        sa.Column("why", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "standard_rollouts",
        _of_standard(primary_key=True),
        sa.Column("sub_district", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, comment="the version that was adopted"),
        sa.Column("adopted_on", sa.Date),
        sa.Column("trained_on", sa.Date),
        sa.Column("adopt_by", sa.Date),
        sa.Column("overdue", sa.Boolean, nullable=False),
        sa.Column("exempt_reason", sa.Text),
        sa.Column("exempt_until", sa.Date, comment="the last day"),
    )
    op.create_table(
        "standard_checks",
        sa.Column("id", sa.Text, primary_key=True),
        _of_standard(index=True),
        sa.Column("sub_district", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("clause", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, comment="the version that was checked"),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("checked_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False, comment="after it the check says nothing"),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("mend_by", sa.Date),
        sa.Column("noted_at", _MOMENT),
        sa.Column("overdue", sa.Boolean, nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    for table in ("standard_checks", "standard_rollouts", "standard_opinions", "standard_editions", "standards"):
        op.drop_table(table)
    op.drop_index("typical_cases_of_pilot", "typical_cases")
    op.execute("DELETE FROM typical_cases WHERE ordinal > 0 OR rules_version IS NULL")
    op.drop_constraint("typical_cases_of_type", "typical_cases")
    for name in (
        *("ordinal", "proposed_by", "criteria", "causes", "pilot", "pilot_accepted_at", "standard_id"),
        *("standard_overdue", "reason", "closed_at"),
    ):
        op.drop_column("typical_cases", name)
    op.alter_column("typical_cases", "rules_version", nullable=False)
    op.drop_constraint("typical_cases_pkey", "typical_cases")
    op.create_primary_key("typical_cases_pkey", "typical_cases", ["type_code"])


def _cases() -> None:
    """A type may have several cases, one after the other; what people do with one is kept in its row."""
    op.drop_constraint("typical_cases_pkey", "typical_cases")
    op.create_primary_key("typical_cases_pkey", "typical_cases", ["id"])
    op.alter_column("typical_cases", "rules_version", nullable=True)
    op.alter_column("typical_cases", "proposed_at", comment="event time, where the rule proposed it")
    for column in (
        sa.Column("ordinal", sa.Integer, nullable=False, server_default="0", comment="of the type, closed before"),
        sa.Column("proposed_by", sa.Text, nullable=False, server_default="rule"),
        sa.Column("criteria", JSONB, nullable=False, server_default="{}", comment="the evidence of each"),
        sa.Column("causes", JSONB, nullable=False, server_default="[]", comment="with tickets and countermeasures"),
        sa.Column("pilot", sa.Text, comment="the project in which the cure is tried"),
        sa.Column("pilot_accepted_at", _MOMENT),
        sa.Column("standard_id", sa.Text),
        sa.Column("standard_overdue", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("reason", sa.Text, comment="why it was closed without a standard"),
        sa.Column("closed_at", _MOMENT),
    ):
        op.add_column("typical_cases", column)
    op.create_unique_constraint("typical_cases_of_type", "typical_cases", ["type_code", "ordinal"])
    op.create_index("typical_cases_of_pilot", "typical_cases", ["pilot"], postgresql_where=sa.text("pilot IS NOT NULL"))
    op.execute("COMMENT ON TABLE typical_cases IS 'one type of problem in several places'")


def _of_standard(*, primary_key: bool = False, index: bool = False) -> sa.Column[str]:
    return sa.Column(
        "standard_id", sa.Text, sa.ForeignKey("standards.id"), primary_key=primary_key, nullable=False, index=index
    )
