"""Whatever stands on a reply topic is read as a reply or refused by name, and nothing of it is repeated."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from kafka.consumer.fetcher import ConsumerRecord

from services.chassis.messaging.reply_form import REPLIES, NoReply, claimed_by, read_reply
from tests.contract.samples import golden

SECRET = "13912345678"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(SECRET),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.just(SECRET), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["ce_id", "ce_type", "ce_time", "ce_source", "ce_specversion", "traceparent", "x"])
HEADERS = st.lists(st.tuples(NAMES, st.none() | st.binary(max_size=20)), max_size=6)
FIELDS = st.sampled_from(
    ["type", "id", "ticket_id", "actor", "version", "text", "act", "about", "body", "base_version"]
)
BODIES = st.binary(max_size=60) | st.dictionaries(FIELDS | st.just(SECRET), VALUES, max_size=6).map(
    lambda body: json.dumps(body).encode()
)


def record(value: bytes | None, headers: list[Any] | None = None, timestamp: int = 0) -> ConsumerRecord:
    return ConsumerRecord(
        "departments.fire.replies", 0, -1, 0, timestamp, 0, None, value, headers or [], None, -1, 0, -1
    )


@given(BODIES | st.none(), HEADERS)
def test_a_record_is_a_reply_or_refused_with_a_code(value: bytes | None, headers: list[Any]) -> None:
    found = record(value, headers)
    claimed_by(found)
    refused = refusal_of(found)
    assert refused is None or (refused.code and SECRET not in str(refused))


def refusal_of(found: ConsumerRecord) -> NoReply | None:
    try:
        read_reply(found)
    except NoReply as refused:
        return refused
    return None


def test_every_reply_is_read_in_both_forms_alike() -> None:
    for event_type in REPLIES:
        sample = golden(event_type)
        as_event = read_reply(record(sample.value, sample.headers))
        plain = {"type": event_type, "id": sample.attributes["ce_id"], **sample.body}
        as_json = read_reply(record(json.dumps(plain).encode(), timestamp=1_780_000_000_000))
        assert (as_event.id, as_event.event) == (as_json.id, as_json.event)
        assert claimed_by(record(json.dumps(plain).encode())) == claimed_by(record(sample.value, sample.headers))


def test_a_record_without_a_time_has_the_first() -> None:
    body = {"type": "reply.signed.v1", "id": str(uuid4()), "ticket_id": str(uuid4()), "actor": "li-07"}
    assert read_reply(record(json.dumps(body).encode(), timestamp=-1)).time.year == 1970
