"""No event carries personal data; free text travels only where it is soon forgotten (ADR 21)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from services.contracts.registry import EVENTS
from services.contracts.schema_export import schema
from services.contracts.topics import topic_table

PERSONAL = re.compile(
    r"(^|_)(name|surname|caller|phone|mobile|tel|telephone|contact|email|mail|wechat|openid|card|passport|identity|"
    r"birth|birthday|age|gender|plate|flat|room|door|house|photo|voice|ip|lat|lon|latitude|longitude|password)s?(_|$)"
)
ALLOWED = {"caller_ref", "callers", "window_callers", "caller_solved", "estate_name"}
FREE_TEXT = {"text", "address"}
SHORT_RETENTION_DAYS = 30
LONGEST_LAG_HOURS = 24


def properties(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for child in node.values():
            yield from properties(child)
    elif isinstance(node, list):
        for child in node:
            yield from properties(child)


@pytest.mark.parametrize("event_type", EVENTS)
def test_no_event_has_a_field_for_personal_data(event_type: str) -> None:
    suspects = {name for name in properties(schema(EVENTS[event_type])) if PERSONAL.search(name)}
    assert suspects <= ALLOWED


@pytest.mark.parametrize("name", ["caller_name", "phone", "phones", "id_card", "home_room", "email", "plate"])
def test_the_search_finds_such_fields(name: str) -> None:
    assert PERSONAL.search(name)
    assert list(properties({"$defs": {"Caller": {"properties": {name: {}}}}})) == [name]


@pytest.mark.parametrize("topic", topic_table().patterns.values(), ids=lambda topic: topic.name)
def test_free_text_is_carried_by_short_lived_topics_alone(topic: Any) -> None:
    events = topic_table().events_on(topic.name.format(department="fire", service="classifier", party="congress"))
    with_text = {event for event in events if FREE_TEXT & set(properties(schema(EVENTS[event])))}
    if with_text and topic.state_of:  # the record without the text follows it when its stream drops it
        assert topic.compaction.max_lag_hours <= LONGEST_LAG_HOURS
        assert topic_table().patterns[topic.state_of].retention_days <= SHORT_RETENTION_DAYS
    elif with_text:
        assert topic.retention_days != "forever"
        assert topic.retention_days <= SHORT_RETENTION_DAYS


def test_a_caller_reference_is_a_keyed_hash_and_never_a_number_to_call() -> None:
    for event in EVENTS.values():
        caller = schema(event)["properties"].get("caller_ref")
        if caller:
            assert caller["anyOf"][0]["pattern"] == "^[0-9a-f]{32}$"
