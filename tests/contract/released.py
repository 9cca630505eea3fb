"""What has been released of the events, one line a field: `released.json`. A reader of version N-1 relies on it.

`python -m tests.contract.released` adds what is new in the code, as part of a release; it refuses what would break a
reader.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from services.contracts.registry import EVENTS
from services.contracts.schema_export import schema

FILE = Path(__file__).parent / "released.json"
ANNOTATIONS = {"title", "description", "default", "$id", "$schema", "$defs"}

Field = Mapping[str, Any]
"""`type` with its limits, `required`, and `enum` where the values are listed."""
Fields = Mapping[str, Field]
"""By path: `place.estate`, and `hot_issues[]` for the items of a list. The empty path is the body itself."""


def fields_of(schema: Mapping[str, Any]) -> Fields:
    """The fields of a JSON Schema, those of nested objects too."""
    return dict(_fields(schema, schema.get("$defs", {}), "", required=True))


def breaks(released: Fields, current: Fields) -> list[str]:
    """The paths where `current` is not `released` plus optional fields."""
    changed = [path for path, field in released.items() if current.get(path) != field]
    return changed + [path for path in current.keys() - released.keys() if _demanded(path, current, released)]


def read() -> dict[str, dict[str, dict[str, Any]]]:
    """The released fields by event type."""
    content: dict[str, dict[str, dict[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def text_of(events: Mapping[str, Fields]) -> str:
    def block(event_type: str) -> str:
        lines = [
            f"    {json.dumps(path)}: {json.dumps(field, ensure_ascii=False)}"
            for path, field in sorted(events[event_type].items())
        ]
        return f"  {json.dumps(event_type)}: {{\n" + ",\n".join(lines) + "\n  }"

    return "{\n" + ",\n".join(block(event_type) for event_type in sorted(events)) + "\n}\n"


def _demanded(path: str, current: Fields, released: Fields) -> bool:
    """Whether a new field is required in an object that was there before; inside a new one it harms nobody."""
    parent = path.rpartition(".")[0].removesuffix("[]")
    return current[path]["required"] and not path.endswith("[]") and parent in released


def _fields(node: Mapping[str, Any], definitions: Any, path: str, *, required: bool) -> Iterator[tuple[str, Field]]:
    plain, nullable = _resolved(node, definitions)
    properties, demanded, items = plain.get("properties", {}), plain.get("required", ()), plain.get("items")
    field: dict[str, Any] = {"type": _type(plain, nullable), "required": required}
    if "enum" in plain:
        field["enum"] = sorted(plain["enum"])
    yield path, field
    for name in dict.fromkeys([*properties, *demanded]):
        below = f"{path}.{name}" if path else name
        yield from _fields(properties.get(name, {}), definitions, below, required=name in demanded)
    if items:
        yield from _fields(items, definitions, f"{path}[]", required=True)
    if isinstance(values := plain.get("additionalProperties"), dict):
        yield from _fields(values, definitions, f"{path}.*", required=False)


def _resolved(node: Mapping[str, Any], definitions: Any) -> tuple[Mapping[str, Any], bool]:
    """The node itself instead of a reference to it, and whether null will do as well."""
    if "$ref" in node:
        return _resolved(definitions[node["$ref"].removeprefix("#/$defs/")], definitions)
    if "anyOf" in node:
        choices = [choice for choice in node["anyOf"] if choice != {"type": "null"}]
        nullable = len(choices) < len(node["anyOf"])
        if len(choices) > 1:
            plain = (_resolved(choice, definitions)[0] for choice in choices)
            return {"type": " or ".join(sorted(json.dumps(one, sort_keys=True) for one in plain))}, nullable
        return _resolved(choices[0], definitions)[0], nullable
    return node, False


def _type(plain: Mapping[str, Any], nullable: bool) -> str:
    own = {"type", "properties", "required", "items", "enum"} | ANNOTATIONS
    limits = [
        f"{name} {json.dumps(value)}"
        for name, value in sorted(plain.items())
        if name not in own and not (name == "additionalProperties" and isinstance(value, dict))
    ]
    kind = plain.get("type", "anything")
    if kind == "object" and "properties" not in plain:
        kind = "map"
    return ", ".join([kind, *limits]) + (" or null" if nullable else "")


def main() -> int:
    released = read()
    current = {event_type: fields_of(schema(event)) for event_type, event in EVENTS.items()}
    broken = {name: breaks(fields, current.get(name, {})) for name, fields in released.items()}
    if faults := {name: paths for name, paths in broken.items() if paths}:
        print(f"would break readers, make a new event type instead: {faults}", file=sys.stderr)
        return 1
    FILE.write_text(text_of(current), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
