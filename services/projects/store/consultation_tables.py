"""Consultations: what is public of them, and what stays with the counting party (ADR 42).

The first group is given back by a rebuild. The second is the service's own, as intake's vault is, and comes back from a
backup alone: who may vote, who voted what, who was handed a ballot.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.projects.store.tables import metadata


def _consultation(primary_key: bool = True) -> Column[str]:
    return Column("consultation_id", Text, ForeignKey("consultations.id"), nullable=False, primary_key=primary_key)


def _done() -> tuple[Column[str], Column[object]]:
    return Column("actor", Text, nullable=False), Column("at", DateTime(timezone=True), nullable=False)


consultations = Table(
    "consultations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("repair_projects.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("ordinal", Integer, nullable=False, comment="among those of the project"),
    Column("round", Integer, nullable=False),
    Column("previous", Text, ForeignKey("consultations.id"), comment="the round before"),
    Column("changed", ARRAY(Text), nullable=False, comment="items that differ from the round before"),
    Column("announced_at", DateTime(timezone=True)),
    Column("opens_at", DateTime(timezone=True)),
    Column("closes_at", DateTime(timezone=True)),
    Column("evidence", Text, comment="SHA-256 of the notice as it was posted"),
    Column("electorate_hash", Text, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("heads", Integer, nullable=False),
    Column("area", BigInteger, nullable=False, comment="0.01 m²"),
    Column("seal", Text, comment="of the published result"),
    Column("held_in", JSONB(none_as_null=True), comment="the other system in which the vote is held"),
    Column("register_check", JSONB(none_as_null=True), comment="what the electorate was held against"),
)
Index("consultations_of_project", consultations.c.project_id, consultations.c.ordinal, unique=True)

consultation_items = Table(
    "consultation_items",
    metadata,
    _consultation(),
    Column("item", Text, primary_key=True, comment="as ballots call it"),
    Column("position", Integer, nullable=False),
    Column("menu_item", Text),
    Column("menu_version", Integer),
    Column("block", Text, comment="null: the whole estate"),
    Column("hallway", Text),
    Column("rule", Text, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("wording", Text, nullable=False),
    Column("removed", Text, nullable=False),
    Column("material", Text, nullable=False),
    Column("colour", Text, nullable=False),
    Column("shown_version", Text, nullable=False),
    Column("pictures", ARRAY(Text), nullable=False, comment="SHA-256 of each"),
)

consultation_steps = Table(
    "consultation_steps",
    metadata,
    _consultation(),
    Column("version", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    *_done(),
)

consultation_results = Table(
    "consultation_results",
    metadata,
    _consultation(),
    Column("item", Text, primary_key=True),
    Column("passed", Boolean, nullable=False),
    Column("facts", JSONB, nullable=False, comment="both countings, each condition's two integers"),
)

consultation_meetings = Table(
    "consultation_meetings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("repair_projects.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("present", JSONB, nullable=False, comment="how many took part, by role"),
    Column("minutes", Text, nullable=False, comment="SHA-256"),
    *_done(),
)
Index("consultation_meetings_of_project", consultation_meetings.c.project_id)

consultation_opinions = Table(
    "consultation_opinions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("repair_projects.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("role", Text, nullable=False),
    Column("item", Text),
    Column("words", Text, nullable=False),
    Column("adopted", Boolean, comment="null: not answered yet"),
    Column("why", Text),
    *_done(),
)
Index("consultation_opinions_of_project", consultation_opinions.c.project_id)

# --- what stays here ---------------------------------------------------------------------------------------------

consultation_parts = Table(
    "consultation_parts",
    metadata,
    _consultation(),
    Column("part_id", Text, primary_key=True),
    Column("building", Text, nullable=False),
    Column("hallway", Text, nullable=False),
    Column("area", BigInteger, nullable=False, comment="0.01 m²"),
    Column("head", Integer, nullable=False),
    Column("owner_ref", Text, nullable=False, comment="keyed hash"),
)

consultation_codes = Table(
    "consultation_codes",
    metadata,
    Column("code_hash", Text, primary_key=True, comment="keyed hash of the code"),
    _consultation(primary_key=False),
    Column("head", Integer, nullable=False),
    Column("part_id", Text, nullable=False, comment="of who bought it; blank: all parts of the head not sold since"),
    Column("issue", Integer, nullable=False),
    Column("why", Text, comment="of a code in place of another"),
    Column("actor", Text),
    Column("at", DateTime(timezone=True)),
    comment="only ever added to; the last issue of a holder works",
)
Index(
    "consultation_codes_once",
    consultation_codes.c.consultation_id,
    consultation_codes.c.head,
    consultation_codes.c.part_id,
    consultation_codes.c.issue,
    unique=True,
)

consultation_chains = Table(
    "consultation_chains",
    metadata,
    _consultation(),
    Column("begin", Text, nullable=False),
    Column("ballots", Integer, nullable=False),
    Column("last", Text, comment="the hash of the last ballot"),
    Column("rules", JSONB, nullable=False, comment="as they were announced, by name"),
    Column("seal", JSONB, comment="of the count"),
    Column("set_aside", JSONB, comment="by item, as it was counted"),
)

consultation_ballots = Table(
    "consultation_ballots",
    metadata,
    _consultation(),
    Column("number", Integer, primary_key=True),
    Column("part_id", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("cast_at", DateTime(timezone=True)),
    Column("delivered", Boolean, nullable=False),
    Column("text_hash", Text),
    Column("evidence", Text),
    Column("proxy", Text),
    Column("round", Integer, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    *_done(),
    Column("entry_bound", Boolean, nullable=False, comment="the hash binds who entered it and when, too"),
    comment="only ever added to; each has the hash of the one before",
)
Index("consultation_ballots_of_part", consultation_ballots.c.consultation_id, consultation_ballots.c.part_id)

consultation_imports = Table(
    "consultation_imports",
    metadata,
    _consultation(),
    Column("id", Text, primary_key=True, comment="the client's own"),
    Column("sent", Text, nullable=False, comment="SHA-256 of the rows"),
    Column("rows", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("rejected", JSONB, nullable=False),
    *_done(),
)

consultation_deliveries = Table(
    "consultation_deliveries",
    metadata,
    _consultation(),
    Column("part_id", Text, primary_key=True),
    Column("delivered_at", DateTime(timezone=True), nullable=False),
    Column("warned", Boolean, nullable=False, comment="the ballot said what silence means"),
    Column("evidence", Text, nullable=False),
    Column("how", Text, nullable=False),
    *_done(),
)
