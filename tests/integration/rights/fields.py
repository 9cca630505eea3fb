"""What a request may name: every text that the routes of an application take, in path, query, header or body."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

CLOSED = {"enum", "const"}
"""A text with one of these keywords says which ones there are."""
NO_NAMES = {"date", "date-time"}
"""Formats of texts that are times. Files are recognised by `contentMediaType`."""


class Field(NamedTuple):
    """`name` says where it stands, as `body.project.elements`."""

    method: str
    path: str
    name: str

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.name}"


def fields_of(routers: Sequence[APIRouter]) -> set[Field]:
    """Of pages too. What their forms send is not described; it becomes the bodies of the routes."""
    routes = [_described(route) for router in routers for route in router.routes]
    document = get_openapi(title="", version="", routes=routes)
    return {
        Field(method.upper(), path, name)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for name in _names(operation, document.get("components", {}).get("schemas", {}))
    }


def _described(route: Any) -> Any:
    if not isinstance(route, APIRoute):
        return route
    shown = copy.copy(route)
    shown.include_in_schema = True
    return shown


def _names(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        yield from _texts(parameter["schema"], schemas, f"{parameter['in']}.{parameter['name']}")
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from _texts(content["schema"], schemas, "body")


def _texts(node: Mapping[str, Any], schemas: Mapping[str, Any], name: str) -> Iterator[str]:
    if "$ref" in node:
        node = schemas[node["$ref"].rpartition("/")[2]]
    inner: Sequence[tuple[str, Mapping[str, Any]]] = [
        *((name, choice) for choices in ("anyOf", "oneOf", "allOf") for choice in node.get(choices, ())),
        *((f"{name}.{key}", child) for key, child in node.get("properties", {}).items()),
        *((name, node[key]) for key in ("items", "additionalProperties") if isinstance(node.get(key), Mapping)),
    ]
    for where, child in inner:
        yield from _texts(child, schemas, where)
    is_text = node.get("type", "string") == "string" and not CLOSED & node.keys()
    if not inner and is_text and node.get("format") not in NO_NAMES and "contentMediaType" not in node:
        yield name
