"""Sightings of tickets and the cells they are counted in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    decided = "CASE WHEN decided_type IS NOT NULL THEN decided_{0} ELSE read_{0} END"
    op.create_table(
        "ticket_sightings",
        sa.Column("ticket_id", sa.Text, primary_key=True),
        sa.Column("ticket_version", sa.Integer, comment="of the newest ticket fact; absent until one arrives"),
        sa.Column("caller_ref", sa.Text, comment="absent for an anonymous call"),
        sa.Column("occurred_at", sa.DateTime(timezone=True)),
        sa.Column("decided_type", sa.Text),
        sa.Column("decided_sub_district", sa.Text),
        sa.Column("decided_estate", sa.Text),
        sa.Column("text_version", sa.Integer, comment="of the newest text that was classified"),
        sa.Column("read_type", sa.Text),
        sa.Column("read_sub_district", sa.Text),
        sa.Column("read_estate", sa.Text),
        sa.Column("type_code", sa.Text, sa.Computed(decided.format("type"), persisted=True)),
        sa.Column("sub_district", sa.Text, sa.Computed(decided.format("sub_district"), persisted=True)),
        sa.Column("estate", sa.Text, sa.Computed(decided.format("estate"), persisted=True)),
    )
    op.create_index(
        "ticket_sightings_cell",
        "ticket_sightings",
        ["estate", "type_code", "occurred_at"],
        postgresql_include=["caller_ref", "sub_district"],
        postgresql_where=sa.text("estate IS NOT NULL"),
    )
    op.create_table(
        "cells",
        sa.Column("estate", sa.Text, primary_key=True),
        sa.Column("type_code", sa.Text, primary_key=True),
        comment="every cell any source ever named; its row is the lock of those who count in it",
    )


def downgrade() -> None:
    op.drop_table("cells")
    op.drop_table("ticket_sightings")
