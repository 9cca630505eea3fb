"""What one service writes is what another reads, for every event that can be made."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from services.contracts.classification_events import TicketClassified
from services.contracts.department_events import TicketAssigned
from services.contracts.departments import departments
from services.contracts.districts import sub_districts
from services.contracts.event import Envelope, Event, deterministic_id
from services.contracts.registry import EVENTS
from services.contracts.schema_export import schema
from services.contracts.taxonomy import OTHER, taxonomy
from services.contracts.ticket_events import (
    Channel,
    Place,
    TicketDispatched,
    TicketReceived,
    TicketSentToReview,
    TicketTextRecorded,
    Urgency,
)

texts = st.text(st.characters(exclude_categories=["Cs"]))
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(1900, 1, 2), datetime(2999, 1, 1), timezones=zones)
versions = st.integers(1, 2**53)
ticket_ids = st.uuids().map(str)
type_codes = st.sampled_from([*taxonomy().types, OTHER])
codes = st.sampled_from(list(departments()))
places = st.builds(
    Place,
    sub_district=st.none() | st.sampled_from(list(sub_districts())),
    estate=st.none() | texts,
    estate_name=st.none() | texts,
)
facts = {
    "version": versions,
    "ticket_id": ticket_ids,
    "state": texts,
    "channel": st.sampled_from(Channel),
    "caller_ref": st.none() | st.text("0123456789abcdef", min_size=32, max_size=32),
    "occurred_at": times,
    "received_at": times,
    "text_version": versions,
    "type_code": type_codes,
    "place": st.none() | places,
    "urgency": st.none() | st.sampled_from(Urgency),
    "lead": codes,
    "co_handlers": st.lists(codes).map(tuple),
}
STRATEGIES: dict[type[Event], st.SearchStrategy[Event]] = {
    TicketReceived: st.builds(TicketReceived, **facts),
    TicketDispatched: st.builds(TicketDispatched, **facts),
    TicketSentToReview: st.builds(TicketSentToReview, review_reason=texts, **facts),
    TicketTextRecorded: st.builds(
        TicketTextRecorded,
        version=versions,
        ticket_id=ticket_ids,
        text=texts,
        address=st.none() | texts,
        channel=facts["channel"],
        occurred_at=times,
    ),
    TicketClassified: st.builds(
        TicketClassified,
        version=versions,
        ticket_id=ticket_ids,
        type_code=type_codes,
        confidence=st.floats(0, 1),
        runner_up=st.none() | type_codes,
        place=places,
        urgency=st.sampled_from(Urgency),
        reasons=st.lists(texts).map(tuple),
        model_version=texts,
    ),
    TicketAssigned: st.builds(
        TicketAssigned,
        version=versions,
        delivery_id=st.uuids(),
        department=codes,
        ticket_id=ticket_ids,
        type_code=type_codes,
        place=facts["place"],
        urgency=facts["urgency"],
        co_handlers=facts["co_handlers"],
        occurred_at=times,
        received_at=times,
        text=texts,
        address=st.none() | texts,
    ),
}
envelopes = st.builds(
    Envelope,
    id=st.uuids(),
    source=st.sampled_from(["intake", "classifier", "projects", "notifier"]),
    time=times,
    event=st.one_of(*STRATEGIES.values()),
    traceparent=st.none() | st.from_regex(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]", fullmatch=True),
)


def test_every_event_type_is_made_here() -> None:
    assert set(STRATEGIES) == set(EVENTS.values())


@given(envelopes)
def test_an_envelope_is_read_as_it_was_written(envelope: Envelope) -> None:
    assert Envelope.parse(envelope.headers(), envelope.value(), EVENTS) == envelope


@given(envelopes)
def test_whatever_is_written_is_valid_by_the_exported_schema(envelope: Envelope) -> None:
    validator = Draft202012Validator(schema(type(envelope.event)))
    validator.validate(json.loads(envelope.value()))


@given(envelopes)
def test_the_headers_name_the_aggregate_that_the_record_is_keyed_by(envelope: Envelope) -> None:
    assert dict(envelope.headers())["ce_subject"] == envelope.key


def test_an_event_with_a_lone_surrogate_cannot_be_written() -> None:
    broken = TicketTextRecorded(
        version=1,
        ticket_id="7d2f0a3e-58b1-4f6e-9c1d-0b7a4f3e2d10",
        text="\ud800",
        channel=Channel.WEB,
        occurred_at=datetime(2024, 6, 28, tzinfo=UTC),
    )
    with pytest.raises(ValueError, match="surrogates not allowed"):
        Envelope(UUID(int=0), "intake", broken.occurred_at, broken).value()


def test_a_deterministic_id_is_the_same_on_every_machine_for_good() -> None:
    made = deterministic_id("classifier", "7d2f0a3e-58b1-4f6e-9c1d-0b7a4f3e2d10|1", TicketClassified.type)
    assert made == UUID("b0f11e43-2c49-5c30-a092-ac20eaeecd47")


@given(st.tuples(texts, texts, texts, st.integers(0, 9)), st.tuples(texts, texts, texts, st.integers(0, 9)))
def test_deterministic_ids_differ_where_the_outputs_do(
    one: tuple[str, str, str, int], other: tuple[str, str, str, int]
) -> None:
    if "|" not in "".join(one[:3] + other[:3]):
        assert (deterministic_id(*one) == deterministic_id(*other)) == (one == other)
