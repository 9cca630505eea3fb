"""The AsyncAPI 3.0 document of the platform, made from the topic table and the event models."""

from __future__ import annotations

from typing import Any

import yaml

from services.contracts.departments import departments
from services.contracts.event import Event
from services.contracts.registry import EVENTS
from services.contracts.supervision_events import SupervisingParty
from services.contracts.topics import SERVICES, Topic, topic_table

HEADER = "# Made by `python -m services.contracts.export` from the topic table and the event models. Do not edit.\n"
SCHEMAS = "../../services/contracts"
BINDING = "0.5.0"

_PARAMETERS = {
    "{department}": ("department", "The department's code.", list(departments())),
    "{party}": ("party", "The supervising party.", [party.value for party in SupervisingParty]),
    "{service}": ("service", "The service that could not work with the record.", list(SERVICES)),
}


def document() -> dict[str, Any]:
    patterns = list(topic_table().patterns.values())
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Closed Loop 12345",
            "version": "1.0.0",
            "description": (
                "The events of the platform: CloudEvents 1.0 in binary mode on Kafka. Delivery is at least once: drop "
                "an event whose ce_id was seen, and ignore a version of an aggregate older than the last one read."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {_channel_id(topic): _channel(topic) for topic in patterns},
        "operations": {name: operation for topic in patterns for name, operation in _operations(topic)},
        "components": {
            "messages": {event.type: _message(event) for event in EVENTS.values()} | {"dead-letter": _DEAD_LETTER},
            "messageTraits": {"cloudEvent": {"headers": _CLOUD_EVENT_HEADERS}},
        },
    }


def text() -> str:
    return HEADER + yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=120)


def _channel_id(topic: Topic) -> str:
    return topic.name.replace(".{department}", "").replace(".{party}", "").replace("{service}.", "")


def _message_ids(topic: Topic) -> tuple[str, ...]:
    return ("dead-letter",) if topic.dead_letters else topic.events


def _channel(topic: Topic) -> dict[str, Any]:
    configs = topic.configs()
    channel: dict[str, Any] = {
        "address": topic.name,
        "description": f"{topic.description} Key: {topic.key}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _message_ids(topic)},
    }
    for placeholder, (name, description, values) in _PARAMETERS.items():
        if placeholder in topic.name:
            channel["parameters"] = {name: {"description": description, "enum": values}}
    channel["bindings"] = {
        "kafka": {
            "partitions": topic.partitions,
            "topicConfiguration": {
                "cleanup.policy": [configs["cleanup.policy"]],
                "retention.ms": int(configs["retention.ms"]),
                "max.message.bytes": int(configs["max.message.bytes"]),
            },
            "bindingVersion": BINDING,
        }
    }
    return channel


def _operations(topic: Topic) -> list[tuple[str, dict[str, Any]]]:
    """One `send` for the writer and one `receive` a reader, named `<who>.<action>.<channel>`."""
    channel = _channel_id(topic)
    parties = [(topic.writer, "send"), *((reader, "receive") for reader in topic.readers)]
    return [
        (
            f"{_plain(party)}.{action}.{channel}",
            {
                "action": action,
                "channel": {"$ref": f"#/channels/{channel}"},
                "summary": f"{_plain(party)} {'writes' if action == 'send' else 'reads'} {topic.name}",
                "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in _message_ids(topic)],
            },
        )
        for party, action in parties
    ]


def _plain(party: str) -> str:
    return party.replace(":{department}", "").replace(":{party}", "").strip("{}")


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": (event.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {"$ref": f"{SCHEMAS}/{event.dataschema()}"},
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": BINDING}},
    }


_DEAD_LETTER = {
    "name": "dead-letter",
    "title": "Dead letter",
    "summary": "A record as it was read, valid or not: key, headers and body unchanged, the cause added as headers.",
    "payload": {},
}

_CLOUD_EVENT_HEADERS = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time"],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "The same on redelivery."},
        "ce_type": {"type": "string", "description": "The message's name, with its schema version."},
        "ce_source": {"type": "string", "description": "The service that publishes."},
        "ce_subject": {"type": "string", "description": "The aggregate's id; also the record's key."},
        "ce_time": {"type": "string", "format": "date-time", "description": "When the fact was recorded."},
        "ce_dataschema": {"type": "string", "description": "The body's JSON Schema."},
        "content-type": {"const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C Trace Context, if the fact has a trace."},
    },
}
