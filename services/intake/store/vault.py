"""The caller vault: personal data, sealed per caller. It alone cannot be rebuilt from Kafka (ADR 21)."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, insert, select, text

from services.chassis.database.work import Work
from services.intake.app.ports import Identity
from services.intake.store.master_keys import MasterKeys, seal, unseal
from services.intake.store.tables import vault, vault_keys

_ADD = insert(vault)
_REVEAL = (
    select(vault.c.sealed, vault_keys)
    .join(vault_keys, vault_keys.c.id == vault.c.key_id)
    .where(vault.c.ticket_id == bindparam("ticket_id"))
)
# Locks an existing key, so that a concurrent erasure and call are serialised.
_ADD_OR_LOCK_KEYS = text(
    """
    INSERT INTO vault_keys (id, holder, wrapped_key, master)
    SELECT id, holder, wrapped_key, :master
      FROM unnest(CAST(:ids AS uuid[]), CAST(:holders AS text[]), CAST(:wrapped_keys AS bytea[]))
           AS fresh(id, holder, wrapped_key)
     ORDER BY holder
    ON CONFLICT (holder) DO UPDATE SET holder = excluded.holder
    RETURNING id, holder, wrapped_key, master
    """
)


class SealedVault:
    """Implements the port Vault with AES-256-GCM: each caller has their own key, wrapped by the vault's.

    Deleting a row of `vault_keys` erases the caller from every ticket so far, and from backups of `vault` (those of
    `vault_keys` are kept apart). A later call of theirs gets a new key. New keys are wrapped by the current master.
    """

    def __init__(self, masters: MasterKeys) -> None:
        self._masters = masters

    def keep(self, work: Work, callers: Sequence[tuple[str, str | None, Identity]]) -> None:
        keys = self._keys_of(work, {caller_ref or ticket_id for ticket_id, caller_ref, _ in callers})
        rows = []
        for ticket_id, caller_ref, identity in callers:
            key_id, key = keys[caller_ref or ticket_id]
            plain = json.dumps(asdict(identity), ensure_ascii=False).encode()
            rows.append({"ticket_id": ticket_id, "key_id": key_id, "sealed": seal(AESGCM(key), plain, ticket_id)})
        if rows:
            work.connection.execute(_ADD, rows)

    def reveal(self, work: Work, ticket_id: str) -> Identity | None:
        """The personal data of a ticket; None when the caller was erased or there is no such ticket.

        Raises InvalidTag when a row was tampered with, and UnknownMaster when it was sealed under a key not set.
        """
        row = work.connection.execute(_REVEAL, {"ticket_id": ticket_id}).one_or_none()
        if row is None:
            return None
        key = self._masters.unwrap(bytes(row.wrapped_key), row.holder, row.master)
        return Identity(**json.loads(unseal(AESGCM(key), bytes(row.sealed), ticket_id)))

    def _keys_of(self, work: Work, holders: Collection[str]) -> dict[str, tuple[UUID, bytes]]:
        ordered = sorted(holders)
        if not ordered:
            return {}
        wrapped = [self._masters.wrap(AESGCM.generate_key(256), holder) for holder in ordered]
        fresh = {"ids": [uuid4() for _ in ordered], "holders": ordered, "wrapped_keys": wrapped}
        rows = work.connection.execute(_ADD_OR_LOCK_KEYS, {**fresh, "master": self._masters.current})
        return {
            row.holder: (row.id, self._masters.unwrap(bytes(row.wrapped_key), row.holder, row.master)) for row in rows
        }
