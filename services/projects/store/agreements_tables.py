"""The parties and contracts of works."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.projects.store.tables import metadata

works_parties = Table(
    "works_parties",
    metadata,
    Column("project_id", Text, ForeignKey("repair_projects.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("code", Text, nullable=False, comment="unified social credit code"),
    Column("version", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="who implements, designs, builds and supervises the works",
)

works_contracts = Table(
    "works_contracts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("repair_projects.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("party", Text, nullable=False),
    Column("paper_id", Text, nullable=False),
    Column("sum_fen", BigInteger, nullable=False),
    Column("starts", Date, nullable=False),
    Column("ends", Date, nullable=False),
    Column("changes", JSONB, nullable=False, comment="change orders with what each adds or takes, in fen"),
    Column("audit", JSONB(none_as_null=True), comment="the report and what it found to be due, in fen"),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="with the parties of the works",
)
Index("works_contracts_of_project", works_contracts.c.project_id)
