"""Matters: tickets without a registered estate, what tells their matter, and the matters they are of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "matters",
        sa.Column("id", sa.Text, primary_key=True, comment="stands for the estate where its calls are counted"),
        sa.Column("anchor", sa.Text, nullable=False, comment="the place, or the words, that hold it together"),
        sa.Column("ordinal", sa.Integer, nullable=False, comment="matters of the same anchor before"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("type_code", sa.Text, nullable=False, comment="as most of the tickets that began it"),
        sa.Column("places", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("weights", sa.LargeBinary, nullable=False, comment="what those that belong to it have in common"),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False, comment="event time"),
        sa.UniqueConstraint("anchor", "ordinal"),
    )
    op.create_table(
        "matter_keys",
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("matter_id", sa.Text, sa.ForeignKey("matters.id"), primary_key=True),
    )
    op.create_table(
        "traces",
        sa.Column("ticket_id", sa.Text, primary_key=True),
        sa.Column("text_version", sa.Integer, nullable=False),
        sa.Column("place_words", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("caller_ref", sa.Text),
        sa.Column("occurred_at", sa.DateTime(timezone=True), comment="absent until it has been compared"),
        sa.Column("history", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("sub_district", sa.Text),
        sa.Column("places", sa.ARRAY(sa.Text)),
        sa.Column("heading", sa.ARRAY(sa.Text)),
        sa.Column("weights", sa.LargeBinary),
        sa.Column("matter_id", sa.Text, sa.ForeignKey("matters.id")),
        comment="tickets without a registered estate; of those of no matter only the newest months are kept",
    )
    op.create_index(
        "traces_of_matter",
        "traces",
        ["matter_id", "occurred_at"],
        postgresql_where=sa.text("matter_id IS NOT NULL"),
    )
    op.create_index("traces_free", "traces", ["occurred_at"], postgresql_where=sa.text("matter_id IS NULL"))
    op.create_table(
        "trace_keys",
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("ticket_id", sa.Text, sa.ForeignKey("traces.ticket_id", ondelete="CASCADE"), primary_key=True),
        comment="by which tickets of no matter are found again",
    )
    op.create_index("trace_keys_of_ticket", "trace_keys", ["ticket_id"])
    op.create_table(
        "matter_choices",
        sa.Column("ticket_id", sa.Text, primary_key=True),
        sa.Column("matter_id", sa.Text, primary_key=True),
        sa.Column("belongs", sa.Boolean, nullable=False),
        comment="what people said of a ticket and a matter; it outranks every comparison",
    )


def downgrade() -> None:
    for table in ("matter_choices", "trace_keys", "traces", "matter_keys", "matters"):
        op.drop_table(table)
