"""The caller vault: personal data, sealed per caller. The one thing that cannot be rebuilt from Kafka (DESIGN §3)."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from dataclasses import asdict
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, insert, select, text

from services.chassis.work import Work
from services.intake.adapters.tables import vault, vault_keys
from services.intake.app.ports import Identity

_NONCE = 12
_ADD = insert(vault)
_REVEAL = (
    select(vault.c.sealed, vault_keys)
    .join(vault_keys, vault_keys.c.id == vault.c.key_id)
    .where(vault.c.ticket_id == bindparam("ticket_id"))
)
# Locks a key that exists, so that an erasure and a call at the same time come one after the other.
_ADD_OR_LOCK_KEYS = text(
    """
    INSERT INTO vault_keys (id, holder, wrapped_key)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:holders AS text[]), CAST(:wrapped_keys AS bytea[]))
                  AS fresh(id, holder, wrapped_key)
     ORDER BY holder
    ON CONFLICT (holder) DO UPDATE SET holder = excluded.holder
    RETURNING id, holder, wrapped_key
    """
)


class SealedVault:
    """Implements the port Vault with AES-256-GCM: each caller has a key of their own, wrapped by the vault's.

    Whoever deletes a row of `vault_keys` has erased that caller from every ticket so far, backups of `vault`
    included (backups of `vault_keys` are kept apart). A later call of theirs begins with a new key.
    """

    def __init__(self, master_key: bytes) -> None:
        self._master = AESGCM(master_key)

    def keep(self, work: Work, callers: Sequence[tuple[str, str | None, Identity]]) -> None:
        keys = self._keys_of(work, {caller_ref or ticket_id for ticket_id, caller_ref, _ in callers})
        rows = []
        for ticket_id, caller_ref, identity in callers:
            key_id, key = keys[caller_ref or ticket_id]
            plain = json.dumps(asdict(identity), ensure_ascii=False).encode()
            rows.append({"ticket_id": ticket_id, "key_id": key_id, "sealed": _seal(AESGCM(key), plain, ticket_id)})
        if rows:
            work.connection.execute(_ADD, rows)

    def reveal(self, work: Work, ticket_id: str) -> Identity | None:
        """The personal data of a ticket; None when the caller was erased or there is no such ticket.

        Raises InvalidTag when a row was tampered with or the vault's own key is another.
        """
        row = work.connection.execute(_REVEAL, {"ticket_id": ticket_id}).one_or_none()
        if row is None:
            return None
        key = _open(self._master, row.wrapped_key, row.holder)
        return Identity(**json.loads(_open(AESGCM(key), row.sealed, ticket_id)))

    def _keys_of(self, work: Work, holders: Collection[str]) -> dict[str, tuple[UUID, bytes]]:
        ordered = sorted(holders)
        if not ordered:
            return {}
        wrapped = [_seal(self._master, AESGCM.generate_key(256), holder) for holder in ordered]
        fresh = {"ids": [uuid4() for _ in ordered], "holders": ordered, "wrapped_keys": wrapped}
        rows = work.connection.execute(_ADD_OR_LOCK_KEYS, fresh)
        return {row.holder: (row.id, _open(self._master, bytes(row.wrapped_key), row.holder)) for row in rows}


def _seal(key: AESGCM, plain: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + key.encrypt(nonce, plain, bound_to.encode())


def _open(key: AESGCM, sealed: bytes, bound_to: str) -> bytes:
    return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())
