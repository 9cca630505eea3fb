"""Callers without identity: a keyed hash distinguishes them (docs/domain.md §9)."""

from __future__ import annotations

import hashlib
import hmac
import re

from services.contracts.callers import is_nobody, is_nobodys_phone, normalise_phone
from services.contracts.persons import is_identifier

_HASH = re.compile(r"[0-9a-f]{64}")


def key_ref(key: bytes, sent: str) -> str:
    """The Idempotency-Key as it is kept: itself if it is a mere identifier, else its keyed hash. Sources number their
    tickets as they like, some by the caller's phone."""
    return sent if is_identifier(sent) else hidden_key(key, sent)


def hidden_key(key: bytes, sent: str) -> str:
    """The keyed hash of an Idempotency-Key, as it is kept of somebody who was erased. A hash stays as it is."""
    if _HASH.fullmatch(sent):
        return sent
    return hmac.new(key, f"key:{sent}".encode(), hashlib.sha256).hexdigest()


def caller_ref(key: bytes, phone: str | None = None, source_id: str | None = None) -> str | None:
    """32 hexadecimal digits, the same for the same caller under the same key; without the key it tells nothing.

    A phone says who calls; failing that, the id by which a file's source tells its callers apart. None for an
    anonymous call, also where something is written in place of a caller (00000000, 匿名网友).
    """
    if phone and not is_nobodys_phone(number := normalise_phone(phone)):
        who = f"phone:{number}"
    elif source_id and not is_nobody(source_id):
        who = f"source:{source_id}"
    else:
        return None
    return hmac.new(key, who.encode(), hashlib.sha256).hexdigest()[:32]
