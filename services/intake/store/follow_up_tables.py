"""Intake's tables of follow-ups, and of the hot issues and projects behind them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

metadata = MetaData()
"""Of all of intake's tables, those of `tables` included."""

_Time = DateTime(timezone=True)

hot_issues = Table(
    "hot_issues",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("number", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("lead", Text, comment="null until projects publishes the issue again"),
    Column("type_code", Text, nullable=False),
    Column("sub_district", Text),
    Column("estate", Text),
    Column("estate_name", Text),
    Column("project_id", Uuid(as_uuid=False)),
    Column("accepted_at", _Time),
    Column("decision", Text),
    Column("stage", Text, nullable=False, server_default="noted"),
    Column("callers", Integer, nullable=False, server_default="0", comment="distinct ones"),
    Column("reason", Text, comment="of the decision; redacted"),
    comment="the newest version that projects published",
)
Index("hot_issues_by_estate", hot_issues.c.estate)
Index("hot_issues_by_number", hot_issues.c.number)
Index("hot_issues_of_project", hot_issues.c.project_id, postgresql_where=hot_issues.c.project_id.is_not(None))

projects = Table(
    "projects",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("number", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("planned_start", Date),
    Column("planned_end", Date),
    Column("estates", ARRAY(Text), nullable=False, server_default="{}", comment="where the works are"),
    comment="the newest version that projects published",
)
Index("projects_by_number", projects.c.number)

follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("hot_issue_id", ForeignKey("hot_issues.id"), nullable=False),
    Column("caller_ref", Text, nullable=False),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("called_at", _Time, nullable=False),
    Column("joined_at", _Time, nullable=False),
    Column("stage", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("ask_at", _Time),
    Column("answered_at", _Time),
    Column("continued_by", ForeignKey("tickets.id")),
    Column("called_again", Boolean, nullable=False),
    Column("missed", Integer, nullable=False, server_default="0", comment="calls to ask them that reached nobody"),
    Column("call_after", _Time, comment="not called again before; business time"),
    UniqueConstraint("hot_issue_id", "caller_ref"),
)
_latest = (follow_ups.c.joined_at, follow_ups.c.id)
Index("follow_ups_latest", *_latest)
Index("follow_ups_by_stage", follow_ups.c.stage, *_latest)
Index("follow_ups_by_issue", follow_ups.c.hot_issue_id, *_latest)
Index("follow_ups_by_ticket", follow_ups.c.ticket_id)

follow_up_answers = Table(
    "follow_up_answers",
    metadata,
    Column("follow_up_id", ForeignKey("follow_ups.id"), primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("at", _Time, nullable=False),
    Column("actor", Text, nullable=False),
    Column("solved", Boolean, nullable=False),
    Column("note", Text, comment="redacted"),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("continued_by", ForeignKey("tickets.id")),
)
Index("follow_up_answers_at", follow_up_answers.c.at)

follow_up_calls = Table(
    "follow_up_calls",
    metadata,
    Column("follow_up_id", ForeignKey("follow_ups.id"), primary_key=True),
    Column("version", Integer, primary_key=True, comment="the follow-up's, after the call"),
    Column("at", _Time, nullable=False, comment="business time"),
    Column("actor", Text, nullable=False),
    Column("result", Text, nullable=False),
    comment="calls to ask somebody that brought no answer",
)

caller_messages = Table(
    "caller_messages",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("follow_up_id", ForeignKey("follow_ups.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("stage", Text, nullable=False),
    Column("at", _Time, nullable=False),
    UniqueConstraint("follow_up_id", "round", "stage"),
)
