"""The caller vault: personal data, sealed per caller. It alone cannot be rebuilt from Kafka (ADR 21)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, insert, select, text

from services.chassis.database.work import Work
from services.intake.app.ports import Identity
from services.intake.store.caller_keys import CallerKeys
from services.intake.store.master_keys import seal, unseal
from services.intake.store.vault_tables import vault, vault_keys

_ADD = insert(vault)
_REVEAL = (
    select(vault.c.sealed, vault_keys.c.id)
    .join(vault_keys, vault_keys.c.id == vault.c.key_id)
    .where(vault.c.ticket_id == bindparam("ticket_id"))
)
# Locks an existing row, so that a concurrent erasure and call are serialised.
_ADD_OR_LOCK = text(
    """
    INSERT INTO vault_keys (id, holder)
    SELECT id, holder FROM unnest(CAST(:ids AS uuid[]), CAST(:holders AS text[])) AS fresh(id, holder)
     ORDER BY holder
    ON CONFLICT (holder) DO UPDATE SET holder = excluded.holder
    RETURNING id, holder
    """
)
_REPLACE = text(
    """
    UPDATE vault_keys AS k SET id = fresh.id
      FROM unnest(CAST(:ids AS uuid[]), CAST(:holders AS text[])) AS fresh(id, holder) WHERE k.holder = fresh.holder
    """
)


class SealedVault:
    """Implements the port Vault with AES-256-GCM: each caller has their own key, in a database apart.

    Without it what it has sealed opens never again, be it in a backup: the caller is erased from every ticket so far. A
    later call of theirs gets a new key, also where the old one was lost with its database.
    """

    def __init__(self, keys: CallerKeys) -> None:
        self._keys = keys

    def keep(self, work: Work, callers: Sequence[tuple[str, str | None, Identity]]) -> None:
        keys = self._keys_of(work, {caller_ref or ticket_id for ticket_id, caller_ref, _ in callers})
        rows = []
        for ticket_id, caller_ref, identity in callers:
            key_id, key = keys[caller_ref or ticket_id]
            plain = json.dumps(asdict(identity), ensure_ascii=False).encode()
            sealed = seal(AESGCM(key), plain, ticket_id.encode())
            rows.append({"ticket_id": ticket_id, "key_id": key_id, "sealed": sealed})
        if rows:
            work.connection.execute(_ADD, rows)

    def reveal(self, work: Work, ticket_id: str) -> Identity | None:
        """The personal data of a ticket; None when the caller was erased or there is no such ticket.

        Raises InvalidTag when a row was tampered with, and UnknownMaster when its key was wrapped by one not set.
        """
        row = work.connection.execute(_REVEAL, {"ticket_id": ticket_id}).one_or_none()
        key = self._keys.read(row.id) if row else None
        if row is None or key is None:
            return None
        return Identity(**json.loads(unseal(AESGCM(key), bytes(row.sealed), ticket_id.encode())))

    def _keys_of(self, work: Work, holders: Collection[str]) -> Mapping[str, tuple[UUID, bytes]]:
        if not holders:
            return {}
        fresh = {holder: uuid4() for holder in sorted(holders)}
        rows = work.connection.execute(_ADD_OR_LOCK, {"ids": list(fresh.values()), "holders": list(fresh)})
        ids: dict[str, UUID] = {row.holder: row.id for row in rows}
        made = [one for holder, one in ids.items() if one == fresh[holder]]
        keys = self._keys.make_and_read(made, set(ids.values()) - {*made})
        if lost := {holder: uuid4() for holder, one in ids.items() if one not in keys}:
            work.connection.execute(_REPLACE, {"ids": list(lost.values()), "holders": list(lost)})
            ids |= lost
            keys |= self._keys.make_and_read(lost.values(), ())
        return {holder: (one, keys[one]) for holder, one in ids.items()}
