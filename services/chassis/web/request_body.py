"""What a request's body must keep to before anything reads it: a size, and text that can be stored.

JSON can write the character NUL and halves of surrogate pairs; PostgreSQL and UTF-8 cannot, and pydantic lets both by.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

from starlette.types import Message, Receive, Scope

from services.chassis.web.problems import Problem, invalid

BODY_LIMIT = 256 * 1024
BODY_WITHIN_S = 30.0
SLOWEST_BYTES_PER_S = 50_000
"""A body must have come within `BODY_WITHIN_S` and the time that its limit takes at this speed."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])|\xed[\xa0-\xbf]")
"""Escapes of NUL and of surrogates, and surrogates as bytes; most are innocent (a pair, an escaped backslash)."""


def too_large(limit: int) -> Problem:
    return Problem(
        413,
        "body-too-large",
        "The body is too large",
        f"The limit is {limit} bytes: shorten the text, or send several.",
    )


def too_slow() -> Problem:
    return Problem(
        408,
        "body-too-slow",
        "The body came too slowly",
        "Send it again, with the same key if it had one.",
        headers={"Connection": "close"},
    )


def declared_length(scope: Scope) -> int:
    """The Content-Length, or 0 when there is none (or none that is a number: the server refuses that itself)."""
    declared = dict(scope["headers"]).get(b"content-length", b"")
    return int(declared) if declared.isdigit() else 0


def guarded(scope: Scope, receive: Receive, limit: int) -> Receive:
    """`receive` that raises a Problem as soon as the body passes `limit`, when it comes too slowly, or when its JSON
    holds text that cannot be stored, naming the field.
    """
    is_json = b"json" in dict(scope["headers"]).get(b"content-type", b"")
    parts: list[bytes] = []
    size, whole = 0, False
    deadline = asyncio.get_running_loop().time() + BODY_WITHIN_S + limit / SLOWEST_BYTES_PER_S

    async def guard() -> Message:
        nonlocal size, whole
        try:
            async with asyncio.timeout_at(None if whole else deadline):
                message = await receive()
        except TimeoutError:
            raise too_slow() from None
        if message["type"] == "http.request":
            whole = not message.get("more_body", False)
            part = message.get("body", b"")
            size += len(part)
            if size > limit:
                raise too_large(limit)
            if is_json:
                parts.append(part)
                if whole:
                    refuse_unstorable(b"".join(parts))
        return message

    return guard


def refuse_unstorable(body: bytes) -> None:
    if not _SUSPECT.search(body):
        return
    try:
        found = list(_unstorable("body", json.loads(body)))
    except (ValueError, RecursionError):
        return  # not JSON at all, which the reader of the body reports
    if found:
        raise invalid([{"loc": (field,), "type": "unstorable", "msg": message} for field, message in found])


def _unstorable(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if "\0" in value:
            yield path, "holds the character NUL"
        elif _SURROGATE.search(value):
            yield path, "holds half of a surrogate pair, which is no character"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unstorable(f"{path}.{index}", item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _unstorable(f"{path} (a name in it)", name)
            yield from _unstorable(f"{path}.{name}", item)
