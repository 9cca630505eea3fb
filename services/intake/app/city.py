"""What comes down from the city's hotline: tickets under its own numbers, and its word on how they went."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from services.chassis.work import Work
from services.intake.app.commands import Unknown
from services.intake.app.desk import Said
from services.intake.app.ports import Claim, KeyReused, Receipts, Tickets
from services.intake.app.settle import SettleTicket, Visit

CLIENT = "city:tickets"
"""Whose receipts these are, whichever of the city's machines asks: a ticket's key is its number there."""
VISITS = "city:visits"


@dataclass(frozen=True, slots=True)
class CityVisit:
    """The city has asked the caller. `key` is the same when the city says it again, and so is `canonical`."""

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
        """Takes it down once per key; returns the ticket's id.

        Raises Unknown (no such number), KeyReused, IllegalStep (it is not settled), Unfit.
        """
        ticket_id = self.tickets.of_city(work, number)
        if ticket_id is None:
            raise Unknown
        # Keyed, like a ticket's: the note may tell who called.
        fingerprint = hmac.digest(self.caller_key, f"visit:{number}:".encode() + said.canonical, "sha256")
        mine = self.new_id()  # the ticket is the same each time: only an id of its own tells the first from the others
        (owner,) = self.receipts.claim(work, [Claim(VISITS, said.key, fingerprint, mine)])
        if owner is None:
            raise KeyReused(said.key)
        if owner == mine:
            self.settlement.visit(work, ticket_id, Said(None, actor, said.note), said.visit, lambda _: None)
        return ticket_id
