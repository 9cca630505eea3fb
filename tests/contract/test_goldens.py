"""Each event type has a golden sample, which the present code reads and writes unchanged."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from services.contracts.event import Envelope
from services.contracts.registry import EVENTS
from services.contracts.schema_export import schema
from tests.contract.samples import FOLDER, golden


def test_every_event_type_has_a_golden() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == set(EVENTS)


@pytest.mark.parametrize("event_type", EVENTS)
def test_a_golden_is_read_and_written_unchanged(event_type: str) -> None:
    sample = golden(event_type)
    envelope = Envelope.parse(sample.headers, sample.value, EVENTS)
    assert dict(envelope.headers()) == dict(sample.headers)
    assert json.loads(envelope.value()) == sample.body
    assert envelope.key.decode() == sample.attributes["ce_subject"]


@pytest.mark.parametrize("event_type", EVENTS)
def test_a_golden_is_valid_by_the_exported_schema(event_type: str) -> None:
    sample = golden(event_type)
    validator = Draft202012Validator(schema(sample.event))
    validator.validate(sample.body)
    assert not validator.is_valid(sample.body | {"version": 0})
