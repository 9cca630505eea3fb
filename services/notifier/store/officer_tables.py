"""The tables of officers and of what they are told."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Interval,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.notifier.store.tables import metadata

officers = Table(
    "officers",
    metadata,
    Column("officer_id", Uuid, primary_key=True),
    Column("unit", Text, nullable=False, comment="a department's code, or a supervising party's"),
    Column("post", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False, server_default="zh"),
    Column("active", Boolean, nullable=False, server_default="true", comment="false: no more told; the log stays"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", Text, nullable=False),
    comment="people at a unit who are told by name; personal data that leaves this database only as an address",
)
Index("officers_by_unit", officers.c.unit, officers.c.post)

officer_ways = Table(
    "officer_ways",
    metadata,
    Column("officer_id", Uuid, ForeignKey(officers.c.officer_id, ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, primary_key=True, comment="tried in this order"),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
)

officer_messages = Table(
    "officer_messages",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("officer_id", Uuid, ForeignKey(officers.c.officer_id), nullable=False),
    Column("digest_key", Text, nullable=False),
    Column("window_start", DateTime(timezone=True), nullable=False, comment="business time"),
    Column("closes_at", DateTime(timezone=True), nullable=False, comment="business time; when it may be sent at first"),
    Column("not_before", DateTime(timezone=True), comment="quiet hours or a limit put it off until then"),
    Column("status", Text, nullable=False, comment="open, closed, sending, sent, failed, withheld"),
    Column("cause", Text, comment="a code: why it was put off, withheld or failed"),
    Column("channel", Text, comment="by which it left, or is tried"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease", Integer, nullable=False, server_default="0", comment="rises with each claim and fences older ones"),
    Column("leased_until", DateTime(timezone=True), comment="real time"),
    Column("sent_at", DateTime(timezone=True), comment="business time"),
    UniqueConstraint("officer_id", "digest_key", "window_start", name="one_message_a_window"),
    comment="one sending to one officer: a digest of the notices of a window, closed once",
)
Index("officer_messages_due", officer_messages.c.closes_at, postgresql_where=officer_messages.c.sent_at.is_(None))

officer_notices = Table(
    "officer_notices",
    metadata,
    Column("notice_id", Uuid, primary_key=True),
    Column("officer_id", Uuid, ForeignKey(officers.c.officer_id), nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("unit", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("number", Text),
    Column("template", Text, nullable=False),
    Column("values", JSONB, nullable=False, comment="facts and codes; no caller's data"),
    Column("pressure", Text, nullable=False),
    Column("digest_key", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("caused_at", DateTime(timezone=True), nullable=False),
    Column("read_within", Interval, comment="how long it may stay unread; null: nobody asks"),
    Column("step", Integer, nullable=False, server_default="0", comment="of an escalation"),
    Column("status", Text, nullable=False),
    Column("cause", Text, comment="a code: why it was withheld or failed"),
    Column("message_id", Uuid, ForeignKey(officer_messages.c.message_id)),
    Column("read_at", DateTime(timezone=True)),
    Column("read_by", Text, comment="by which way: link, api, reply"),
    CheckConstraint("status NOT IN ('failed', 'withheld') OR cause IS NOT NULL", name="not_sent_says_why"),
    comment="what one officer is told of one event",
)
Index("officer_notices_by_officer", officer_notices.c.officer_id, officer_notices.c.caused_at)
Index("officer_notices_by_subject", officer_notices.c.subject_id, officer_notices.c.caused_at)
Index("officer_notices_of_message", officer_notices.c.message_id)
