"""The outline of a record that could not be processed: its fields, without what people wrote into it."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from services.chassis.logs import mask
from services.contracts.event import Headers
from services.contracts.redaction import redact

_CODE: Final = re.compile(r"[A-Za-z0-9/][A-Za-z0-9_.:+/-]{0,79}")
_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)")


def outline_of(body: bytes) -> str:
    """JSON with its codes, ids, times and small numbers; anything else by its length. Not JSON: its length."""
    try:
        return json.dumps(_outline(json.loads(body)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return f"not JSON, {len(body)} bytes"


def outline_of_headers(headers: Headers) -> list[tuple[str, str]]:
    return [(_text(name), _text(value.decode("utf-8", "replace"))) for name, value in headers]


def _outline(value: Any) -> Any:
    match value:
        case dict():
            return {_text(name): _outline(one) for name, one in value.items()}
        case list():
            return [_outline(one) for one in value]
        case str():
            return _text(value)
        case int() | float() if not isinstance(value, bool) and abs(value) >= 1_000_000:
            return "… (a long number)"
    return value


def _text(value: str) -> str:
    plain = _UUID.fullmatch(value) or _TIME.fullmatch(value)
    if plain or (_CODE.fullmatch(value) and redact(value) == mask(value) == value):
        return value
    return f"… ({len(value)} characters)"
