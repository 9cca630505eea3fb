"""Reads what others write on their reply topics: CloudEvents, or plain JSON with `type` and `id` (docs/replies.md).

Stricter than reading our own events: a field that is not known is most likely a wrong name, and is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from kafka.consumer.fetcher import ConsumerRecord

from services.chassis.web.problems import Problem
from services.chassis.web.request_body import BODY_LIMIT, refuse_unstorable
from services.contracts.event import Envelope, MalformedEvent
from services.contracts.faults import code_or_nothing
from services.contracts.registry import REPLY_EVENTS

REPLIES = {event.type: event for event in REPLY_EVENTS}
NEEDED = ("ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time")
_PLAIN = ("type", "id")


class NoReply(MalformedEvent):
    """A record that is no reply; `code` is what its writer's program may branch on."""

    def __init__(self, code: str, attribute: str, why: str) -> None:
        super().__init__(attribute, why)
        self.code = code


class Claimed(NamedTuple):
    """What a record says that it is, readable or not."""

    type: str | None
    id: UUID | None


def read_reply(record: ConsumerRecord) -> Envelope:
    """Raises NoReply, which says what is wrong and holds nothing of what was read."""
    headers = list(record.headers or [])
    if len(record.value or b"") > BODY_LIMIT:
        raise NoReply("body-too-large", "body", f"is larger than {BODY_LIMIT} bytes: shorten it, or send several")
    body = _body_of(record)
    if body is None:
        raise NoReply("not-json", "body", "is no JSON object in UTF-8 (RFC 8259)")
    _refuse_unstorable(record.value)
    if not _has_attributes(record):
        headers, body = _with_attributes(record, body)
    kind = REPLIES.get(_text(dict(headers).get("ce_type")))
    _refuse_unknown(kind.model_fields if kind else None, body)
    try:
        return Envelope.parse(headers, json.dumps(body).encode(), REPLIES)
    except MalformedEvent as fault:
        raise NoReply(_code_of(fault, headers), fault.attribute, str(fault).partition(": ")[2]) from None


def claimed_by(record: ConsumerRecord) -> Claimed:
    """Never raises."""
    attributes = {name: _text(value) for name, value in record.headers or []}
    said: Mapping[str, Any] = {} if _has_attributes(record) else _body_of(record) or {}
    type_, id_ = attributes.get("ce_type", said.get("type")), attributes.get("ce_id", said.get("id"))
    try:
        read = UUID(id_) if isinstance(id_, str) else None
    except ValueError:
        read = None
    return Claimed(type_ if isinstance(type_, str) else None, read)


def _has_attributes(record: ConsumerRecord) -> bool:
    return any(name.startswith("ce_") for name, _ in record.headers or [])


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _body_of(record: ConsumerRecord) -> dict[str, Any] | None:
    try:
        body = json.loads(record.value or b"", parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _no_number(name: str) -> float:
    raise ValueError(name)


def _with_attributes(record: ConsumerRecord, body: dict[str, Any]) -> tuple[list[tuple[str, bytes]], dict[str, Any]]:
    """Headers and body of a plain record, whose `type` and `id` stand in its body."""
    if missing := [name for name in _PLAIN if not isinstance(body.get(name), str)]:
        why = f"lacks {' and '.join(missing)}, and there are no headers {', '.join(NEEDED)}: add the ones or the others"
        raise NoReply("header-missing", "body", why)
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": body["id"],
        "ce_type": body["type"],
        "ce_source": record.topic,
        "ce_time": datetime.fromtimestamp(max(record.timestamp, 0) / 1000, UTC).isoformat(),
    }
    rest = {name: value for name, value in body.items() if name not in _PLAIN}
    kept = [(name, value) for name, value in record.headers or [] if name == "traceparent"]
    return [*((name, value.encode()) for name, value in attributes.items()), *kept], {"version": 1, **rest}


def _refuse_unknown(fields: Mapping[str, Any] | None, body: Mapping[str, Any]) -> None:
    if fields is None:
        return  # the type is not known either, which says more
    if unknown := sorted(code_or_nothing(name) for name in body.keys() - fields.keys()):
        raise NoReply("unknown-field", "body", f"has {', '.join(unknown[:5])}, which a reply of this type has not")


def _refuse_unstorable(value: bytes) -> None:
    try:
        refuse_unstorable(value)
    except Problem as problem:
        raise NoReply(problem.slug, "body", problem.detail) from None


def _code_of(fault: MalformedEvent, headers: list[tuple[str, bytes]]) -> str:
    if fault.attribute == "body":
        return "invalid-request"
    if fault.attribute not in dict(headers):
        return "header-missing"
    return "unknown-type" if fault.attribute == "ce_type" else "invalid-header"
