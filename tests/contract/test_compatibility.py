"""Version N-1 <-> N: an event type may gain optional fields and change in nothing else (DESIGN §3).

`baselines/<type>.json` is the schema as it was released. When an optional field has been released, copy the exported
schema there; for any other change make a new type (`….v2`) with a baseline of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import create_model

from services.contracts.event import Envelope, Event, MalformedEvent
from services.contracts.registry import EVENTS
from services.contracts.schema_export import schema
from tests.contract.samples import as_value, golden

BASELINES = Path(__file__).parent / "baselines"
ANNOTATIONS = {"title", "description", "default", "$id", "$schema"}


def fields(required: bool) -> list[tuple[str, str]]:
    return [
        (event_type, name)
        for event_type, event in EVENTS.items()
        for name, field in event.model_fields.items()
        if field.is_required() is required
    ]


@pytest.mark.parametrize(("event_type", "field"), fields(required=False))
def test_a_new_reader_reads_an_event_written_before_the_field_existed(event_type: str, field: str) -> None:
    sample = golden(event_type)
    before = {name: value for name, value in sample.body.items() if name != field}
    envelope = Envelope.parse(sample.headers, as_value(before), EVENTS)
    assert getattr(envelope.event, field) == sample.event.model_fields[field].get_default(call_default_factory=True)


@pytest.mark.parametrize(("event_type", "field"), fields(required=False))
def test_an_old_reader_reads_an_event_written_with_a_field_it_does_not_know(event_type: str, field: str) -> None:
    sample = golden(event_type)
    old_reader = lacking(sample.event, field)
    envelope = Envelope.parse(sample.headers, sample.value, {event_type: old_reader})
    assert field not in old_reader.model_fields
    known = json.loads(envelope.event.model_dump_json(exclude_none=True))
    assert known == {name: value for name, value in sample.body.items() if name != field}


@pytest.mark.parametrize("event_type", EVENTS)
def test_a_reader_ignores_fields_of_a_newer_writer(event_type: str) -> None:
    sample = golden(event_type)
    newer = sample.body | {"added_in_a_later_version": {"nested": [1]}}
    if "place" in newer:
        newer["place"] = newer["place"] | {"added_in_a_later_version": "x"}
    assert json.loads(Envelope.parse(sample.headers, as_value(newer), EVENTS).value()) == sample.body


@pytest.mark.parametrize(("event_type", "field"), fields(required=True))
def test_an_event_without_a_required_field_is_malformed(event_type: str, field: str) -> None:
    sample = golden(event_type)
    lacking_it = {name: value for name, value in sample.body.items() if name != field}
    with pytest.raises(MalformedEvent, match=field) as raised:
        Envelope.parse(sample.headers, as_value(lacking_it), EVENTS)
    assert raised.value.attribute == "body"


def test_every_event_type_has_a_baseline() -> None:
    assert {file.stem for file in BASELINES.glob("*.json")} == set(EVENTS)


@pytest.mark.parametrize("event_type", EVENTS)
def test_an_event_type_differs_from_its_baseline_by_optional_fields_alone(event_type: str) -> None:
    baseline = json.loads((BASELINES / f"{event_type}.json").read_text(encoding="utf-8"))
    assert list(breaks(baseline, schema(EVENTS[event_type]))) == []


@pytest.mark.parametrize(
    ("change", "break_"),
    [
        (lambda new: new["required"].append("text"), "required"),
        (lambda new: new["required"].remove("ticket_id"), "required"),
        (lambda new: new["properties"].pop("confidence"), "properties.confidence"),
        (lambda new: new["properties"]["confidence"].update(maximum=100), "properties.confidence.maximum"),
        (lambda new: new["$defs"]["Urgency"]["enum"].append("flood"), "$defs.Urgency.enum"),
        (lambda new: new["$defs"]["Place"]["properties"].pop("estate"), "$defs.Place.properties.estate"),
        (lambda new: new["$defs"]["Place"].update(additionalProperties=False), "$defs.Place.additionalProperties"),
    ],
)
def test_the_comparison_sees_what_breaks_a_reader(change: Any, break_: str) -> None:
    old, new = schema(EVENTS["ticket.classified.v1"]), schema(EVENTS["ticket.classified.v1"])
    change(new)
    assert list(breaks(old, new)) == [break_]


def test_the_comparison_allows_an_optional_field_and_another_wording() -> None:
    old, new = schema(EVENTS["ticket.classified.v1"]), schema(EVENTS["ticket.classified.v1"])
    new["properties"]["language"] = {"type": "string"}
    new["properties"]["place"]["description"] = "Where."
    assert list(breaks(old, new)) == []


def lacking(event: type[Event], field: str) -> type[Event]:
    kept: Any = {name: (info.rebuild_annotation(), info) for name, info in event.model_fields.items() if name != field}
    model = create_model(f"{event.__name__}Without_{field}", __base__=Event, **kept)
    model.type = event.type
    return model


def breaks(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Where `new` is not `old` plus optional properties."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        same = sorted(map(str, old)) == sorted(map(str, new)) if path.endswith("required") else old == new
        if not same:
            yield path
        return
    holds_names = path.endswith(("properties", "$defs"))
    for name in old.keys() | new.keys():
        here = f"{path}.{name}" if path else name
        if not holds_names and name in ANNOTATIONS:
            continue
        if name not in new or (name not in old and not holds_names):
            yield here
        elif name in old:
            yield from breaks(old[name], new[name], here)
