"""Who a message goes to, out of the vault by the ticket."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.database.work import Work
from services.intake.app.ports import Vault
from services.intake.app.sending_ports import Addressee, Telling


@dataclass(frozen=True, slots=True)
class CallerOfTicket:
    """Implements Addressees."""

    vault: Vault

    def __call__(self, work: Work, telling: Telling) -> Addressee | None:
        caller = self.vault.reveal(work, telling.ticket_id)
        return Addressee(caller.phone, caller.email) if caller else None
