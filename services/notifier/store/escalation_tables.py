"""The tables of what follows when a notice is not read, and of the links by which it is."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.notifier.store.officer_tables import officer_messages
from services.notifier.store.tables import metadata

escalations = Table(
    "escalations",
    metadata,
    Column("escalation_id", Uuid, primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_version", Integer, nullable=False, comment="the set by which it runs to its end"),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("number", Text),
    Column("telling", JSONB, nullable=False, comment="what each step says, and how: as its first notices"),
    Column("chain", JSONB, nullable=False, comment="the steps as they were when it began: posts at units, and seconds"),
    Column("done_by", Text, nullable=False, comment="the events of the subject that end it, with commas between"),
    Column("state", Text, nullable=False, comment="running, read, done, exhausted"),
    Column("step", Integer, nullable=False, server_default="0", comment="the last that was told"),
    Column("started_at", DateTime(timezone=True), nullable=False, comment="business time"),
    Column("due_at", DateTime(timezone=True), comment="business time; null: nothing follows"),
    Column("ended_at", DateTime(timezone=True), comment="business time"),
    UniqueConstraint("event_id", "rule", name="one_escalation_a_rule"),
    CheckConstraint("(state = 'running') = (due_at IS NOT NULL)", name="running_says_until_when"),
    comment="one fact that must be read: who is told next, each step once",
)
Index("escalations_by_start", escalations.c.started_at, escalations.c.escalation_id)
Index("escalations_running", escalations.c.subject_id, postgresql_where=escalations.c.state == "running")

escalation_steps = Table(
    "escalation_steps",
    metadata,
    Column("escalation_id", Uuid, ForeignKey(escalations.c.escalation_id), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("told_at", DateTime(timezone=True), nullable=False, comment="business time"),
    Column("officers", Integer, nullable=False, comment="how many a way leads to; 0: the next step follows at once"),
    comment="the steps that were taken",
)

officer_links = Table(
    "officer_links",
    metadata,
    Column("message_id", Uuid, ForeignKey(officer_messages.c.message_id), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    comment="the link in a message: whoever opens it may say that the message was read",
)
