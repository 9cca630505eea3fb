"""Which request of which client became which ticket: what makes a client's repeat safe."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from services.chassis.work import Work
from services.intake.app.ports import Claim

# In one order, so that two who claim the same keys do not wait for each other.
_CLAIM = text(
    """
    INSERT INTO receipts (client, idempotency_key, fingerprint, ticket_id)
    SELECT * FROM unnest(CAST(:clients AS text[]), CAST(:keys AS text[]), CAST(:fingerprints AS bytea[]),
                         CAST(:ticket_ids AS uuid[])) AS claimed(client, key, fingerprint, ticket_id)
     ORDER BY client, key
    ON CONFLICT DO NOTHING
    RETURNING CAST(ticket_id AS text)
    """
)
_BOUND = text(
    """
    SELECT r.client, r.idempotency_key, r.fingerprint, CAST(r.ticket_id AS text) AS ticket_id
      FROM receipts AS r
      JOIN unnest(CAST(:clients AS text[]), CAST(:keys AS text[])) AS asked(client, key)
        ON r.client = asked.client AND r.idempotency_key = asked.key
    """
)


class SqlReceipts:
    """Implements the port Receipts."""

    def claim(self, work: Work, claims: Sequence[Claim]) -> list[str | None]:
        if not claims:
            return []
        clients, keys = [one.client for one in claims], [one.key for one in claims]
        claimed = {
            "fingerprints": [one.fingerprint for one in claims],
            "ticket_ids": [one.ticket_id for one in claims],
        }
        fresh = set(work.connection.execute(_CLAIM, {"clients": clients, "keys": keys, **claimed}).scalars())
        if len(fresh) == len(claims):
            return [one.ticket_id for one in claims]
        rows = work.connection.execute(_BOUND, {"clients": clients, "keys": keys})
        bound = {(row.client, row.idempotency_key): (row.fingerprint, row.ticket_id) for row in rows}
        owners = []
        for one in claims:
            fingerprint, ticket_id = bound[one.client, one.key]
            owners.append(ticket_id if bytes(fingerprint) == one.fingerprint else None)
        return owners
