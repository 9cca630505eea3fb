"""Sends messages through a gateway for short messages (docs/sms-gateway.md)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import httpx

from services.chassis.channels.message import Message, NotSent

DEADLINE_S = 10.0
_SECONDS: Final = re.compile(r"[0-9]{1,9}")
_NEVER_ASKED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Sms:
    """The gateway at `url`, authorised by `token`. Follows no redirects and uses no proxies.

    It answers a repeated message with the same id as it did the first time, and sends nothing.
    """

    url: str
    token: str | None
    passing: Collection[int]
    client: httpx.Client = field(default_factory=lambda: _client())

    knows_repeats = True
    batch = 20
    longest_s = 4 * DEADLINE_S
    """Connecting, writing, reading and waiting for a connection may each take the deadline."""

    def send(self, message: Message) -> None:
        headers = {"Idempotency-Key": message.id}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        body = {"id": message.id, "to": message.to, "text": message.text}
        try:
            answer = self.client.post(f"{self.url.rstrip('/')}/messages", json=body, headers=headers)
        except httpx.HTTPError as error:
            maybe = not isinstance(error, _NEVER_ASKED)
            raise NotSent(f"no answer: {type(error).__name__}", passes=True, maybe=maybe) from None
        if not answer.is_success:
            passes = answer.status_code in self.passing
            raise NotSent(f"answered {answer.status_code}", passes=passes, wait_s=_retry_after(answer))


_authorities = cache(lambda: httpx.create_ssl_context(trust_env=False))
"""Whom HTTPS believes, read once: it takes longer than asking a gateway."""


def _client() -> httpx.Client:
    return httpx.Client(timeout=DEADLINE_S, trust_env=False, verify=_authorities())


def _retry_after(answer: httpx.Response) -> float | None:
    """The seconds that the gateway asks to wait; a date is not understood, and our own wait counts."""
    said = answer.headers.get("Retry-After", "").strip()
    return float(said) if _SECONDS.fullmatch(said) else None
