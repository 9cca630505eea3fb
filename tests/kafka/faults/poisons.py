"""Records that no reader can work with, made from a good one: what a mistaken or hostile writer may put on a topic."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Raw:
    """A record as it goes to the broker."""

    key: bytes | None
    headers: Headers
    value: bytes | None


def _header(name: str, value: bytes | None) -> Callable[[Raw], Raw]:
    def change(good: Raw) -> Raw:
        kept = [pair for pair in good.headers if pair[0] != name]
        return Raw(good.key, kept if value is None else [*kept, (name, value)], good.value)

    return change


def _value(value: bytes | None) -> Callable[[Raw], Raw]:
    return lambda good: Raw(good.key, good.headers, value)


def _body(**fields: Any) -> Callable[[Raw], Raw]:
    def change(good: Raw) -> Raw:
        body = json.loads(good.value or b"{}") | fields
        kept = {name: value for name, value in body.items() if value is not ...}
        return Raw(good.key, good.headers, json.dumps(kept).encode())

    return change


POISONS: Mapping[str, Callable[[Raw], Raw]] = {
    "no headers": lambda good: Raw(good.key, [], good.value),
    "no ce_id": _header("ce_id", None),
    "no ce_type": _header("ce_type", None),
    "ce_id is no UUID": _header("ce_id", b"17"),
    "unknown type": _header("ce_type", b"ticket.unheard_of.v1"),
    "unknown schema version": _header("ce_type", b"ticket.received.v99"),
    "another CloudEvents": _header("ce_specversion", b"0.3"),
    "impossible ce_time": _header("ce_time", b"2026-02-30T00:00:00+08:00"),
    "ce_time without zone": _header("ce_time", b"2026-02-28T00:00:00"),
    "header is not UTF-8": _header("ce_source", b"\xff\xfe"),
    "no body": _value(None),
    "empty body": _value(b""),
    "cut off": lambda good: Raw(good.key, good.headers, (good.value or b"")[:-20]),
    "not UTF-8": _value(b"\xff\xfe\x00"),
    "not an object": _value(b"[]"),
    "NUL in raw JSON": lambda good: Raw(good.key, good.headers, (good.value or b"") + b"\x00"),
    "lone surrogate": _body(ticket_id="\ud800"),
    "deep nesting": _value(b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    "a megabyte of nothing": _value(b" " * 1_000_000),
    "wrong type of a field": _body(version="one"),
    "version zero": _body(version=0),
    "missing field": _body(ticket_id=...),
    "impossible date": _body(occurred_at="2026-02-30T08:00:00+08:00", urgency="very"),
}
