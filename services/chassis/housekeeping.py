"""Rows that have done their duty are deleted, a few at a time, by the relay's leader."""

from __future__ import annotations

import time
from typing import Any

import psycopg

EVERY_S = 600.0
AT_ONCE = 10_000

# The inbox may be pruned only because every effect has a unique key of its own, kept as long as the topic (DESIGN §4).
# What stands in a dead letter stays known: read once more, it must not become a second letter.
_PRUNE = (
    "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE published_at < now() - interval '7 days' LIMIT %s)",
    "DELETE FROM inbox WHERE ctid IN (SELECT ctid FROM inbox"
    " WHERE at < now() - interval '60 days' AND status = 'done' LIMIT %s)",
)


class Housekeeping:
    def __init__(self) -> None:
        self._due = 0.0

    def prune_when_due(self, session: psycopg.Connection[Any]) -> None:
        """Deletes at most `AT_ONCE` rows of a table, at most every `EVERY_S` seconds of real time."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + EVERY_S  # first: what cannot be deleted must not stop the publishing
        for statement in _PRUNE:
            session.execute(statement, [AT_ONCE])
