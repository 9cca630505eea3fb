"""The register of estates and their parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "estates",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sub_district", sa.Text),
        sa.Column("property_kind", sa.Text),
        sa.Column("built", sa.Integer, comment="the year"),
        sa.Column("floor_area", sa.BigInteger, comment="0.01 m²"),
        sa.Column("blocks", JSONB, nullable=False, comment="what the parts of each block add up to"),
    )
    op.create_index("estates_of_sub_district", "estates", ["sub_district"])
    op.create_table(
        "estate_parts",
        sa.Column("estate_id", sa.Text, sa.ForeignKey("estates.id"), primary_key=True),
        sa.Column("part_id", sa.Text, primary_key=True),
        sa.Column("block", sa.Text, nullable=False),
        sa.Column("hallway", sa.Text, nullable=False),
        sa.Column("area", sa.BigInteger, nullable=False, comment="0.01 m²"),
        sa.Column("owner", sa.Text, nullable=False, comment="keyed hash, made where the file is read"),
        comment="flats and shops; they stand in no event",
    )


def downgrade() -> None:
    op.drop_table("estate_parts")
    op.drop_table("estates")
