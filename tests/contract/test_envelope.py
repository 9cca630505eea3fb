"""What one service writes is what another reads, for every event that can be made."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from services.contracts.classification_events import TicketClassified
from services.contracts.event import Envelope, Event, deterministic_id
from services.contracts.registry import EVENTS
from services.contracts.schema_export import schema
from services.contracts.text_events import TicketTextRecorded
from services.contracts.ticket_events import Channel
from tests.contract.schema_strategies import bodies, texts, times

TICKET = "7d2f0a3e-58b1-4f6e-9c1d-0b7a4f3e2d10"


def _hex(length: int) -> st.SearchStrategy[str]:
    """So many bytes; drawn as a whole, which a pattern of single digits is not."""
    return st.binary(min_size=length, max_size=length).map(bytes.hex)


traceparents = st.builds("00-{}-{}-0{}".format, _hex(16), _hex(8), st.sampled_from("01"))


def envelopes(event: type[Event]) -> st.SearchStrategy[Envelope]:
    """Every event that the exported schema allows: were the schema wider than the model, making one would fail."""
    return st.builds(
        Envelope,
        id=st.uuids(),
        source=st.sampled_from(["intake", "classifier", "projects", "notifier"]),
        time=times,
        event=bodies(schema(event)).map(event.model_validate),
        traceparent=st.none() | traceparents,
    )


ENVELOPES = {event: envelopes(event) for event in EVENTS.values()}
VALIDATORS = {event: Draft202012Validator(schema(event)) for event in EVENTS.values()}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_an_envelope_is_read_as_it_was_written_and_valid_by_its_schema(event: type[Event], data: st.DataObject) -> None:
    envelope = data.draw(ENVELOPES[event])
    assert Envelope.parse(envelope.headers(), envelope.value(), EVENTS) == envelope
    assert dict(envelope.headers())["ce_subject"] == envelope.key
    VALIDATORS[event].validate(json.loads(envelope.value()))


def test_an_event_with_a_lone_surrogate_cannot_be_written() -> None:
    broken = TicketTextRecorded(
        version=1,
        ticket_id=TICKET,
        text="\ud800",
        channel=Channel.WEB,
        occurred_at=datetime(2024, 6, 28, tzinfo=UTC),
    )
    with pytest.raises(ValueError, match="surrogates not allowed"):
        Envelope(UUID(int=0), "intake", broken.occurred_at, broken).value()


def test_a_deterministic_id_is_the_same_on_every_machine_for_good() -> None:
    assert deterministic_id("classifier", f"{TICKET}|1", TicketClassified.type) == UUID(
        "b0f11e43-2c49-5c30-a092-ac20eaeecd47"
    )


causes = st.tuples(*[texts.filter(lambda text: "|" not in text)] * 3, st.integers(0, 9))


@settings(deadline=None)
@given(causes, causes)
def test_deterministic_ids_differ_where_the_outputs_do(
    one: tuple[str, str, str, int], other: tuple[str, str, str, int]
) -> None:
    assert (deterministic_id(*one) == deterministic_id(*other)) == (one == other)
