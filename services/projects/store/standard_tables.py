"""The tables of standards: their versions, opinions on drafts, the roll-out, checks."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.projects.store.tables import metadata

standards = Table(
    "standards",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False, comment="rises with every change"),
    Column("title", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("type_codes", ARRAY(Text), nullable=False),
    Column("case_id", Text),
    Column("state", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("retired_on", Date, comment="the last day in force"),
    Column("retired_at", DateTime(timezone=True)),
    Column("retired_why", Text),
    Column("review_on", Date),
    Column("review_overdue", Boolean, nullable=False, server_default=false()),
)

standard_editions = Table(
    "standard_editions",
    metadata,
    Column("standard_id", Text, ForeignKey("standards.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("content", JSONB, nullable=False, comment="text, clauses, elements, menu, papers, meetings, forms"),
    Column("supersedes", Integer),
    Column("effective_from", Date),
    Column("effective_to", Date, comment="if it was said at the issue"),
    Column("adopt_by", Date),
    Column("issued_at", DateTime(timezone=True), comment="since when it is known"),
    Column("issued_by", Text),
    Column("menu_versions", JSONB, nullable=False, comment="of the rows of the menu, given at the issue"),
)
Index(
    "standard_editions_issued",
    standard_editions.c.effective_from,
    postgresql_where=standard_editions.c.issued_at.is_not(None),
)

standard_opinions = Table(
    "standard_opinions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("standard_id", Text, ForeignKey("standards.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("role", Text, nullable=False),
    Column("clause", Text),
    Column("words", Text, nullable=False),
    Column("adopted", Boolean),
    Column("why", Text),
    Column("version", Integer, nullable=False),
    Column("on_text", Text, comment="digest of the content that it was given on"),
)

standard_rollouts = Table(
    "standard_rollouts",
    metadata,
    Column("standard_id", Text, ForeignKey("standards.id"), primary_key=True),
    Column("sub_district", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("number", Integer, comment="the version that was adopted"),
    Column("adopted_on", Date),
    Column("trained_on", Date),
    Column("adopt_by", Date),
    Column("overdue", Boolean, nullable=False),
    Column("exempt_reason", Text),
    Column("exempt_until", Date, comment="the last day"),
)

standard_checks = Table(
    "standard_checks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("standard_id", Text, ForeignKey("standards.id"), nullable=False, index=True),
    Column("sub_district", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("clause", Text, nullable=False),
    Column("number", Integer, nullable=False, comment="the version that was checked"),
    Column("method", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("checked_on", Date, nullable=False),
    Column("valid_until", Date, nullable=False, comment="after it the check says nothing"),
    Column("verdict", Text, nullable=False),
    Column("mend_by", Date),
    Column("noted_at", DateTime(timezone=True)),
    Column("overdue", Boolean, nullable=False, server_default=false()),
)
