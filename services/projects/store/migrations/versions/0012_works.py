"""The works of repair projects: items, inspections, defects, papers, what was made public, acceptances, warranties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0012"
down_revision = "0011"

TABLES = (
    "warranties",
    "works_acceptances",
    "works_disclosures",
    "works_papers",
    "works_defects",
    "works_inspections",
    "works_items",
)


def upgrade() -> None:
    op.create_table(
        "works_items",
        sa.Column("id", sa.Text, primary_key=True),
        _project(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("menu_item", sa.Text, nullable=False),
        sa.Column("menu_version", sa.Integer, nullable=False),
        sa.Column("element", sa.Text, nullable=False),
        sa.Column("choice", sa.Text, nullable=False),
        sa.Column("block", sa.Text, nullable=False, comment="empty: in the grounds of the estate"),
        sa.Column("contracted", sa.Numeric(12, 2), nullable=False, comment="in the unit of the menu item"),
        sa.Column("unit_cost", sa.BigInteger, nullable=False, comment="fen"),
        sa.Column("confirmed_by", sa.Text, comment="the paper that confirms it"),
        sa.Column("dropped", sa.Text, comment="why it is not built after all"),
        comment="a menu item in a block, as it was contracted",
    )
    op.create_index("works_items_once", "works_items", ["project_id", "menu_item", "block"], unique=True)
    op.create_table(
        "works_inspections",
        sa.Column("id", sa.Text, primary_key=True, comment="the inspector's own"),
        _project(),
        sa.Column("item_id", sa.Text, sa.ForeignKey("works_items.id"), nullable=False),
        sa.Column("bases", ARRAY(sa.Text), nullable=False, comment="the inspections that it was made on"),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("template_version", sa.Integer, nullable=False),
        sa.Column("readings", JSONB, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("accepted", sa.Numeric(12, 2), nullable=False, comment="how much is good by it, all in all"),
        sa.Column("photographs", ARRAY(sa.Text), nullable=False, comment="SHA-256 of each"),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=False, comment="by the inspector's clock"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it arrived"),
    )
    op.create_table(
        "works_defects",
        sa.Column("id", sa.Text, primary_key=True),
        _project(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("item_id", sa.Text, sa.ForeignKey("works_items.id"), nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("cured_by", sa.Text, comment="the party that says it is cured"),
        sa.Column("ticket_id", sa.Text),
        sa.Column("note", sa.Text, nullable=False),
        *_done(),
    )
    op.create_table(
        "works_papers",
        sa.Column("id", sa.Text, primary_key=True),
        _project(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        *_done(),
    )
    op.create_table(
        "works_disclosures",
        _project(primary_key=True),
        sa.Column("what", sa.Text, primary_key=True),
        *_done(),
    )
    op.create_table(
        "works_acceptances",
        _project(primary_key=True),
        sa.Column("block", sa.Text, primary_key=True, comment="empty: the grounds of the estate"),
        sa.Column("accepted_on", sa.Date, nullable=False),
        sa.Column("residents", sa.Integer, nullable=False, comment="how many residents took part"),
        *_done(),
    )
    op.create_table(
        "warranties",
        sa.Column("item_id", sa.Text, sa.ForeignKey("works_items.id"), primary_key=True),
        _project(),
        sa.Column("starts", sa.Date, nullable=False),
        sa.Column("ends", sa.Date, nullable=False, comment="its last day"),
        sa.Column("term", sa.Text, nullable=False, comment="the rule that said how long"),
    )
    for table in ("works_inspections", "works_defects", "works_papers", "warranties"):
        op.create_index(f"{table}_of_project", table, ["project_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _project(primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        "project_id", sa.Text, sa.ForeignKey("repair_projects.id"), nullable=False, primary_key=primary_key
    )


def _done() -> tuple[sa.Column[str], sa.Column[object]]:
    return sa.Column("actor", sa.Text, nullable=False), sa.Column("at", sa.DateTime(timezone=True), nullable=False)
