"""Idempotency keys. Each call runs in the transaction of `work` and does not commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.chassis.database.work import Work


@dataclass(frozen=True, slots=True)
class ReceiptClaim:
    """Binds a client's Idempotency-Key to a ticket and to the fingerprint of its request.

    `key` is the one that is kept (`key_ref`); `as_sent` the one that came, under which older receipts stand until their
    request comes again; `hidden` the one under which receipts of erased callers stand, so that a request of theirs that
    is repeated does not bring them back.
    """

    client: str
    key: str
    fingerprint: bytes
    ticket_id: str
    as_sent: str
    hidden: str


class Receipts(Protocol):
    def claim(self, work: Work, claims: Sequence[ReceiptClaim]) -> list[str | None]:
        """The ticket that each key is bound to: the claim's own, or the one it was bound to before.

        None when it was bound to another request. Waits for a concurrent claim of the same key.
        """


class KeyReused(ValueError):
    """An Idempotency-Key came again with another body."""
