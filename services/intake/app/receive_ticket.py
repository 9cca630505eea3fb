"""Receives tickets: what is answered with 202 is stored and will be published."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.chassis.database.work import Work
from services.contracts.numbers import ticket_number
from services.contracts.redaction import flats_in, redact
from services.contracts.text_events import TicketTextRecorded
from services.contracts.ticket_events import Channel, TicketReceived
from services.intake.app.ports import Identity, NewTicket, Tickets, Vault
from services.intake.app.receipt_ports import KeyReused, ReceiptClaim, Receipts
from services.intake.app.ticket_facts import ticket_facts
from services.intake.domain.callers import caller_ref, hidden_key, key_ref
from services.intake.domain.reach import reach_of
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Request:
    """A resident's request. `occurred_at` is when they turned to us; `client` is who sends it on their behalf.

    `canonical` is the same for the same request, however its JSON is written.
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
    about_unit: str | None = None
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request with all that needs no database: its fingerprint and its redacted words."""

    request: Request
    fingerprint: bytes
    text: str
    address: str | None


class Receipt(NamedTuple):
    """The ticket of a request, by its id and by the number that its caller gets; `fresh`: it is new."""

    ticket_id: str
    number: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class ReceiveTicket:
    tickets: Tickets
    vault: Vault
    receipts: Receipts
    caller_key: bytes
    new_id: Callable[[], str]

    def __call__(self, work: Work, request: Request) -> Receipt:
        """Records the ticket once per (client, Idempotency-Key).

        Everything (receipt, ticket, vault, outbox) commits together or not at all. Raises KeyReused, and
        TooLarge when the events would not fit into a record.
        """
        (outcome,) = self.many(work, [self.prepared(request)])
        if outcome is None:
            raise KeyReused(request.idempotency_key)
        return outcome

    def prepared(self, request: Request) -> Prepared:
        """Costs processor time that grows with the text: to be done before a transaction, not in it."""
        # Keyed, because somebody with the redacted text could otherwise try out the masked digits.
        fingerprint = hmac.digest(self.caller_key, b"request:" + request.canonical, "sha256")
        return Prepared(request, fingerprint, *_redacted(request.identity))

    def many(self, work: Work, requests: Sequence[Prepared]) -> list[Receipt | None]:
        """Records many in one transaction, for little more than the price of one; answers in their order.

        None: the Idempotency-Key belongs to another request. If a key comes twice, the first one counts.
        """
        claims = [self._claim(one) for one in requests]
        owners = self.receipts.claim(work, claims)
        taken = [
            (self._ticket(work, one.request, claim.ticket_id), one)
            for one, claim, owner in zip(requests, claims, owners, strict=True)
            if owner == claim.ticket_id
        ]
        add_and_publish(
            self.tickets, work, [NewTicket(ticket, one.request.client, one.text, one.address) for ticket, one in taken]
        )
        self.vault.keep(work, [(ticket.id, ticket.caller_ref, one.request.identity) for ticket, one in taken])
        numbers = {ticket.id: ticket.number or "" for ticket, _ in taken}
        numbers |= self.tickets.numbers(work, {owner for owner in owners if owner} - numbers.keys())
        return [
            Receipt(owner, numbers[owner], owner == claim.ticket_id) if owner else None
            for claim, owner in zip(claims, owners, strict=True)
        ]

    def _claim(self, one: Prepared) -> ReceiptClaim:
        sent = one.request.idempotency_key
        kept, hidden = key_ref(self.caller_key, sent), hidden_key(self.caller_key, sent)
        return ReceiptClaim(one.request.client, kept, one.fingerprint, self.new_id(), sent, hidden)

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
            about_unit=request.about_unit,
            reach=reach_of(identity.phone, identity.email),
            confidential=request.confidential,
        )


def add_and_publish(tickets: Tickets, work: Work, letters: Sequence[NewTicket]) -> None:
    """Stores new tickets with their redacted texts, and publishes both."""
    for letter, serial in zip(letters, tickets.draw_serials(work, len(letters)), strict=True):
        ticket = letter.ticket
        ticket.receive(letter.actor, ticket_number(ticket.received_at, serial))
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
