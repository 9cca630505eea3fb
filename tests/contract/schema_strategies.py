"""Bodies that a schema allows, made from the schema itself: an event type that is added is tested without more ado."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

texts = st.text(st.characters(exclude_categories=["Cs"]))
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(1900, 1, 2), datetime(2999, 1, 1), timezones=zones)

ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description", "default"}
STRUCTURE = {"$ref", "anyOf", "const", "enum", "type", "properties", "required", "items", "additionalProperties"}
LIMITS = {"pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems"}
UNDERSTOOD = ANNOTATIONS | STRUCTURE | LIMITS


def bodies(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Objects that `schema` allows. Handles what our event models use; another keyword is an error, not a guess."""
    return _values(schema, schema.get("$defs", {}))


def _values(node: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    unknown = node.keys() - UNDERSTOOD
    if unknown:
        raise NotImplementedError(f"no strategy for {sorted(unknown)} of {node}")
    if not node:  # any JSON value
        return st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), texts)
    match node:
        case {"$ref": reference}:
            return _values(definitions[reference.removeprefix("#/$defs/")], definitions)
        case {"anyOf": choices}:
            return st.one_of(*(_values(choice, definitions) for choice in choices))
        case {"const": value}:
            return st.just(value)
        case {"enum": members}:
            return st.sampled_from(members)
        case {"type": "object", "properties": properties}:
            required = set(node.get("required", ()))
            values = {name: _values(child, definitions) for name, child in properties.items()}
            return st.fixed_dictionaries(
                {name: value for name, value in values.items() if name in required},
                optional={name: value for name, value in values.items() if name not in required},
            )
        case {"type": "object", "additionalProperties": value}:
            return st.dictionaries(texts, _values(value, definitions), max_size=5)
        case {"type": "array", "items": item}:
            least, most = node.get("minItems", 0), node.get("maxItems", 5)
            return st.lists(_values(item, definitions), min_size=least, max_size=min(most, max(least, 5)))
        case {"type": "string", "pattern": pattern}:
            return st.from_regex(pattern, fullmatch=True)
        case {"type": "string", "format": "uuid"}:
            return st.uuids().map(str)
        case {"type": "string", "format": "date-time"}:
            return times.map(datetime.isoformat)
        case {"type": "string", "format": "date"}:
            return st.dates().map(str)
        case {"type": "string"}:
            return texts
        case {"type": "integer"}:
            low = node["exclusiveMinimum"] + 1 if "exclusiveMinimum" in node else node.get("minimum", -(2**53))
            return st.integers(low, node.get("maximum", 2**53))
        case {"type": "number"}:
            return st.floats(
                node.get("minimum", node.get("exclusiveMinimum")),
                node.get("maximum", node.get("exclusiveMaximum")),
                exclude_min="exclusiveMinimum" in node,
                exclude_max="exclusiveMaximum" in node,
                allow_nan=False,
                allow_infinity=False,
            )
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "null"}:
            return st.none()
    raise NotImplementedError(f"no strategy for {node}")
