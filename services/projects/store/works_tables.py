"""The works of repair projects: items, inspections, defects, papers, what was made public, acceptances."""

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
    Numeric,
    Table,
    Text,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.projects.store.tables import metadata

GROUNDS = ""
"""How the grounds of an estate stand where a block does: a key has no null."""


def _project() -> Column[str]:
    return Column("project_id", Text, ForeignKey("repair_projects.id"), nullable=False)


def _done() -> tuple[Column[str], Column[object]]:
    return Column("actor", Text, nullable=False), Column("at", DateTime(timezone=True), nullable=False)


works_items = Table(
    "works_items",
    metadata,
    Column("id", Text, primary_key=True),
    _project(),
    Column("version", Integer, nullable=False),
    Column("menu_item", Text, nullable=False),
    Column("menu_version", Integer, nullable=False),
    Column("element", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("block", Text, nullable=False, comment="empty: in the grounds of the estate"),
    Column("contracted", Numeric(12, 2), nullable=False, comment="in the unit of the menu item"),
    Column("unit_cost", BigInteger, nullable=False, comment="fen"),
    Column("confirmed_by", Text, comment="the paper that confirms it"),
    Column("dropped", Text, comment="why it is not built after all"),
    Column("before", Integer, comment="capacity, as the menu item counts it"),
    Column("after", Integer),
    Column("spent", ARRAY(Text), nullable=False, server_default="{}", comment="what confirms it no more"),
    comment="a menu item in a block, as it was contracted",
)
Index(
    "works_items_once",
    works_items.c.project_id,
    works_items.c.menu_item,
    works_items.c.block,
    unique=True,
    postgresql_where=works_items.c.dropped.is_(None),
)

works_inspections = Table(
    "works_inspections",
    metadata,
    Column("id", Text, primary_key=True, comment="the inspector's own"),
    _project(),
    Column("item_id", Text, ForeignKey("works_items.id"), nullable=False),
    Column("bases", ARRAY(Text), nullable=False, comment="the inspections that it was made on"),
    Column("template", Text, nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("readings", JSONB, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("accepted", Numeric(12, 2), nullable=False, comment="how much is good by it, all in all"),
    Column("photographs", ARRAY(Text), nullable=False, comment="SHA-256 of each"),
    Column("actor", Text, nullable=False),
    Column("inspected_at", DateTime(timezone=True), nullable=False, comment="by the inspector's clock"),
    Column("at", DateTime(timezone=True), nullable=False, comment="when it arrived"),
)
Index("works_inspections_of_project", works_inspections.c.project_id)

works_defects = Table(
    "works_defects",
    metadata,
    Column("id", Text, primary_key=True),
    _project(),
    Column("version", Integer, nullable=False),
    Column("item_id", Text, ForeignKey("works_items.id"), nullable=False),
    Column("severity", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("cured_by", Text, comment="the party that says it is cured"),
    Column("ticket_id", Text),
    Column("note", Text, nullable=False),
    *_done(),
    Column("cure_by", DateTime(timezone=True), comment="the end of the cure clock"),
    Column("overdue", Boolean, nullable=False, server_default=false(), comment="it ended before anybody cured it"),
    Column("inspection_id", Text, comment="after the acceptance, that showed it"),
)
Index("works_defects_of_project", works_defects.c.project_id)

works_papers = Table(
    "works_papers",
    metadata,
    Column("id", Text, primary_key=True),
    _project(),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    *_done(),
    Column("issued_by", Text, comment="of an approval: the unit that gave it"),
)
Index("works_papers_of_project", works_papers.c.project_id)

works_disclosures = Table(
    "works_disclosures",
    metadata,
    Column("project_id", Text, ForeignKey("repair_projects.id"), primary_key=True),
    Column("what", Text, primary_key=True),
    *_done(),
)

works_acceptances = Table(
    "works_acceptances",
    metadata,
    Column("project_id", Text, ForeignKey("repair_projects.id"), primary_key=True),
    Column("block", Text, primary_key=True, comment="empty: the grounds of the estate"),
    Column("accepted_on", Date, nullable=False),
    Column("residents", Integer, nullable=False, comment="how many residents took part"),
    *_done(),
)

warranties = Table(
    "warranties",
    metadata,
    Column("item_id", Text, ForeignKey("works_items.id"), primary_key=True),
    _project(),
    Column("starts", Date, nullable=False),
    Column("ends", Date, nullable=False, comment="its last day"),
    Column("term", Text, nullable=False, comment="the rule that said how long"),
)
Index("warranties_of_project", warranties.c.project_id)
