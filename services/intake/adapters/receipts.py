"""Which request of which client became which ticket: what makes a client's repeat safe."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.work import Work
from services.intake.adapters.tables import receipts
from services.intake.app.ports import KeyReused

_CLAIM = insert(receipts).on_conflict_do_nothing().returning(receipts.c.ticket_id)


class SqlReceipts:
    """Implements the port Receipts."""

    def claim(self, work: Work, client: str, key: str, fingerprint: bytes, ticket_id: str) -> str | None:
        claim = {"client": client, "idempotency_key": key, "fingerprint": fingerprint, "ticket_id": ticket_id}
        if work.connection.execute(_CLAIM, claim).first():
            return None
        row = work.connection.execute(
            select(receipts).where(receipts.c.client == client, receipts.c.idempotency_key == key)
        ).one()
        if row.fingerprint != fingerprint:
            raise KeyReused(key)
        return str(row.ticket_id)
