"""Intake's tables. Personal data is in `vault` alone; `ticket_texts` holds redacted text."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Interval,
    LargeBinary,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.store import city_tables as city_tables
from services.intake.store import duty_notices as duty_notices
from services.intake.store import name_tables as name_tables
from services.intake.store import retention_runs as retention_runs
from services.intake.store import telling_stops as telling_stops
from services.intake.store import telling_tables as telling_tables
from services.intake.store import vault_tables as vault_tables
from services.intake.store.follow_up_tables import metadata

_Time = DateTime(timezone=True)

ticket_serials = Sequence("ticket_serials", minvalue=0, maxvalue=999_999, cycle=True, metadata=metadata)
"""The last six digits of tickets' numbers, round and round."""

tickets = Table(
    "tickets",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("number", Text(collation="C"), nullable=False),
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
    Column("about_unit", Text, comment="the department that is reported; it never gets the ticket"),
    Column(
        "confidential",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="the caller stays unnamed to all but the hub",
    ),
    Column("repeat_of", ForeignKey("tickets.id")),
    Column("lead", Text),
    Column("co_handlers", ARRAY(Text), nullable=False),
    Column("assignee", Text),
    Column("review_reason", Text, comment="in plain English, or a person's own words"),
    Column("review", JSONB, comment="the code of the reason and its values; null for a person's own words"),
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
    Column("city_number", Text),
    Column("city_by", _Time, comment="the deadline that the city set"),
    Column("reach", ARRAY(Text), nullable=False, server_default="{unknown}", comment="what the caller left: no number"),
)
Index("tickets_by_number", tickets.c.number, unique=True)
Index("tickets_by_ending", func.reverse(tickets.c.number))
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

_of_city = tickets.c.city_number.is_not(None)
Index("tickets_of_city", tickets.c.city_number, unique=True, postgresql_where=_of_city)
Index("tickets_of_city_by_state", tickets.c.state, tickets.c.city_number, postgresql_where=_of_city)

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
    Column(
        "lapses", Boolean, nullable=False, server_default=false(), comment="a right, not a duty: its end is no breach"
    ),
)
Index("clocks_running", clocks.c.ticket_id, postgresql_where=clocks.c.stopped_at.is_(None))
Index(
    "clocks_in_doubt",
    clocks.c.ticket_id,
    postgresql_where=text("NOT calendar_known AND (stopped_at IS NULL OR outcome = 'late')"),
)
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
    Column("detail", Text, comment="in plain English, with a person's own words"),
    Column("facts", JSONB, comment="the codes and values behind `detail`, and the words; null where words are all"),
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

visits = Table(
    "visits",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("round", Integer, primary_key=True, comment="how often the unit had done it again by then"),
    Column("at", _Time, nullable=False),
    Column("solved", Boolean, nullable=False),
    Column("satisfaction", Text),
)
Index("visits_at", visits.c.at)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("at", _Time, nullable=False),
    Column("actor", Text, nullable=False),
    Column("media_type", Text),
    Column("size", Integer),
    Column("sha256", Text, comment="of the content as it is kept: its name in the store"),
    Column("recording", Text, comment="where it lies, if it is a recording"),
    UniqueConstraint("ticket_id", "purpose", "sha256", "recording", postgresql_nulls_not_distinct=True),
    CheckConstraint("(sha256 IS NULL) <> (recording IS NULL)", name="content_or_recording"),
)

caller_readings = Table(
    "caller_readings",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("at", _Time, nullable=False),
    Column("reader", Text, nullable=False, comment="the subject of their token"),
    Column("role", Text, comment="as what they asked; null: as nobody who may"),
    Column("unit", Text, comment="the department for which they asked, if they did for one"),
    Column("purpose", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("ticket_id", ForeignKey("tickets.id"), comment="null: it was not about one ticket"),
    Column("caller_ref", Text, comment="whose tickets were looked for, where a telephone was given"),
    comment="who asked who a caller is, why, and what came of it; written before anything is shown, and never changed",
)
Index("caller_readings_by_time", caller_readings.c.at, caller_readings.c.id)
Index("caller_readings_by_reader", caller_readings.c.reader, caller_readings.c.at)
Index(
    "caller_readings_by_ticket",
    caller_readings.c.ticket_id,
    caller_readings.c.at,
    postgresql_where=caller_readings.c.ticket_id.is_not(None),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column(
        "holder",
        Text,
        comment="the keyed hash of the caller, or the id of an anonymous ticket; null: several, whose time was over",
    ),
    Column("at", _Time, nullable=False),
    Column("actor", Text, nullable=False, comment="the subject of a token, or the class of a retention"),
    Column("reason", Text, nullable=False, comment="redacted"),
    Column("tickets", ARRAY(Text), nullable=False),
    Column("keys", ARRAY(Text), nullable=False, comment="the ids of the keys that were deleted"),
    Column("contents", ARRAY(Text), nullable=False, comment="hashes of attachments that are to be removed still"),
    comment="who was erased; applied again to every restored backup, before anything else",
)
Index("erasures_by_time", erasures.c.at, erasures.c.id)
Index("erasures_unfinished", erasures.c.id, postgresql_where=text("contents <> '{}'"))

receipts = Table(
    "receipts",
    metadata,
    Column("client", Text, primary_key=True),
    Column("idempotency_key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("ticket_id", Uuid(as_uuid=False), nullable=False),
)
Index("receipts_of_ticket", receipts.c.ticket_id)

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
