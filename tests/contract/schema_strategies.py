"""Bodies that a schema allows, made from the schema itself: an event type that is added is tested without more ado."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

from hypothesis import strategies as st

texts = st.text(st.characters(exclude_categories=["Cs"]))
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(1900, 1, 2), datetime(2999, 1, 1), timezones=zones)

_SPACES = "".join(one for one in map(chr, range(sys.maxunicode + 1)) if one.isspace())

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
            return _matching(pattern)
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


_PART = re.compile(
    r"(?P<which>\[[^\]\\^]+\]|\[\\s\\S\]|\\[dS]|[A-Za-z0-9-])(?:\{(?P<least>\d+)(?:,(?P<most>\d+))?\}|(?P<maybe>\?))?"
)
"""Characters and how many of them."""

_CHARACTERS: Mapping[str, st.SearchStrategy[str]] = {
    r"[\s\S]": st.characters(exclude_categories=["Cs"]),
    r"\S": st.characters(exclude_categories=["Cs"], exclude_characters=_SPACES),
    r"\d": st.characters(categories=["Nd"]),
}


@cache
def _matching(pattern: str) -> st.SearchStrategy[str]:
    """As `from_regex`, but where the pattern is a plain row of characters, those of a kind are drawn as a whole: one by
    one takes ten times as long.
    """
    row = pattern.removeprefix("^").removesuffix("$")
    if f"^{row}$" != pattern or _PART.sub("", row):
        return st.from_regex(pattern, fullmatch=True)
    return st.tuples(*map(_part, _PART.finditer(row))).map("".join)


def _part(part: re.Match[str]) -> st.SearchStrategy[str]:
    least = 0 if part["maybe"] else int(part["least"] or 1)
    return st.text(_characters(part["which"]), min_size=least, max_size=int(part["most"] or least or 1))


def _characters(which: str) -> st.SearchStrategy[str] | str:
    if which in _CHARACTERS:
        return _CHARACTERS[which]
    return re.sub("(.)-(.)", lambda ends: _from_to(*ends.groups()), which.strip("[]"))


def _from_to(first: str, last: str) -> str:
    return "".join(map(chr, range(ord(first), ord(last) + 1)))
