"""Who called, without saying who: a keyed hash tells distinct callers apart (domain.md §9)."""

from __future__ import annotations

import hashlib
import hmac
import re


def normalise_phone(phone: str) -> str:
    """Digits only, without the country's 86, so that one caller has one number. Raises ValueError if none is left."""
    digits = re.sub(r"^(?:\+?86|0086)(?=1\d{10}$)", "", re.sub(r"[^\d+]", "", phone)).lstrip("+")
    if not 5 <= len(digits) <= 15:
        raise ValueError("is not a phone number: give 5 to 15 digits, or leave the caller out")
    return digits


def caller_ref(key: bytes, phone: str) -> str:
    """32 hexadecimal digits, the same for the same phone under the same key; without the key it tells nothing."""
    return hmac.new(key, f"phone:{normalise_phone(phone)}".encode(), hashlib.sha256).hexdigest()[:32]
