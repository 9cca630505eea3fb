"""The tables of notifier."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()

known_tickets = Table(
    "known_tickets",
    metadata,
    Column("ticket_id", Text, primary_key=True),
    Column("dispatch_version", Integer, comment="the ticket's version in its newest dispatch"),
    Column("text_version", Integer, comment="of the newest text; kept when the text itself is pruned"),
    Column("text", Text, comment="redacted; absent until it arrives, and again once the topic has dropped it"),
    Column("address", Text),
    Column("text_recorded_at", DateTime(timezone=True)),
    comment="one row a ticket, and the lock under which its dispatch and its text meet",
)
Index(
    "known_tickets_to_prune",
    known_tickets.c.text_recorded_at,
    postgresql_where=known_tickets.c.text.is_not(None),
)

known_matters = Table(
    "known_matters",
    metadata,
    Column("matter_id", Text, primary_key=True, comment="the hot issue's id or the project's"),
    Column("version", Integer, nullable=False, comment="of the newest fact; 0: none yet"),
    comment="one row a hot issue or project: a fact older than one already told is told to nobody",
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("delivery_id", Uuid, primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("ticket_id", Text),
    Column(
        "text_version",
        Integer,
        comment="the text that the ticket was dispatched by; a newer one does as well",
    ),
    Column("dispatch", JSONB(none_as_null=True), comment="the body of a ticket's dispatch"),
    Column("caused_at", DateTime(timezone=True), nullable=False, comment="when the event was recorded"),
    Column("told_at", DateTime(timezone=True)),
    Column("message", Text, nullable=False, comment="the type of what is told"),
    Column("hot_issue_id", Text),
    Column("project_id", Text),
    Column("matter_id", Text, comment="whatever else it is about, such as a topic of supervision"),
    Column("version", Integer, nullable=False, comment="of the ticket, hot issue or project"),
    Column("webhook_id", Uuid, comment="of the channel webhook; stays when the webhook is removed"),
    Column("number", Text, comment="what people call the matter by; null: from before the log had it"),
    UniqueConstraint("event_id", "recipient", "channel", "webhook_id", postgresql_nulls_not_distinct=True),
    CheckConstraint("status NOT IN ('published', 'sent') OR told_at IS NOT NULL", name="told_says_when"),
    CheckConstraint("(channel = 'webhook') = (webhook_id IS NOT NULL)", name="webhook_says_which"),
    CheckConstraint("num_nonnulls(ticket_id, hot_issue_id, project_id, matter_id) = 1", name="tells_of_one_matter"),
)
_LOG_ORDER = (deliveries.c.caused_at, deliveries.c.delivery_id)
Index("deliveries_by_time", *_LOG_ORDER)
Index("deliveries_by_recipient", deliveries.c.recipient, *_LOG_ORDER)
_ASKED = ("ticket_id", "hot_issue_id", "project_id", "matter_id", "webhook_id", "number")
for _asked in (deliveries.c[name] for name in _ASKED):
    Index(f"deliveries_by_{_asked.name}", _asked, *_LOG_ORDER, postgresql_where=_asked.is_not(None))
Index(
    "deliveries_awaiting_text",
    deliveries.c.ticket_id,
    postgresql_where=deliveries.c.status == "awaiting_text",
)

_now = text("now()")

webhooks = Table(
    "webhooks",
    metadata,
    Column("webhook_id", Uuid, primary_key=True),
    Column("department", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text), comment="the types of messages wanted; null: all"),
    Column("secret", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, comment="business time"),
    Column("created_by", Text, nullable=False),
    Column("lease", Integer, nullable=False, server_default="0", comment="rises with each claim and fences older ones"),
    Column("leased_until", DateTime(timezone=True), nullable=False, server_default=_now),
    Column(
        "resume_at",
        DateTime(timezone=True),
        server_default=_now,
        comment="null: disabled, or its handshake was given up",
    ),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row"),
    Column("error", Text, comment="of the last failure in that row"),
    Column("failing_since", DateTime(timezone=True), comment="the first failure in that row"),
    Column("warned_at", DateTime(timezone=True), comment="its department was told of that row"),
    Column("old_secret", Text, comment="signs too, until old_secret_until"),
    Column("old_secret_until", DateTime(timezone=True)),
    Column("disabled_because", Text),
    UniqueConstraint("department", "url"),
    CheckConstraint("(old_secret IS NULL) = (old_secret_until IS NULL)", name="old_secret_has_an_end"),
    CheckConstraint("(status = 'disabled') = (disabled_because IS NOT NULL)", name="disabled_says_why"),
    comment="subscriptions; all times but created_at are real",
)

webhook_sendings = Table(
    "webhook_sendings",
    metadata,
    Column("delivery_id", Uuid, ForeignKey(deliveries.c.delivery_id), primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("webhook_id", Uuid, ForeignKey(webhooks.c.webhook_id, ondelete="CASCADE"), nullable=False),
    Column("headers", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), server_default=_now, comment="null: nothing is to be sent"),
    Column("queued_at", DateTime(timezone=True), nullable=False, server_default=_now),
    Column("failed_at", DateTime(timezone=True)),
    Column("error", Text, comment="of the last failed attempt"),
    comment="what goes to webhooks, kept no longer than the topic keeps it; all times are real",
)
Index(
    "webhook_sendings_due",
    webhook_sendings.c.webhook_id,
    webhook_sendings.c.seq,
    postgresql_where=webhook_sendings.c.due_at.is_not(None),
)
Index(
    "webhook_sendings_failed",
    webhook_sendings.c.failed_at,
    postgresql_where=webhook_sendings.c.failed_at.is_not(None),
)
Index("webhook_sendings_by_age", webhook_sendings.c.queued_at)
