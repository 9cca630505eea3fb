"""Receiving a ticket: the promise that begins with the 202."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.chassis.work import Work
from services.contracts.ticket_events import Channel, TicketReceived, TicketTextRecorded
from services.intake.app.facts import ticket_facts
from services.intake.app.ports import Identity, Receipts, Tickets, Vault
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
        ticket_id = self.new_id()
        # Keyed, because whoever has the redacted text could try out the few digits that are masked.
        fingerprint = hmac.digest(self.caller_key, b"request:" + request.canonical, "sha256")
        known = self.receipts.claim(work, request.client, request.idempotency_key, fingerprint, ticket_id)
        if known is not None:
            return known, False
        now = work.clock.now()
        identity = request.identity
        ticket = Ticket(
            id=ticket_id,
            channel=request.channel,
            caller_ref=caller_ref(self.caller_key, phone=identity.phone, source_id=identity.source_id),
            occurred_at=request.occurred_at or now,
            received_at=now,
            history=request.history,
            city_number=request.city_number,
            city_by=request.city_by,
        )
        text, address = _redacted(identity)
        take_down(self.tickets, work, ticket, request.client, text, address)
        self.vault.keep(work, ticket_id, ticket.caller_ref, identity)
        return ticket_id, True


def take_down(tickets: Tickets, work: Work, ticket: Ticket, actor: str, text: str, address: str | None) -> None:
    """Stores a new ticket with its redacted text and tells of both."""
    ticket.receive(actor)
    tickets.add(work, ticket, text, address)
    work.publish("tickets", TicketReceived(**ticket_facts(ticket)))
    work.publish(
        "ticket-texts",
        TicketTextRecorded(
            version=ticket.text_version,
            ticket_id=ticket.id,
            text=text,
            address=address,
            channel=ticket.channel,
            occurred_at=ticket.occurred_at,
        ),
    )


def _redacted(identity: Identity) -> tuple[str, str | None]:
    text, address = identity.text, identity.address
    flats = flats_in(text) | flats_in(address or "")
    return (
        redact(text, name=identity.name, flats=flats),
        redact(address, name=identity.name, flats=flats) if address else None,
    )
