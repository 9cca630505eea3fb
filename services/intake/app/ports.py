"""What the use cases need of the world. Each call works inside the transaction of `work` and commits nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.chassis.work import Work
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Identity:
    """Personal data of one request. Never logged, never in an event, only in the vault."""

    name: str | None
    phone: str | None
    text: str
    address: str | None
    source_id: str | None = None


class Tickets(Protocol):
    def add(self, work: Work, ticket: Ticket, text: str, address: str | None) -> None:
        """Stores a new ticket with its redacted text and its history."""

    def lock(self, work: Work, ticket_id: str) -> Ticket | None:
        """The ticket, held against other writers until the transaction ends; None if there is none."""

    def save(self, work: Work, ticket: Ticket) -> None:
        """Stores the ticket's facts and the new lines of its history."""


class Vault(Protocol):
    def keep(self, work: Work, ticket_id: str, caller_ref: str | None, identity: Identity) -> None:
        """Seals personal data under the caller's own key; deleting that key erases the person."""

    def reveal(self, work: Work, ticket_id: str) -> Identity | None:
        """The personal data of a ticket; None when the caller was erased or there is no such ticket."""


class Settlements(Protocol):
    def add(self, work: Work, ticket: Ticket, public_answer: str, reason: str | None) -> None:
        """Stores the redacted words of the settlement just taken."""


class Receipts(Protocol):
    def claim(self, work: Work, client: str, key: str, fingerprint: bytes, ticket_id: str) -> str | None:
        """Binds a client's Idempotency-Key to `ticket_id`, or returns the ticket it was bound to before.

        Raises KeyReused when it was bound to another request. Waits for a concurrent claim of the same key.
        """


class KeyReused(ValueError):
    """An Idempotency-Key came again with another body."""
