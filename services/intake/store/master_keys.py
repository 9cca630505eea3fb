"""The vault's master keys: the current one, and former ones as long as they wrap a caller's key."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class UnknownMaster(Exception):
    """A caller's key is wrapped by a master key that is not among those that are set."""


class MasterKeys:
    """Wraps with the current key, and unwraps with each. A key's id is made from it, so that nobody has to number
    them; it tells nothing of the key."""

    def __init__(self, current: bytes, former: Sequence[bytes] = ()) -> None:
        self._ciphers = {master_id(key): AESGCM(key) for key in (current, *former)}
        self.current = master_id(current)

    def wrap(self, key: bytes, bound_to: bytes) -> bytes:
        return seal(self._ciphers[self.current], key, bound_to)

    def unwrap(self, wrapped: bytes, bound_to: bytes, master: str | None) -> bytes:
        """`master` is the id of the key that wrapped it; None: not known, each is tried.

        Raises InvalidTag for what was tampered with, and UnknownMaster.
        """
        if master is not None and master not in self._ciphers:
            raise UnknownMaster(f"wrapped by the master key {master}: set it in CLOSEDLOOP_OLD_VAULT_KEYS")
        candidates = [self._ciphers[master]] if master is not None else list(self._ciphers.values())
        for cipher in candidates[:-1]:
            try:
                return unseal(cipher, wrapped, bound_to)
            except InvalidTag:
                continue
        return unseal(candidates[-1], wrapped, bound_to)


def master_id(key: bytes) -> str:
    return hashlib.sha256(b"closedloop vault master key:" + key).hexdigest()[:12]


def seal(key: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + key.encrypt(nonce, plain, bound_to)


def unseal(key: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    """Raises InvalidTag for what was tampered with, or sealed under another key."""
    return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to)
