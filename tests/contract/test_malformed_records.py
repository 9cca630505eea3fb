"""A record that is no event is refused with the name of what is wrong: the dead letter's cause is made of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.event import Envelope, Headers, MalformedEvent
from services.contracts.registry import EVENTS
from tests.contract.samples import as_value, golden

SAMPLE = golden("ticket.received.v1")
NECESSARY = ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time"]


def with_header(name: str, value: bytes) -> Headers:
    return [(header, value if header == name else old) for header, old in SAMPLE.headers]


@pytest.mark.parametrize("name", NECESSARY)
def test_a_missing_header_is_named(name: str) -> None:
    headers = [(header, value) for header, value in SAMPLE.headers if header != name]
    with pytest.raises(MalformedEvent, match=f"^{name}: header is missing") as raised:
        Envelope.parse(headers, SAMPLE.value, EVENTS)
    assert raised.value.attribute == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_type", b"ticket.received.v99"),
        ("ce_type", b"ticket.unheard_of.v1"),
        ("ce_type", b""),
        ("ce_specversion", b"0.3"),
        ("ce_id", b"17"),
        ("ce_id", b""),
        ("ce_time", b"yesterday"),
        ("ce_time", b"2024-02-30T00:00:00+08:00"),
        ("ce_time", b"2024-06-28T08:16:30"),
        ("ce_time", b"99999-01-01T00:00:00+08:00"),
    ],
)
def test_a_wrong_header_is_named(name: str, value: bytes) -> None:
    with pytest.raises(MalformedEvent, match=f"^{name}: ") as raised:
        Envelope.parse(with_header(name, value), SAMPLE.value, EVENTS)
    assert raised.value.attribute == name


def test_a_header_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(MalformedEvent, match=r"^headers: are not UTF-8"):
        Envelope.parse(with_header("ce_source", b"\xff\xfe"), SAMPLE.value, EVENTS)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="no body"),
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"\xff\xfe\x00", id="not UTF-8"),
        pytest.param(b"[]", id="not an object"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, id="deep nesting"),
        pytest.param(SAMPLE.value.replace(b'"received"', b'"\\ud800"'), id="lone surrogate"),
    ],
)
def test_a_body_that_is_no_event_is_refused(value: bytes | None) -> None:
    with pytest.raises(MalformedEvent, match=r"^body: ") as raised:
        Envelope.parse(SAMPLE.headers, value, EVENTS)
    assert raised.value.attribute == "body"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", 0),
        ("version", "one"),
        ("ticket_id", "42"),
        ("ticket_id", None),
        ("channel", "pigeon"),
        ("caller_ref", "13800138000"),
        ("occurred_at", "2024-02-30T08:00:00+08:00"),
        ("occurred_at", "2024-06-28T08:00:00"),
        ("type_code", "XX99"),
        ("place", {"sub_district": "110101001"}),
        ("urgency", "very"),
        ("lead", "Housing Bureau"),
        ("co_handlers", "housing"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: object) -> None:
    with pytest.raises(MalformedEvent, match=field) as raised:
        Envelope.parse(SAMPLE.headers, as_value(SAMPLE.body | {field: value}), EVENTS)
    assert raised.value.attribute == "body"


def test_a_cause_is_one_short_line_whatever_the_body() -> None:
    with pytest.raises(MalformedEvent) as raised:
        Envelope.parse(SAMPLE.headers, as_value({"version": "x\n" * 100_000}), EVENTS)
    assert len(str(raised.value)) < 600
    assert "\n" not in str(raised.value)


@settings(deadline=None)
@given(
    headers=st.lists(st.tuples(st.sampled_from([*NECESSARY, "traceparent"]), st.binary() | st.text().map(str.encode))),
    value=st.none() | st.binary() | st.text().map(str.encode),
)
def test_whatever_a_record_holds_it_is_refused_and_never_crashes(headers: Headers, value: bytes | None) -> None:
    valid_where_silent = {**dict(SAMPLE.headers), **dict(headers)}
    with pytest.raises(MalformedEvent):
        Envelope.parse(list(valid_where_silent.items()), value, EVENTS)


@settings(deadline=None)
@given(st.text() | st.datetimes().map(str))
def test_a_ce_time_without_zone_never_passes(text: str) -> None:
    try:
        envelope = Envelope.parse(with_header("ce_time", text.encode()), SAMPLE.value, EVENTS)
    except MalformedEvent:
        return
    assert envelope.time.utcoffset() is not None
