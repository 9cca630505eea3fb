"""Receiving a ticket: the promise that begins with the 202."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.work import Work
from services.contracts.ticket_events import Channel, TicketReceived, TicketTextRecorded
from services.intake.app.facts import ticket_facts
from services.intake.app.ports import Claim, Identity, KeyReused, Letter, Receipts, Tickets, Vault
from services.intake.domain.callers import caller_ref
from services.intake.domain.redaction import flats_in, redact
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Request:
    """What a resident asks, as taken down. `occurred_at` is when they turned to us; `client` who asks on their behalf.

    `canonical` is the same for the same request, whatever its spelling in JSON.
    """

    identity: Identity
    channel: Channel
    occurred_at: datetime | None
    idempotency_key: str
    canonical: bytes
    client: str
    history: bool = False
    city_number: str | None = None
    city_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReceiveTicket:
    tickets: Tickets
    vault: Vault
    receipts: Receipts
    caller_key: bytes
    new_id: Callable[[], str]

    def __call__(self, work: Work, request: Request) -> tuple[str, bool]:
        """Records the ticket once per (client, Idempotency-Key); returns its id and whether it is new.

        Everything (receipt, ticket, vault, outbox) commits together or not at all. Raises KeyReused, and
        TooLarge when the events would not fit into a record.
        """
        (outcome,) = self.many(work, [request])
        if outcome is None:
            raise KeyReused(request.idempotency_key)
        return outcome

    def many(self, work: Work, requests: Sequence[Request]) -> list[tuple[str, bool] | None]:
        """Records many in one transaction, for little more than the price of one; answers in their order.

        None: its Idempotency-Key belongs to another request. Of a key that comes twice the first one counts.
        """
        claims = [Claim(one.client, one.idempotency_key, self._fingerprint(one), self.new_id()) for one in requests]
        owners = self.receipts.claim(work, claims)
        fresh = [
            (request, claim.ticket_id)
            for request, claim, owner in zip(requests, claims, owners, strict=True)
            if owner == claim.ticket_id
        ]
        taken = [(self._ticket(work, request, ticket_id), request) for request, ticket_id in fresh]
        take_down(self.tickets, work, [Letter(ticket, one.client, *_redacted(one.identity)) for ticket, one in taken])
        self.vault.keep(work, [(ticket.id, ticket.caller_ref, one.identity) for ticket, one in taken])
        return [
            (owner, owner == claim.ticket_id) if owner else None for claim, owner in zip(claims, owners, strict=True)
        ]

    def _fingerprint(self, request: Request) -> bytes:
        """Keyed, because whoever has the redacted text could try out the few digits that are masked."""
        return hmac.digest(self.caller_key, b"request:" + request.canonical, "sha256")

    def _ticket(self, work: Work, request: Request, ticket_id: str) -> Ticket:
        now, identity = work.clock.now(), request.identity
        return Ticket(
            id=ticket_id,
            channel=request.channel,
            caller_ref=caller_ref(self.caller_key, phone=identity.phone, source_id=identity.source_id),
            occurred_at=request.occurred_at or now,
            received_at=now,
            history=request.history,
            city_number=request.city_number,
            city_by=request.city_by,
        )


def take_down(tickets: Tickets, work: Work, letters: Sequence[Letter]) -> None:
    """Stores new tickets with their redacted texts and tells of both."""
    for letter in letters:
        ticket = letter.ticket
        ticket.receive(letter.actor)
        work.publish("tickets", TicketReceived(**ticket_facts(ticket)))
        work.publish(
            "ticket-texts",
            TicketTextRecorded(
                version=ticket.text_version,
                ticket_id=ticket.id,
                text=letter.text,
                address=letter.address,
                channel=ticket.channel,
                occurred_at=ticket.occurred_at,
            ),
        )
    tickets.add(work, letters)


def _redacted(identity: Identity) -> tuple[str, str | None]:
    text, address = identity.text, identity.address
    flats = flats_in(text) | flats_in(address or "")
    return (
        redact(text, name=identity.name, flats=flats),
        redact(address, name=identity.name, flats=flats) if address else None,
    )
