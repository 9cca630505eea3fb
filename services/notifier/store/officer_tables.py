"""The tables of officers and of their notices."""

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
    text,
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
Index(
    "one_officer_a_post",
    *(officers.c.unit, officers.c.post, officers.c.name),
    unique=True,
    postgresql_where=officers.c.active,
)

officer_ways = Table(
    "officer_ways",
    metadata,
    Column("officer_id", Uuid, ForeignKey(officers.c.officer_id, ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, primary_key=True, comment="tried in this order, from 0 on"),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
)

officer_messages = Table(
    "officer_messages",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("officer_id", Uuid, ForeignKey(officers.c.officer_id), nullable=False),
    Column("digest_key", Text, nullable=False, comment="of an urgent message: the id of its only notice"),
    Column("window_start", DateTime(timezone=True), nullable=False, comment="business time"),
    Column("closes_at", DateTime(timezone=True), nullable=False, comment="business time; when it may be sent at first"),
    Column("number", Integer, nullable=False, comment="in its series, from 0; its window grows with it"),
    Column("urgent", Boolean, nullable=False),
    Column("channels", Text, comment="the ways that it may use, with commas between; null: all of the officer's"),
    Column("rules_version", Integer, nullable=False, comment="of sending.yaml, which made its window"),
    Column("not_before", DateTime(timezone=True), nullable=False, comment="business time; the end of what put it off"),
    Column("status", Text, nullable=False, comment="open, closed, sending, sent, failed, withheld"),
    Column("cause", Text, comment="a code: why it was put off, withheld or failed"),
    Column("rank", Integer, nullable=False, server_default="0", comment="of the way by which it leaves, or is tried"),
    Column("channel", Text, comment="of that way; null: a way is still to be chosen"),
    Column("attempts", Integer, nullable=False, server_default="0", comment="by this way"),
    Column("lease", Integer, nullable=False, server_default="0", comment="rises with each claim and fences older ones"),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=text("now()"), comment="real time"),
    Column("sent_at", DateTime(timezone=True), comment="business time"),
    UniqueConstraint("officer_id", "digest_key", "window_start", name="one_message_a_window"),
    CheckConstraint("status NOT IN ('failed', 'withheld') OR cause IS NOT NULL", name="unsent_says_why"),
    CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_says_when"),
    comment="one sending to one officer: a digest of the notices of a window, closed once",
)
Index(
    "officer_messages_unended",
    officer_messages.c.not_before,
    postgresql_where=text("status IN ('open', 'closed', 'sending')"),
)
Index(
    "officer_messages_unsent",
    officer_messages.c.closes_at,
    postgresql_where=text("status IN ('failed', 'withheld')"),
)
Index(
    "officer_messages_to_send",
    officer_messages.c.channel,
    officer_messages.c.due_at,
    postgresql_where=text("status IN ('closed', 'sending') AND channel IS NOT NULL"),
)

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
    Column("channels", Text, comment="the ways that it may use, with commas between; null: all of the officer's"),
    Column("status", Text, nullable=False),
    Column("cause", Text, comment="a code: why it was withheld or failed"),
    Column("message_id", Uuid, ForeignKey(officer_messages.c.message_id)),
    Column("read_at", DateTime(timezone=True)),
    Column("read_by", Text, comment="by which way: link, api, reply"),
    CheckConstraint("status NOT IN ('failed', 'withheld') OR cause IS NOT NULL", name="not_sent_says_why"),
    comment="what one officer is told of one event",
)
Index("officer_notices_by_officer", officer_notices.c.officer_id, officer_notices.c.caused_at)
Index("officer_notices_by_time", officer_notices.c.caused_at, officer_notices.c.notice_id)
Index("officer_notices_by_event", officer_notices.c.event_id)
Index("officer_notices_by_subject", officer_notices.c.subject_id, officer_notices.c.caused_at)
Index("officer_notices_of_message", officer_notices.c.message_id)
Index(
    "officer_notices_waiting",
    officer_notices.c.caused_at,
    officer_notices.c.notice_id,
    postgresql_where=officer_notices.c.status == "waiting",
)
