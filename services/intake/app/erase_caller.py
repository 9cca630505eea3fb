"""Erases who a caller is, from all their tickets so far. Counts and facts stay as they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.database.work import Work
from services.chassis.messaging.forgetting import forget
from services.contracts.event import deterministic_id
from services.contracts.redaction import redact
from services.contracts.text_events import TicketTextErased
from services.intake.app.attach import Contents
from services.intake.domain.ticket import Ticket

CONSUMER = "intake-erasures"


@dataclass(frozen=True, slots=True)
class Erasure:
    """A tombstone. `holder` is the keyed hash of the caller, or the id of an anonymous ticket; None: several callers,
    whose tickets' time was over. `keys` are the ids of the vault's keys that are gone with it. `contents` are
    attachments' hashes, removed after the commit."""

    id: str
    holder: str | None
    at: datetime
    actor: str
    reason: str
    tickets: Sequence[str]
    keys: Sequence[str]
    contents: Sequence[str] = ()


class Traces(Protocol):
    """What intake's tables hold of a person."""

    def lock_keys(self, work: Work, holders: Collection[str]) -> list[str]:
        """The ids of the keys of these holders; nobody uses them from here on until the transaction ends."""

    def lock_last_keys(self, work: Work, ticket_ids: Collection[str]) -> list[str]:
        """The ids of the keys that open nothing but these tickets; nobody uses them from here on."""

    def lock_tickets(self, work: Work, holder: str) -> list[Ticket]:
        """All tickets of a caller by their keyed hash, or the one anonymous ticket of that id, locked."""

    def lock_named(self, work: Work, ticket_ids: Collection[str]) -> list[Ticket]:
        """Those of these tickets that exist, locked."""

    def drop(self, work: Work, tickets: Sequence[Ticket], keys: Collection[str]) -> list[str]:
        """Deletes sealed data and attachments, lists the keys for deletion, puts ERASED for words and withholds waiting
        messages. Whoever has no key left has no wish left to get none. Returns the attachments' hashes."""

    def erase_texts(self, work: Work, tickets: Sequence[Ticket]) -> list[tuple[str, int]]:
        """Puts ERASED in the place of each text that is not erased yet, as its next version. Returns those versions."""

    def add(self, work: Work, erasure: Erasure) -> None:
        """Stores the tombstone, once for each id."""

    def unfinished(self, work: Work) -> Erasure | None:
        """One whose contents are to be removed still, locked; None if there is none."""

    def without_rows(self, work: Work, contents: Collection[str]) -> list[str]:
        """Those of these contents that no attachment names."""

    def finish(self, work: Work, erasure_id: str) -> None:
        """Marks the contents of an erasure as removed."""


@dataclass(frozen=True, slots=True)
class EraseCaller:
    """Everything in intake's database goes in one transaction; files and keys go after it (EndKeys), and workers remove
    what a crash left."""

    traces: Traces
    contents: Contents | None

    def __call__(self, work: Work, holder: str, erasure_id: str, actor: str, reason: str) -> Erasure:
        """Erases the person from all tickets so far. A call that is received meanwhile is erased too, or is a later one
        under a new key. Somebody of whom nothing is kept gets a tombstone of nothing."""
        keys = self.traces.lock_keys(work, [holder])
        tickets = self.traces.lock_tickets(work, holder)
        now = work.clock.now()
        erasure = Erasure(erasure_id, holder, now, actor, redact(reason), [one.id for one in tickets], keys)
        return self._erase(work, erasure, tickets)

    def again(self, work: Work, erasure: Erasure) -> Erasure:
        """Applies a tombstone to a database that may have forgotten it, as a restored backup has. Later calls of the
        same person stay: the tombstone names its tickets and keys."""
        return self._erase(work, erasure, self.traces.lock_named(work, erasure.tickets))

    def of_tickets(self, work: Work, ticket_ids: Collection[str], erasure_id: str, actor: str, reason: str) -> Erasure:
        """Erases who filed these tickets from them alone. A key that opens another ticket still stays."""
        keys = self.traces.lock_last_keys(work, ticket_ids)
        tickets = self.traces.lock_named(work, ticket_ids)
        erasure = Erasure(erasure_id, None, work.clock.now(), actor, reason, [one.id for one in tickets], keys)
        return self._erase(work, erasure, tickets)

    def remove_later(self, work: Work, contents: Sequence[str], erasure_id: str, actor: str, reason: str) -> None:
        """Has attachments' contents removed after the commit, but for those that another attachment has."""
        self.traces.add(work, Erasure(erasure_id, None, work.clock.now(), actor, reason, [], [], contents))

    def finish_one(self, work: Work, _: str | None) -> str | None:
        """Removes the contents of one unfinished erasure; for a Sweep. None when none is left."""
        erasure = self.traces.unfinished(work)
        if erasure is None:
            return None
        for content in self.traces.without_rows(work, erasure.contents):
            if self.contents:
                self.contents.remove(content)
        self.traces.finish(work, erasure.id)
        return erasure.id

    def _erase(self, work: Work, erasure: Erasure, tickets: Sequence[Ticket]) -> Erasure:
        contents = self.traces.drop(work, tickets, erasure.keys)
        forget(work.connection, [one.id for one in tickets])
        for ticket_id, version in self.traces.erase_texts(work, tickets):
            event = TicketTextErased(version=version, ticket_id=ticket_id)
            event_id = deterministic_id(CONSUMER, f"{ticket_id}:{version}", event.type)
            work.publish("ticket-texts", event, event_id)
        done = Erasure(
            erasure.id,
            erasure.holder,
            erasure.at,
            erasure.actor,
            erasure.reason,
            erasure.tickets,
            erasure.keys,
            contents,
        )
        self.traces.add(work, done)
        return done
