"""W3C Trace Context: one trace id from the request to the last effect.

No spans are recorded; the id is passed on in `traceparent` headers and log lines, so that a collector can be added.
"""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

current_traceparent: ContextVar[str | None] = ContextVar("current_traceparent", default=None)
"""The traceparent of the request or event being handled; read by the outbox."""

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?")


def continue_trace(incoming: str | None) -> str:
    """A traceparent for our own step: of the incoming trace, or of a new one if there is no valid one."""
    known = _TRACEPARENT.fullmatch(incoming) if incoming else None
    trace_id, flags = known.group(1, 2) if known else (secrets.token_hex(16), "01")
    return f"00-{trace_id}-{secrets.token_hex(8)}-{flags}"
