"""Who called, without saying who: a keyed hash tells distinct callers apart (domain.md §9)."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

_PHONE = re.compile(
    r"(?P<abroad>\+|00)?(?P<digits>[0-9(][0-9 ().\-–—]*)(?:(?:转|ext\.?|x|#)\s*(?P<extension>[0-9]{1,6}))?"
)


def normalise_phone(phone: str) -> str:
    """Digits only, without the country's 86 and with the area's 0, so that one caller has one number.

    Raises ValueError, which says what to do, for what is not a phone number.
    """
    found = _PHONE.fullmatch(unicodedata.normalize("NFKC", phone).strip())
    digits = re.sub(r"[^0-9]", "", found["digits"]) if found else ""
    if found is None or not 5 <= len(digits) <= 15:
        raise ValueError("is not a phone number: give 5 to 15 digits, or leave the caller's phone out")
    home = digits.removeprefix("86")
    if home != digits and (found["abroad"] or re.fullmatch(r"1[0-9]{10}", home)):
        digits = home if re.fullmatch(r"1[3-9][0-9]{9}", home) else f"0{home.removeprefix('0')}"
    elif found["abroad"]:
        digits = f"00{digits}"
    return digits + (found["extension"] or "")


def caller_ref(key: bytes, phone: str | None = None, source_id: str | None = None) -> str | None:
    """32 hexadecimal digits, the same for the same caller under the same key; without the key it tells nothing.

    A phone says who calls; failing that, the id by which a file's source tells its callers apart. None for an
    anonymous call.
    """
    if phone:
        who = f"phone:{normalise_phone(phone)}"
    elif source_id:
        who = f"source:{source_id}"
    else:
        return None
    return hmac.new(key, who.encode(), hashlib.sha256).hexdigest()[:32]
