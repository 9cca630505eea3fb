"""Record headers as one column: names may repeat, values may be any bytes."""

from __future__ import annotations

import json

from services.contracts.event import Headers


def pack_headers(headers: Headers) -> bytes:
    return json.dumps([(name, (value or b"").decode("latin-1")) for name, value in headers]).encode()


def unpack_headers(packed: bytes) -> Headers:
    """None of a letter that was forgotten before its headers were kept as an empty list."""
    return [(name, value.encode("latin-1")) for name, value in json.loads(packed or b"[]")]
