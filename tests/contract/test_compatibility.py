"""Version N-1 <-> N: an event type may gain optional fields and change in nothing else (ADR 20).

`released.json` says what was released. Any other change makes a new type (`….v2`).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import create_model

from services.contracts.event import Envelope, Event, MalformedEvent
from services.contracts.registry import EVENTS
from services.contracts.schema_export import schema
from tests.contract.released import breaks, fields_of, read
from tests.contract.samples import as_value, golden


def fields(event_type: str, *, required: bool) -> list[str]:
    return [name for name, field in EVENTS[event_type].model_fields.items() if field.is_required() is required]


# A test an event type, not a field: there are thousands of fields, and each test costs more than what it looks at.
@pytest.mark.parametrize("event_type", EVENTS)
def test_a_new_reader_reads_an_event_written_before_the_field_existed(event_type: str) -> None:
    sample = golden(event_type)
    for field in fields(event_type, required=False):
        before = {name: value for name, value in sample.body.items() if name != field}
        envelope = Envelope.parse(sample.headers, as_value(before), EVENTS)
        default = sample.event.model_fields[field].get_default(call_default_factory=True)
        assert getattr(envelope.event, field) == default, field


@pytest.mark.parametrize("event_type", EVENTS)
def test_an_old_reader_reads_an_event_written_with_a_field_it_does_not_know(event_type: str) -> None:
    sample = golden(event_type)
    for field in fields(event_type, required=False):
        old_reader = lacking(sample.event, field)
        envelope = Envelope.parse(sample.headers, sample.value, {event_type: old_reader})
        assert field not in old_reader.model_fields
        known = json.loads(envelope.event.model_dump_json(exclude_none=True))
        assert known == {name: value for name, value in sample.body.items() if name != field}, field


@pytest.mark.parametrize("event_type", EVENTS)
def test_a_reader_ignores_fields_of_a_newer_writer(event_type: str) -> None:
    sample = golden(event_type)
    newer = sample.body | {"added_in_a_later_version": {"nested": [1]}}
    if "place" in newer:
        newer["place"] = newer["place"] | {"added_in_a_later_version": "x"}
    assert json.loads(Envelope.parse(sample.headers, as_value(newer), EVENTS).value()) == sample.body


@pytest.mark.parametrize("event_type", EVENTS)
def test_an_event_without_a_required_field_is_malformed(event_type: str) -> None:
    sample = golden(event_type)
    for field in fields(event_type, required=True):
        lacking_it = {name: value for name, value in sample.body.items() if name != field}
        with pytest.raises(MalformedEvent, match=field) as raised:
            Envelope.parse(sample.headers, as_value(lacking_it), EVENTS)
        assert raised.value.attribute == "body"


def test_every_event_type_is_released() -> None:
    assert read().keys() == EVENTS.keys(), "run `python -m tests.contract.released` as part of the release"


@pytest.mark.parametrize("event_type", EVENTS)
def test_an_event_type_differs_from_what_was_released_by_optional_fields_alone(event_type: str) -> None:
    assert breaks(read()[event_type], fields_of(schema(EVENTS[event_type]))) == []


@pytest.mark.parametrize(
    ("change", "break_"),
    [
        (lambda new: new["required"].append("text"), "text"),
        (lambda new: new["required"].remove("ticket_id"), "ticket_id"),
        (lambda new: new["properties"].pop("confidence"), "confidence"),
        (lambda new: new["properties"]["confidence"].update(maximum=100), "confidence"),
        (lambda new: new["properties"]["secondary"]["items"].update(pattern="^XQ"), "secondary[]"),
        (lambda new: new["$defs"]["Urgency"]["enum"].append("flood"), "urgency"),
        (lambda new: new["$defs"]["Place"]["properties"].pop("estate"), "place.estate"),
        (lambda new: new["$defs"]["Place"].update(required=["estate"]), "place.estate"),
        (lambda new: new["$defs"]["Place"].update(additionalProperties=False), "place"),
    ],
)
def test_the_comparison_sees_what_breaks_a_reader(change: Any, break_: str) -> None:
    old, new = schema(EVENTS["ticket.classified.v1"]), schema(EVENTS["ticket.classified.v1"])
    change(new)
    assert breaks(fields_of(old), fields_of(new)) == [break_]


def test_the_comparison_allows_an_optional_field_and_another_wording() -> None:
    old, new = schema(EVENTS["ticket.classified.v1"]), schema(EVENTS["ticket.classified.v1"])
    new["properties"]["language"] = {"type": "string"}
    new["properties"]["place"]["description"] = "Where."
    assert breaks(fields_of(old), fields_of(new)) == []


def test_a_field_that_is_required_in_a_new_optional_object_harms_nobody() -> None:
    old, new = schema(EVENTS["ticket.classified.v1"]), schema(EVENTS["ticket.classified.v1"])
    inner = {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}
    new["properties"]["origin"] = inner
    assert breaks(fields_of(old), fields_of(new)) == []


def lacking(event: type[Event], field: str) -> type[Event]:
    kept: Any = {name: (info.rebuild_annotation(), info) for name, info in event.model_fields.items() if name != field}
    model = create_model(f"{event.__name__}Without_{field}", __base__=Event, **kept)
    model.type = event.type
    return model
