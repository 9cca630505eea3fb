"""The chassis' own tables, the same in every service's database."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)

metadata = MetaData()

_now = func.clock_timestamp()

outbox = Table(
    "outbox",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("topic", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("version", Integer, comment="the aggregate's version; absent for a dead letter"),
    Column("headers", LargeBinary, nullable=False),
    Column("value", LargeBinary),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_now),
    Column("published_at", DateTime(timezone=True)),
    Column("set_aside_at", DateTime(timezone=True)),
    Column("set_aside_cause", Text),
)
# Partial: a dead letter has no version, and its original key may be longer than an index allows.
Index(
    "outbox_version",
    outbox.c.topic,
    outbox.c.key,
    outbox.c.version,
    unique=True,
    postgresql_where=outbox.c.version.is_not(None),
)
Index("outbox_unpublished", outbox.c.seq, postgresql_where=outbox.c.published_at.is_(None))
Index("outbox_published", outbox.c.published_at, postgresql_where=outbox.c.published_at.is_not(None))
Index(
    "outbox_set_aside",
    outbox.c.seq,
    postgresql_where=outbox.c.set_aside_at.is_not(None) & outbox.c.published_at.is_(None),
)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("status", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=_now),
)
Index("inbox_at", inbox.c.at)

attempts = Table(
    "attempts",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("scope", Text, primary_key=True, comment="batch: the batch that begins here; event: this event alone"),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("consumer", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("key", LargeBinary),
    Column("headers", LargeBinary, nullable=False),
    Column("value", LargeBinary),
    Column("cause", Text, nullable=False),
    Column("rejected_at", DateTime(timezone=True), nullable=False, server_default=_now),
    Column("replayed_at", DateTime(timezone=True)),
    Column("replayed_by", Text),
    UniqueConstraint("consumer", "topic", "event_id"),
)
Index("dead_letters_open", dead_letters.c.rejected_at, postgresql_where=dead_letters.c.replayed_at.is_(None))

timers = Table(
    "timers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("fired_at", DateTime(timezone=True), comment="business time"),
    Column("cancelled_at", DateTime(timezone=True), comment="business time"),
)
Index(
    "timers_waiting",
    timers.c.due_at,
    timers.c.id,
    postgresql_where=timers.c.fired_at.is_(None) & timers.c.cancelled_at.is_(None),
)
Index("timers_by_subject", timers.c.subject, timers.c.kind)
