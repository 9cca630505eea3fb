"""Takes the city's visit of a caller: its ticket is archived or redone."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from services.chassis.commands import Unknown
from services.chassis.database.work import Work
from services.intake.app.ports import Tickets
from services.intake.app.receipt_ports import KeyReused, ReceiptClaim, Receipts
from services.intake.app.settle_ticket import SettleTicket, Visit
from services.intake.app.ticket_desk import Command
from services.intake.domain.callers import hidden_key, key_ref

CLIENT = "city:tickets"
"""The client of the city's receipts, whichever of its machines sends; a ticket's key is its number there."""
VISITS = "city:visits"


@dataclass(frozen=True, slots=True)
class CityVisit:
    """What the caller said to the city. A repetition has the same `key` and the same `canonical` bytes."""

    key: str
    canonical: bytes
    visit: Visit
    note: str = ""


@dataclass(frozen=True, slots=True)
class TakeCityVisit:
    tickets: Tickets
    receipts: Receipts
    settlement: SettleTicket
    caller_key: bytes
    new_id: Callable[[], str]

    def __call__(self, work: Work, number: str, actor: str, said: CityVisit) -> str:
        """Takes the visit once per key; returns the ticket's id.

        Raises Unknown (no such number), KeyReused, IllegalTicketStep (it is not settled), Unfit.
        """
        ticket_id = self.tickets.of_city(work, number)
        if ticket_id is None:
            raise Unknown
        # Keyed, like a ticket's: the note may identify the caller.
        fingerprint = hmac.digest(self.caller_key, f"visit:{number}:".encode() + said.canonical, "sha256")
        mine = (
            self.new_id()
        )  # the ticket's id would be the same each time; a fresh id tells the first visit from its repetitions
        kept, hidden = key_ref(self.caller_key, said.key), hidden_key(self.caller_key, said.key)
        (owner,) = self.receipts.claim(work, [ReceiptClaim(VISITS, kept, fingerprint, mine, said.key, hidden)])
        if owner is None:
            raise KeyReused(said.key)
        if owner == mine:
            self.settlement.visit(work, ticket_id, Command(None, actor, said.note), said.visit, lambda _: None)
        return ticket_id
