"""The JSON Schema of each event's body, as `ce_dataschema` names it."""

from __future__ import annotations

import json
from typing import Any

from services.contracts.event import Event
from services.contracts.registry import EVENTS


def schema(event: type[Event]) -> dict[str, Any]:
    """What a reader of `event` accepts. Fields it does not name are allowed: a newer writer may add optional ones."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": event.dataschema(),
        **event.model_json_schema(mode="validation"),
    }


def schema_files() -> dict[str, str]:
    """The text of each schema file by its path below `services/contracts`."""
    return {
        event.dataschema(): json.dumps(schema(event), ensure_ascii=False, indent=2) + "\n" for event in EVENTS.values()
    }
