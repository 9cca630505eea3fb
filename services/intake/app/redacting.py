"""Redaction of what others write about a ticket: the caller's name and flat are masked in it too."""

from __future__ import annotations

from services.chassis.work import Work
from services.intake.app.ports import Vault
from services.intake.domain.redaction import flats_in, redact


def redacted_of(vault: Vault, work: Work, ticket_id: str, text: str) -> str:
    """`text`, as far as it may be kept beside the ticket; see `redact` for what that cannot promise."""
    caller = vault.reveal(work, ticket_id)
    said = f"{text}\n{caller.text}\n{caller.address or ''}" if caller else text
    return redact(text, name=caller.name if caller else None, flats=flats_in(said))
