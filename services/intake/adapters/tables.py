"""Intake's tables. Personal data is in `vault` alone; `ticket_texts` holds redacted text."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
)

metadata = MetaData()

_Time = DateTime(timezone=True)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("acted_version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("came_from", Text),
    Column("channel", Text, nullable=False),
    Column("caller_ref", Text),
    Column("occurred_at", _Time, nullable=False),
    Column("received_at", _Time, nullable=False),
    Column("history", Boolean, nullable=False, server_default=false()),
    Column("text_version", Integer, nullable=False),
    Column("type_code", Text),
    Column("kind", Text),
    Column("sub_district", Text),
    Column("estate", Text),
    Column("estate_name", Text),
    Column("building", Text),
    Column("urgency", Text),
    Column("emergency", Boolean, nullable=False, server_default=false()),
    Column("restricted", Boolean, nullable=False, server_default=false()),
    Column("repeat_of", ForeignKey("tickets.id")),
    Column("lead", Text),
    Column("co_handlers", ARRAY(Text), nullable=False),
    Column("assignee", Text),
    Column("review_reason", Text),
    Column("merged_into", ForeignKey("tickets.id")),
    Column("continues", ForeignKey("tickets.id")),
    Column("dispatched_at", _Time),
    Column("signed_at", _Time),
    Column("contacted_at", _Time),
    Column("settle_by", _Time),
    Column("extension", Text),
    Column("paused_at", _Time),
    Column("supervised", Boolean, nullable=False, server_default=false()),
    Column("returns", Integer, nullable=False, server_default="0"),
    Column("redos", Integer, nullable=False, server_default="0"),
    Column("settled_at", _Time),
    Column("settled_by", Text),
    Column("unit_solved", Boolean),
    Column("unreached", Integer, nullable=False, server_default="0"),
    Column("visited_at", _Time),
    Column("caller_solved", Boolean),
    Column("satisfaction", Text),
)
Index("tickets_states", tickets.c.state)
_newest = (tickets.c.state, tickets.c.received_at, tickets.c.id)
Index("tickets_by_state", *_newest)
Index("tickets_by_lead", tickets.c.lead, *_newest, postgresql_where=tickets.c.lead.is_not(None))
Index("tickets_by_place", tickets.c.sub_district, *_newest, postgresql_where=tickets.c.sub_district.is_not(None))
Index(
    "tickets_due",
    tickets.c.settle_by,
    postgresql_include=["lead", "settled_at"],
    postgresql_where=tickets.c.settle_by.is_not(None) & tickets.c.continues.is_(None),
)
Index(
    "tickets_visited",
    tickets.c.visited_at,
    postgresql_include=["lead", "caller_solved"],
    postgresql_where=tickets.c.visited_at.is_not(None),
)

Index("tickets_merged", tickets.c.merged_into, postgresql_where=tickets.c.merged_into.is_not(None))
Index(
    "tickets_of_caller",
    tickets.c.caller_ref,
    tickets.c.occurred_at,
    postgresql_where=tickets.c.caller_ref.is_not(None),
)

Index("tickets_by_estate", tickets.c.estate, *_newest, postgresql_where=tickets.c.estate.is_not(None))
Index("tickets_received", tickets.c.received_at)
Index("tickets_settled", tickets.c.settled_at, postgresql_where=tickets.c.settled_at.is_not(None))
Index(
    "tickets_late",
    tickets.c.settle_by,
    tickets.c.settled_at,
    postgresql_where=tickets.c.settled_at > tickets.c.settle_by,
)
Index("tickets_dispatched", tickets.c.dispatched_at, postgresql_where=tickets.c.dispatched_at.is_not(None))

clocks = Table(
    "clocks",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("since", Integer, primary_key=True, comment="the version of the ticket that started it"),
    Column("rule", Text, nullable=False),
    Column("rules_version", Integer, nullable=False),
    Column("calendar_known", Boolean, nullable=False),
    Column("started_at", _Time, nullable=False),
    Column("warn_at", _Time, nullable=False),
    Column("due_at", _Time, nullable=False),
    Column("paused_at", _Time),
    Column("paused", Interval, nullable=False),
    Column("warned_at", _Time),
    Column("breached_at", _Time),
    Column("stopped_at", _Time),
    Column("outcome", Text),
)
Index("clocks_running", clocks.c.ticket_id, postgresql_where=clocks.c.stopped_at.is_(None))
Index("clocks_due", clocks.c.due_at, clocks.c.kind)

ticket_history = Table(
    "ticket_history",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", _Time, nullable=False),
    Column("step", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("detail", Text),
)

ticket_texts = Table(
    "ticket_texts",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("address", Text),
)

settlements = Table(
    "settlements",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("version", Integer, primary_key=True, comment="the ticket's after the step"),
    Column("public_answer", Text, nullable=False, comment="redacted"),
    Column("reason", Text, comment="why the unit says it is not solved; redacted"),
    Column("handling", Text, comment="what was done; redacted"),
    Column("matter_true", Boolean),
    Column("beyond_duty", Boolean),
)

vault_keys = Table(
    "vault_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "holder", Text, nullable=False, unique=True, comment="the caller_ref, or the ticket's id for an anonymous call"
    ),
    Column("wrapped_key", LargeBinary, nullable=False),
)

vault = Table(
    "vault",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("key_id", Uuid, nullable=False, comment="no foreign key: the caller's key may be gone, the row stays"),
    Column("sealed", LargeBinary, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("client", Text, primary_key=True),
    Column("idempotency_key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("ticket_id", Uuid(as_uuid=False), nullable=False),
)

hot_issues = Table(
    "hot_issues",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("type_code", Text, nullable=False),
    Column("sub_district", Text),
    Column("estate", Text),
    Column("estate_name", Text),
    Column("project_id", Uuid(as_uuid=False)),
    Column("accepted_at", _Time),
    comment="the newest version that projects told",
)
Index("hot_issues_by_estate", hot_issues.c.estate)

projects = Table(
    "projects",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("planned_start", Date),
    Column("planned_end", Date),
    comment="the newest version that projects told",
)

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
    UniqueConstraint("hot_issue_id", "caller_ref"),
)
_latest = (follow_ups.c.joined_at, follow_ups.c.id)
Index("follow_ups_latest", *_latest)
Index("follow_ups_by_stage", follow_ups.c.stage, *_latest)
Index("follow_ups_by_issue", follow_ups.c.hot_issue_id, *_latest)

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

catalogue_versions = Table(
    "catalogue_versions",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", _Time, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("edits", JSON, nullable=False, comment="what this version changed"),
    Column("in_force", JSON, nullable=False, comment="all that the hub has changed, as of this version"),
)

estate_names = Table(
    "estate_names",
    metadata,
    Column("name", Text, primary_key=True),
    Column("estate", Text, nullable=False),
    Column("sub_district", Text),
    comment="the names under which estates were read in tickets",
)
