"""Tables beside the ballots of a consultation: sales, looks at the interim result, differences from the register.

It stays with the counting party, as ballots do (ADR 42, ADR 45).
"""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, Table, Text

from services.projects.store.tables import metadata


def _consultation() -> Column[str]:
    return Column("consultation_id", Text, ForeignKey("consultations.id"), nullable=False, primary_key=True)


consultation_differences = Table(
    "consultation_differences",
    metadata,
    _consultation(),
    Column("part_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("registered", Text, comment="0.01 m², building/hallway, or the first part in the same hand"),
    Column("given", Text, comment="as registered"),
)

consultation_sales = Table(
    "consultation_sales",
    metadata,
    _consultation(),
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, comment="the client's own"),
    Column("part_id", Text, nullable=False),
    Column("sold_at", DateTime(timezone=True), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="only ever added to; each has the hash of the one before",
)
Index("consultation_sales_once", consultation_sales.c.consultation_id, consultation_sales.c.id, unique=True)

consultation_looks = Table(
    "consultation_looks",
    metadata,
    _consultation(),
    Column("actor", Text, primary_key=True),
    Column("ballots", Integer, primary_key=True, comment="how many there were by then"),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="who of the counting party saw how the vote stood while it was open",
)
