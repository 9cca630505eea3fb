"""Idempotency keys: which request of which client became which ticket."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from services.chassis.database.work import Work
from services.intake.app.receipt_ports import ReceiptClaim

# In one order, so that two transactions that claim the same keys cannot deadlock.
_CLAIM = text(
    """
    WITH erased AS (
        SELECT asked.client, asked.key
          FROM unnest(CAST(:clients AS text[]), CAST(:keys AS text[]), CAST(:hidden AS text[]))
               AS asked(client, key, hid)
          JOIN receipts AS r ON r.client = asked.client AND r.idempotency_key = asked.hid
         WHERE asked.hid <> asked.key
    )
    INSERT INTO receipts (client, idempotency_key, fingerprint, ticket_id)
    SELECT * FROM unnest(CAST(:clients AS text[]), CAST(:keys AS text[]), CAST(:fingerprints AS bytea[]),
                         CAST(:ticket_ids AS uuid[])) AS claimed(client, key, fingerprint, ticket_id)
     WHERE (client, key) NOT IN (SELECT * FROM erased)
     ORDER BY client, key
    ON CONFLICT DO NOTHING
    RETURNING CAST(ticket_id AS text)
    """
)
_BOUND = text(
    """
    SELECT r.client, asked.key, r.fingerprint, CAST(r.ticket_id AS text) AS ticket_id
      FROM receipts AS r
      JOIN unnest(CAST(:clients AS text[]), CAST(:keys AS text[]), CAST(:hidden AS text[])) AS asked(client, key, hid)
        ON r.client = asked.client AND r.idempotency_key IN (asked.key, asked.hid)
    """
)


_TAKE_OVER = text(
    """
    UPDATE receipts AS r SET idempotency_key = asked.key
      FROM unnest(CAST(:clients AS text[]), CAST(:keys AS text[]), CAST(:as_sent AS text[])) AS asked(client, key, sent)
     WHERE r.client = asked.client AND r.idempotency_key = asked.sent
    """
)


class SqlReceipts:
    """Implements the port Receipts."""

    def claim(self, work: Work, claims: Sequence[ReceiptClaim]) -> list[str | None]:
        if not claims:
            return []
        clients, keys = [one.client for one in claims], [one.key for one in claims]
        as_sent = [one.as_sent for one in claims]
        if as_sent != keys:
            work.connection.execute(_TAKE_OVER, {"clients": clients, "keys": keys, "as_sent": as_sent})
        hidden = {"hidden": [one.hidden for one in claims]}
        claimed = hidden | {
            "fingerprints": [one.fingerprint for one in claims],
            "ticket_ids": [one.ticket_id for one in claims],
        }
        fresh = set(work.connection.execute(_CLAIM, {"clients": clients, "keys": keys, **claimed}).scalars())
        if len(fresh) == len(claims):
            return [one.ticket_id for one in claims]
        rows = work.connection.execute(_BOUND, {"clients": clients, "keys": keys, **hidden})
        bound = {(row.client, row.key): (row.fingerprint, row.ticket_id) for row in rows}
        owners = []
        for one in claims:
            fingerprint, ticket_id = bound[one.client, one.key]
            owners.append(ticket_id if bytes(fingerprint) == one.fingerprint else None)
        return owners
