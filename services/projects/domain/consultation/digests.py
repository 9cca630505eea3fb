"""One serialisation of facts, so that everybody computes the same hash of them."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest(facts: Any) -> str:
    """SHA-256 in hexadecimal over the facts as JSON: keys sorted, no blanks, characters as they are, in UTF-8."""
    written = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(written.encode()).hexdigest()
