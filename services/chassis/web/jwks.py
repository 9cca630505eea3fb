"""The public keys of the identity provider (JWKS, RFC 7517), kept current even while it is down."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import jwt
import structlog

ALGORITHMS = ("RS256", "ES256")
MAX_AGE_S = 300.0
MIN_BETWEEN_S = 15.0
TIMEOUT_S = 3.0

log = structlog.get_logger(__name__)


class KeysUnavailable(Exception):
    """Not one usable key could be had from the issuer so far."""


class Jwks:
    """Keys by `kid`, from an https URL or a file. Thread-safe.

    They are read again when they are older than `MAX_AGE_S` or a `kid` is unknown (the issuer may have changed its
    key), yet never more often than every `MIN_BETWEEN_S`, so that forged kids cause no flood of requests.
    While the issuer is down the last keys stay good. A withdrawn key is trusted for `MAX_AGE_S` at most while the
    issuer answers. Symmetric, too short and foreign-algorithm keys are left out.
    """

    def __init__(self, source: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at = float("-inf")
        self._tried_at = float("-inf")

    def key(self, kid: str) -> jwt.PyJWK | None:
        """The key of this id, or None when the issuer does not publish it. Blocks while it reads the keys.

        Raises KeysUnavailable when there are no keys at all.
        """
        if kid not in self._keys or self._monotonic() - self._read_at > MAX_AGE_S:
            self._refresh()
        if not self._keys:
            raise KeysUnavailable(f"no usable key (RS256 or ES256, with a kid) from {self._source}")
        return self._keys.get(kid)

    def available(self) -> bool:
        """Whether there are any keys to verify by; tries to read them if not."""
        if not self._keys:
            self._refresh()
        return bool(self._keys)

    def _refresh(self) -> None:
        # With keys at hand, do not wait while another thread reads newer ones.
        if not self._lock.acquire(blocking=not self._keys):
            return
        try:
            if self._monotonic() - self._tried_at < MIN_BETWEEN_S:
                return
            self._tried_at = self._monotonic()
            self._keys = _usable(self._fetch())
            self._read_at = self._monotonic()
        except (OSError, ValueError, httpx.HTTPError, jwt.PyJWTError) as error:
            log.warning("the issuer's keys cannot be read", source=self._source, error=str(error))
        finally:
            self._lock.release()

    def _fetch(self) -> str:
        if not self._source.startswith(("https://", "http://")):
            return Path(self._source).read_text()
        answer = httpx.get(self._source, timeout=TIMEOUT_S, follow_redirects=False)
        return answer.raise_for_status().text


def _usable(document: str) -> dict[str, jwt.PyJWK]:
    parsed = json.loads(document)
    if not isinstance(parsed, dict):
        raise ValueError("is not a JWKS: not a JSON object")
    return {
        key.key_id: key
        for key in jwt.PyJWKSet.from_dict(parsed).keys
        if key.key_id
        and key.algorithm_name in ALGORITHMS
        and key.public_key_use in (None, "sig")
        and not key.Algorithm.check_key_length(key.key)
    }
