"""Intake's tables of messages to callers. No personal data: the address is in the vault, by the ticket."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.store.follow_up_tables import metadata

_Time = DateTime(timezone=True)

tellings = Table(
    "tellings",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("hot_issue_id", Uuid(as_uuid=False)),
    Column("person", Text, nullable=False, comment="the caller_ref, or the ticket's id for an anonymous call"),
    Column("occasion", Text, nullable=False),
    Column("occurrence", Text, nullable=False, comment="which time of the occasion: what it is about, and its round"),
    Column("facts", JSONB, nullable=False, comment="codes and values that the template puts into words"),
    Column("way", Text, comment="null: withheld"),
    Column("state", Text, nullable=False),
    Column("cause", Text, comment="the code of why it is withheld, failed or waits"),
    Column("planned_at", _Time, nullable=False, comment="business time"),
    Column("not_before", _Time, nullable=False, comment="business time: quiet hours are over"),
    Column("due_at", _Time, nullable=False, server_default=func.now(), comment="real time of the next attempt"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("sent_at", _Time, comment="real time"),
    Column("answer", Text, comment="what the gateway or the person who called said of it; no personal data"),
    UniqueConstraint("person", "occasion", "occurrence"),
)
Index("tellings_of_ticket", tellings.c.ticket_id, tellings.c.planned_at)
Index("tellings_of_issue", tellings.c.hot_issue_id, postgresql_where=tellings.c.hot_issue_id.is_not(None))
Index(
    "tellings_due",
    tellings.c.way,
    tellings.c.not_before,
    tellings.c.planned_at,
    postgresql_where=tellings.c.state.in_(("waiting", "sending")),
)
Index("tellings_unsure", tellings.c.not_before, postgresql_where=tellings.c.state == "unsure")

links = Table(
    "links",
    metadata,
    Column("token_hash", Text, primary_key=True, comment="SHA-256 of the token; the token itself is in the message"),
    Column("purpose", Text, nullable=False),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("subject", Text, nullable=False, comment="what the answer is for: a ticket's round or a follow-up's"),
    Column("expires_at", _Time, nullable=False, comment="business time"),
    Column("used_at", _Time, comment="business time"),
    comment="one-time links in messages to callers",
)
Index("links_of_ticket", links.c.ticket_id)

telling_tries = Table(
    "telling_tries",
    metadata,
    Column("telling_id", ForeignKey("tellings.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("way", Text, nullable=False),
    Column("at", _Time, nullable=False, comment="business time"),
    Column("outcome", Text, nullable=False, comment="failed, or what came of a call"),
    Column("cause", Text, comment="the code of why"),
    Column("actor", Text, comment="who called; null: a gateway"),
    comment="the ways that failed, and the calls",
)

link_answers = Table(
    "link_answers",
    metadata,
    Column("token_hash", ForeignKey("links.token_hash"), primary_key=True),
    Column("at", _Time, nullable=False, comment="business time"),
    Column("said", Text, nullable=False, comment="a grade, whether it is solved, or stop"),
    Column("outcome", Text, nullable=False, comment="whether it counted, or why it did not"),
    comment="what came back by one-time links",
)
