"""Consultations: what is asked, by whom, ballots in their chain, results, meetings and opinions (ADR 42)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0017"
down_revision = "0016"

TABLES = (
    "consultation_deliveries",
    "consultation_imports",
    "consultation_ballots",
    "consultation_chains",
    "consultation_codes",
    "consultation_parts",
    "consultation_opinions",
    "consultation_meetings",
    "consultation_results",
    "consultation_steps",
    "consultation_items",
    "consultations",
)


def upgrade() -> None:
    op.create_table(
        "consultations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("project_id", sa.Text, sa.ForeignKey("repair_projects.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False, comment="among those of the project"),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("previous", sa.Text, sa.ForeignKey("consultations.id"), comment="the round before"),
        sa.Column("changed", ARRAY(sa.Text), nullable=False, comment="items that differ from the round before"),
        sa.Column("announced_at", sa.DateTime(timezone=True)),
        sa.Column("opens_at", sa.DateTime(timezone=True)),
        sa.Column("closes_at", sa.DateTime(timezone=True)),
        sa.Column("evidence", sa.Text, comment="SHA-256 of the notice as it was posted"),
        sa.Column("electorate_hash", sa.Text, nullable=False),
        sa.Column("parts", sa.Integer, nullable=False),
        sa.Column("heads", sa.Integer, nullable=False),
        sa.Column("area", sa.BigInteger, nullable=False, comment="0.01 m²"),
        sa.Column("seal", sa.Text, comment="of the published result"),
    )
    op.create_index("consultations_of_project", "consultations", ["project_id", "ordinal"], unique=True)
    op.create_table(
        "consultation_items",
        _consultation(),
        sa.Column("item", sa.Text, primary_key=True, comment="as ballots call it"),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("menu_item", sa.Text),
        sa.Column("menu_version", sa.Integer),
        sa.Column("block", sa.Text, comment="null: the whole estate"),
        sa.Column("hallway", sa.Text),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("removed", sa.Text, nullable=False),
        sa.Column("material", sa.Text, nullable=False),
        sa.Column("colour", sa.Text, nullable=False),
        sa.Column("shown_version", sa.Text, nullable=False),
        sa.Column("pictures", ARRAY(sa.Text), nullable=False, comment="SHA-256 of each"),
    )
    op.create_table(
        "consultation_steps",
        _consultation(),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        *_done(),
    )
    op.create_table(
        "consultation_results",
        _consultation(),
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("passed", sa.Boolean, nullable=False),
        sa.Column("facts", JSONB, nullable=False, comment="both countings, each condition's two integers"),
    )
    op.create_table(
        "consultation_meetings",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("project_id", sa.Text, sa.ForeignKey("repair_projects.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("present", JSONB, nullable=False, comment="how many took part, by role"),
        sa.Column("minutes", sa.Text, nullable=False, comment="SHA-256"),
        *_done(),
    )
    op.create_index("consultation_meetings_of_project", "consultation_meetings", ["project_id"])
    op.create_table(
        "consultation_opinions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("project_id", sa.Text, sa.ForeignKey("repair_projects.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("item", sa.Text),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("adopted", sa.Boolean, comment="null: not answered yet"),
        sa.Column("why", sa.Text),
        *_done(),
    )
    op.create_index("consultation_opinions_of_project", "consultation_opinions", ["project_id"])
    op.create_table(
        "consultation_parts",
        _consultation(),
        sa.Column("part_id", sa.Text, primary_key=True),
        sa.Column("building", sa.Text, nullable=False),
        sa.Column("hallway", sa.Text, nullable=False),
        sa.Column("area", sa.BigInteger, nullable=False, comment="0.01 m²"),
        sa.Column("head", sa.Integer, nullable=False),
        sa.Column("owner_ref", sa.Text, nullable=False, comment="keyed hash"),
    )
    op.create_table(
        "consultation_codes",
        sa.Column("code_hash", sa.Text, primary_key=True, comment="keyed hash of the code"),
        _consultation(primary_key=False),
        sa.Column("head", sa.Integer, nullable=False),
    )
    op.create_index("consultation_codes_once", "consultation_codes", ["consultation_id", "head"], unique=True)
    op.create_table(
        "consultation_chains",
        _consultation(),
        sa.Column("begin", sa.Text, nullable=False),
        sa.Column("ballots", sa.Integer, nullable=False),
        sa.Column("last", sa.Text, comment="the hash of the last ballot"),
        sa.Column("rules", JSONB, nullable=False, comment="as they were announced, by name"),
        sa.Column("seal", JSONB, comment="of the count"),
        sa.Column("set_aside", JSONB, comment="by item, as it was counted"),
    )
    op.create_table(
        "consultation_ballots",
        _consultation(),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("part_id", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("choice", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True)),
        sa.Column("delivered", sa.Boolean, nullable=False),
        sa.Column("text_hash", sa.Text),
        sa.Column("evidence", sa.Text),
        sa.Column("proxy", sa.Text),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        *_done(),
        comment="only ever added to; each has the hash of the one before",
    )
    op.create_index("consultation_ballots_of_part", "consultation_ballots", ["consultation_id", "part_id"])
    op.create_table(
        "consultation_imports",
        _consultation(),
        sa.Column("id", sa.Text, primary_key=True, comment="the client's own"),
        sa.Column("sent", sa.Text, nullable=False, comment="SHA-256 of the rows"),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("rejected", JSONB, nullable=False),
        *_done(),
    )
    op.create_table(
        "consultation_deliveries",
        _consultation(),
        sa.Column("part_id", sa.Text, primary_key=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warned", sa.Boolean, nullable=False, comment="the ballot said what silence means"),
        sa.Column("evidence", sa.Text, nullable=False),
        *_done(),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _consultation(primary_key: bool = True) -> sa.Column[str]:
    return sa.Column(
        "consultation_id", sa.Text, sa.ForeignKey("consultations.id"), nullable=False, primary_key=primary_key
    )


def _done() -> tuple[sa.Column[str], sa.Column[object]]:
    return sa.Column("actor", sa.Text, nullable=False), sa.Column("at", sa.DateTime(timezone=True), nullable=False)
