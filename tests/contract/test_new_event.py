"""Adding an event type takes five edits; here each one that is missing is named, in their order.

1. the class, derived from the base of its topic's events (services/contracts/*_events.py)
2. its topic (deploy/kafka/topics.yaml)
3. who is notified of it, for facts of tickets, hot issues and projects (services/notifier/data/routing.yaml)
4. a golden sample (tests/contract/goldens)
5. what is generated: `python -m services.contracts.export`, and `python -m tests.contract.released` at the release
"""

from __future__ import annotations

import json
from collections import Counter

import pytest
import yaml

from services.contracts.event import Event
from services.contracts.export import HERE
from services.contracts.registry import EVENTS, HOT_ISSUE_EVENTS, PROJECT_EVENTS, TICKET_EVENTS
from services.contracts.topics import FILE as TOPICS
from services.contracts.topics import SANDBOX
from services.notifier.files.routing import FILE as ROUTING
from tests.contract import released
from tests.contract.samples import FOLDER as GOLDENS

TOPIC_EVENTS = [
    event
    for topic in yaml.load(TOPICS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["topics"]
    for event in topic.get("events", ())
    if SANDBOX not in topic["name"]
]
ROUTED = {route["event"] for route in yaml.load(ROUTING.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["routes"]}
DISPATCHED = "ticket.dispatched.v1"
"""Not routed: it goes to its lead with the text."""


def missing(event: type[Event]) -> str | None:
    """The next edit for this event type; None when all are made."""
    name = event.type
    if name not in TOPIC_EVENTS:
        return f"name {name} among the events of its topic in {TOPICS.name}"
    if event in (*TICKET_EVENTS, *HOT_ISSUE_EVENTS, *PROJECT_EVENTS) and name not in ROUTED | {DISPATCHED}:
        return f"say in {ROUTING.name} who is notified of {name}; `to: []` for nobody"
    if not (GOLDENS / f"{name}.json").exists():
        return f"write a sample: {GOLDENS.name}/{name}.json, like its neighbours"
    if not (HERE / event.dataschema()).exists():
        return "run `python -m services.contracts.export`"
    if name not in json.loads(released.FILE.read_text(encoding="utf-8")):
        return "run `python -m tests.contract.released`"
    return None


@pytest.mark.parametrize("event_type", EVENTS)
def test_nothing_is_missing_of(event_type: str) -> None:
    edit = missing(EVENTS[event_type])
    assert edit is None, f"next: {edit}"


def test_each_type_has_one_class_and_one_topic() -> None:
    def concrete(base: type[Event]) -> set[type[Event]]:
        own = {base} if "type" in vars(base) and base.__module__.startswith("services.contracts.") else set()
        return own.union(*(concrete(event) for event in base.__subclasses__()))

    names = Counter(event.type for event in concrete(Event))
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for name, count in Counter(TOPIC_EVENTS).items() if count > 1] == []


def test_the_next_edit_of_a_new_event_is_its_topic() -> None:
    class TicketPraised(TICKET_EVENTS[0]):  # type: ignore[misc, valid-type]
        type = "ticket.praised.v1"

    assert "topics.yaml" in (missing(TicketPraised) or "")
    assert "ticket.praised.v1" not in EVENTS
