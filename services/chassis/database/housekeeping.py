"""Deletes rows that are no longer needed, a few at a time; run by the relay's leader."""

from __future__ import annotations

import time
from typing import Any

import psycopg

from services.contracts.topics import topic_table

EVERY_S = 600.0
AT_ONCE = 10_000

# The inbox may be pruned only because every effect has a unique key of its own, kept as long as the topic (ADR 22).
# Rejected events stay: read once more, they must not become a second dead letter.
_PRUNE = (
    "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE published_at < now() - interval '7 days' LIMIT %s)",
    "DELETE FROM inbox WHERE ctid IN (SELECT ctid FROM inbox"
    " WHERE at < now() - interval '60 days' AND status = 'done' LIMIT %s)",
)


# A letter is replayed for as long as its topic keeps what it is made of; then its text goes here too (ADR 21).
_FORGET_LETTERS = (
    "UPDATE dead_letters SET key = NULL, headers = '[]', value = NULL WHERE id IN (SELECT id FROM dead_letters"
    " WHERE topic = %s AND rejected_at < now() - make_interval(days => %s) AND value IS NOT NULL LIMIT %s)"
)


class Housekeeping:
    def __init__(self) -> None:
        self._due = 0.0

    def prune_when_due(self, session: psycopg.Connection[Any]) -> None:
        """Deletes at most `AT_ONCE` rows of a table, at most every `EVERY_S` seconds of real time."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + EVERY_S  # first: a failure to delete must not stop the publishing
        for statement in _PRUNE:
            session.execute(statement, [AT_ONCE])
        for topic in topic_table().topics.values():
            if topic.retention_days != "forever":
                session.execute(_FORGET_LETTERS, [topic.name, topic.retention_days, AT_ONCE])
