"""The caller vault: personal data, sealed per caller. The one thing that cannot be rebuilt from Kafka (DESIGN §3)."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.work import Work
from services.intake.adapters.tables import vault, vault_keys
from services.intake.app.ports import Identity

_NONCE = 12


class SealedVault:
    """Implements the port Vault with AES-256-GCM: each caller has a key of their own, wrapped by the vault's.

    Whoever deletes a row of `vault_keys` has erased that caller from every ticket, backups of `vault` included;
    backups of `vault_keys` are kept apart.
    """

    def __init__(self, master_key: bytes) -> None:
        self._master = AESGCM(master_key)

    def keep(self, work: Work, ticket_id: str, caller_ref: str | None, identity: Identity) -> None:
        holder = caller_ref or ticket_id
        key = self._key_of(work, holder)
        plain = json.dumps(asdict(identity), ensure_ascii=False).encode()
        work.connection.execute(
            insert(vault).values(ticket_id=ticket_id, holder=holder, sealed=_seal(AESGCM(key), plain, ticket_id))
        )

    def reveal(self, work: Work, ticket_id: str) -> Identity | None:
        """The personal data of a ticket; None when the caller was erased or there is no such ticket."""
        row = work.connection.execute(
            select(vault.c.holder, vault.c.sealed, vault_keys.c.wrapped_key)
            .join(vault_keys, vault_keys.c.holder == vault.c.holder)
            .where(vault.c.ticket_id == ticket_id)
        ).one_or_none()
        if row is None:
            return None
        key = _open(self._master, row.wrapped_key, row.holder)
        return Identity(**json.loads(_open(AESGCM(key), row.sealed, ticket_id)))

    def _key_of(self, work: Work, holder: str) -> bytes:
        fresh = AESGCM.generate_key(256)
        added = work.connection.execute(
            insert(vault_keys)
            .values(holder=holder, wrapped_key=_seal(self._master, fresh, holder))
            .on_conflict_do_nothing()
        )
        if added.rowcount:
            return fresh
        wrapped = work.connection.execute(
            select(vault_keys.c.wrapped_key).where(vault_keys.c.holder == holder)
        ).scalar_one()
        return _open(self._master, wrapped, holder)


def _seal(key: AESGCM, plain: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + key.encrypt(nonce, plain, bound_to.encode())


def _open(key: AESGCM, sealed: bytes, bound_to: str) -> bytes:
    return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())
