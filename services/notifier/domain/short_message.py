"""A message too large for a webhook is sent in a short form: what it is about, and where to read the whole."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

LARGEST_BODY = 20_000
"""Bytes; Standard Webhooks: receivers and the proxies before them need take no more."""
THIN = "webhook.thin"
_KEPT = ("delivery_id", "department", "version", "number", "stage", "state")


def fitting(delivery: UUID, message: str, body: bytes) -> bytes:
    """`body` itself if it fits; else the thin message that stands for it. `delivery` is the webhook's own."""
    return body if len(body) <= LARGEST_BODY else _thin(delivery, message, json.loads(body))


def _thin(delivery: UUID, message: str, whole: dict[str, Any]) -> bytes:
    kept = {
        name: value
        for name, value in whole.items()
        if name in _KEPT or (name.endswith("_id") and isinstance(value, str))
    }
    return json.dumps(
        {"type": THIN, "message": message, "read": f"/webhooks/deliveries/{delivery}/message", **kept},
        ensure_ascii=False,
    ).encode()
