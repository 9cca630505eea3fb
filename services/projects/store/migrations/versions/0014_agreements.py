"""The parties and contracts of works."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "works_parties",
        sa.Column("project_id", sa.Text, sa.ForeignKey("repair_projects.id"), primary_key=True),
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False, comment="unified social credit code"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        comment="who implements, designs, builds and supervises the works",
    )
    op.create_table(
        "works_contracts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("project_id", sa.Text, sa.ForeignKey("repair_projects.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("paper_id", sa.Text, nullable=False),
        sa.Column("sum_fen", sa.BigInteger, nullable=False),
        sa.Column("starts", sa.Date, nullable=False),
        sa.Column("ends", sa.Date, nullable=False),
        sa.Column("changes", JSONB, nullable=False, comment="change orders with what each adds or takes, in fen"),
        sa.Column("audit", JSONB, comment="the report and what it found to be due, in fen"),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        comment="with the parties of the works",
    )
    op.create_index("works_contracts_of_project", "works_contracts", ["project_id"])


def downgrade() -> None:
    op.drop_table("works_contracts")
    op.drop_table("works_parties")
