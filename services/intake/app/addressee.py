"""The address of a message, read from the vault by its ticket."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.database.work import Work
from services.contracts.callers import normalise_phone
from services.intake.app.ports import Vault
from services.intake.app.sending_ports import Addressee, Telling


@dataclass(frozen=True, slots=True)
class CallerOfTicket:
    """Implements Addressees. The telephone is as it is dialled, however it was written down."""

    vault: Vault

    def __call__(self, work: Work, telling: Telling) -> Addressee | None:
        caller = self.vault.reveal(work, telling.ticket_id)
        return Addressee(caller.phone and _dialled(caller.phone), caller.email) if caller else None


def _dialled(phone: str) -> str:
    try:
        return normalise_phone(phone)
    except ValueError:
        return phone  # what a file or the city gave and nobody can dial: the gateway says so
