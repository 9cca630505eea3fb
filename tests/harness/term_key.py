"""The key of fingerprints that tests use."""

from __future__ import annotations

from typing import Final

from services.contracts.fingerprint import TermKey

TERM_KEY: Final = TermKey(b"f" * 32)
