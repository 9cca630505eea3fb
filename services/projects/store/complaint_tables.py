"""Complaints about works, and when they were answered."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text

from services.projects.store.tables import metadata

works_complaints = Table(
    "works_complaints",
    metadata,
    Column("ticket_id", Text, primary_key=True),
    Column("project_id", Text, comment="null: about no project any more"),
    Column("type_code", Text, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
)
Index(
    "works_complaints_of_project",
    works_complaints.c.project_id,
    works_complaints.c.occurred_at,
    postgresql_where=works_complaints.c.project_id.is_not(None),
)

complaint_answers = Table(
    "complaint_answers",
    metadata,
    Column("ticket_id", Text, primary_key=True),
    Column("version", Integer, nullable=False, comment="of the ticket"),
    Column("answered_at", DateTime(timezone=True), comment="null: it is to be done again"),
)
