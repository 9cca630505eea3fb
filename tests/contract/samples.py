"""The golden samples: one record of each event type as it stands on a topic, headers and body."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.contracts.event import Event, Headers
from services.contracts.registry import EVENTS

FOLDER = Path(__file__).parent / "goldens"


@dataclass(frozen=True)
class Golden:
    event: type[Event]
    attributes: dict[str, str]
    body: dict[str, Any]

    @property
    def headers(self) -> Headers:
        return [(name, value.encode()) for name, value in self.attributes.items()]

    @property
    def value(self) -> bytes:
        return as_value(self.body)


def as_value(body: Any) -> bytes:
    return json.dumps(body).encode()


def golden(event_type: str) -> Golden:
    content = json.loads((FOLDER / f"{event_type}.json").read_text(encoding="utf-8"))
    return Golden(EVENTS[event_type], content["headers"], content["body"])
