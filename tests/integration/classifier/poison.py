"""Records that can never work, by name, each with a word of the cause its dead letter must name."""

from __future__ import annotations

import json

from tests.unit.classifier.texts import Raw, raw, text_event

GOOD = text_event(0)
KEY, HEADERS, VALUE = raw(GOOD)
BODY = json.loads(VALUE or b"")


def _with(**headers: bytes | None) -> Raw:
    kept = [(name, value) for name, value in HEADERS if name not in headers]
    return KEY, kept + [(name, value) for name, value in headers.items() if value is not None], VALUE


def _without(name: str) -> Raw:
    return KEY, [(known, value) for known, value in HEADERS if known != name], VALUE


def _body(value: bytes | None) -> Raw:
    return KEY, HEADERS, value


def _json(**fields: object) -> Raw:
    return _body(json.dumps(BODY | fields).encode())


POISON: dict[str, tuple[Raw, str]] = {
    "not JSON": (_body(b"{"), "body"),
    "empty body": (_body(b""), "body"),
    "no body": (_body(None), "body"),
    "neither key, headers nor body": ((None, [], b""), "ce_type"),
    "not UTF-8": (_body(b'{"text": "\xff\xfe"}'), "body"),
    "lone surrogate": (_body((VALUE or b"").replace("屋顶漏水".encode(), b"\\ud800")), "body"),
    "NUL bytes": (_body(b"\x00" * 100), "body"),
    "another JSON type": (_body(b"[1, 2]"), "body"),
    "deep nesting": (_body(b"[" * 100_000), "body"),
    "text is a number": (_json(text=1), "text"),
    "text is missing": (_body(json.dumps({k: v for k, v in BODY.items() if k != "text"}).encode()), "text"),
    "no ticket id": (_json(ticket_id="x"), "ticket_id"),
    "unknown channel": (_json(channel="telepathy"), "channel"),
    "impossible date": (_json(occurred_at="2026-02-30T00:00:00Z"), "occurred_at"),
    "date without zone": (_json(occurred_at="2026-02-03T00:00:00"), "occurred_at"),
    "version zero": (_json(version=0), "version"),
    "no headers": ((KEY, [], VALUE), "ce_type"),
    "no type": (_without("ce_type"), "ce_type"),
    "unknown type version": (_with(ce_type=b"ticket.text_recorded.v9"), "ticket.text_recorded.v9"),
    "no id": (_without("ce_id"), "ce_id"),
    "id is no UUID": (_with(ce_id=b"1"), "ce_id"),
    "time is none": (_with(ce_time=b"yesterday"), "ce_time"),
    "time without zone": (_with(ce_time=b"2026-01-01T00:00:00"), "ce_time"),
    "other CloudEvents version": (_with(ce_specversion=b"0.3"), "ce_specversion"),
    "headers are not UTF-8": (_with(ce_source=b"\xff"), "headers"),
    "a megabyte of rubbish": (_body(b"\xff" * 1_000_000), "body"),
    "a megabyte of JSON": (_body(b'{"text": "' + b"a" * 1_000_000 + b'"}'), "body"),
}
