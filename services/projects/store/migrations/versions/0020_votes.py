"""What stored consultations lacked: the register, sales, looks, codes issued again, where a vote was held (ADR 45)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("consultations", sa.Column("held_in", JSONB, comment="the other system in which the vote is held"))
    op.add_column("consultations", sa.Column("register_check", JSONB, comment="what the electorate was held against"))
    _add("consultation_ballots", sa.Boolean, "entry_bound", "false", "the hash binds who entered it and when, too")
    _add("consultation_deliveries", sa.Text, "how", "'hand'")
    bought = "of who bought it; blank: all parts of the head not sold since"
    _add("consultation_codes", sa.Text, "part_id", "''", bought)
    _add("consultation_codes", sa.Integer, "issue", "1")
    op.add_column("consultation_codes", sa.Column("why", sa.Text, comment="of a code in place of another"))
    op.add_column("consultation_codes", sa.Column("actor", sa.Text))
    op.add_column("consultation_codes", sa.Column("at", sa.DateTime(timezone=True)))
    op.create_table_comment("consultation_codes", "only ever added to; the last issue of a holder works")
    op.drop_index("consultation_codes_once", "consultation_codes")
    of_holder = ["consultation_id", "head", "part_id", "issue"]
    op.create_index("consultation_codes_once", "consultation_codes", of_holder, unique=True)
    op.create_table(
        "consultation_differences",
        _consultation(),
        sa.Column("part_id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("registered", sa.Text, comment="0.01 m², building/hallway, or the first part in the same hand"),
        sa.Column("given", sa.Text, comment="as registered"),
    )
    op.create_table(
        "consultation_sales",
        _consultation(),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, comment="the client's own"),
        sa.Column("part_id", sa.Text, nullable=False),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        comment="only ever added to; each has the hash of the one before",
    )
    op.create_index("consultation_sales_once", "consultation_sales", ["consultation_id", "id"], unique=True)
    op.create_table(
        "consultation_looks",
        _consultation(),
        sa.Column("actor", sa.Text, primary_key=True),
        sa.Column("ballots", sa.Integer, primary_key=True, comment="how many there were by then"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        comment="who of the counting party saw how the vote stood while it was open",
    )


def downgrade() -> None:
    for table in ("consultation_looks", "consultation_sales", "consultation_differences"):
        op.drop_table(table)
    op.execute("DELETE FROM consultation_codes WHERE issue > 1 OR part_id <> ''")
    op.drop_index("consultation_codes_once", "consultation_codes")
    op.create_index("consultation_codes_once", "consultation_codes", ["consultation_id", "head"], unique=True)
    op.drop_table_comment("consultation_codes")
    for name in ("at", "actor", "why", "issue", "part_id"):
        op.drop_column("consultation_codes", name)
    op.drop_column("consultation_deliveries", "how")
    op.drop_column("consultation_ballots", "entry_bound")
    op.drop_column("consultations", "register_check")
    op.drop_column("consultations", "held_in")


def _add(
    table: str, kind: type[sa.Boolean | sa.Text | sa.Integer], name: str, rest: str, comment: str | None = None
) -> None:
    """A column that rows have from before, as `rest`."""
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=sa.text(rest), comment=comment))
    op.alter_column(table, name, server_default=None)


def _consultation() -> sa.Column[str]:
    return sa.Column("consultation_id", sa.Text, sa.ForeignKey("consultations.id"), nullable=False, primary_key=True)
