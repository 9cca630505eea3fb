"""All strings that can hold what a person writes: of the events, the tables and the routes of all services.

A string is free unless what it may hold is limited so far that neither a phone number nor a name fits: by a list of
values, a format or a pattern.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, FastAPI
from sqlalchemy import ARRAY, JSON, Column, LargeBinary, MetaData, String, create_engine

from services.chassis.clock import FixedClock
from services.chassis.database.tables import metadata as chassis_tables
from services.chassis.database.work import Workshop
from services.chassis.web.dead_letter_routes import dead_letter_routes
from services.classifier.http.dead_letters import dead_letter_routes as classifier_letter_routes
from services.classifier.http.model_questions import reader_routes
from services.contracts.event import Event
from services.contracts.registry import EVENTS
from services.contracts.schema_export import schema
from services.intake.store.caller_keys import CallerKeys
from services.intake.store.key_tables import metadata as key_tables
from services.intake.store.master_keys import MasterKeys
from services.intake.store.tables import metadata as intake_tables
from services.intake.wiring import Wiring
from services.notifier.store.officer_tables import metadata as notifier_tables
from services.notifier.wiring import NotifierWiring
from services.projects.files.rules import FILE, RulesInForce
from services.projects.store.tables import metadata as projects_tables
from services.projects.wiring import ProjectsWiring
from tests.harness.term_key import TERM_KEY

PROBES = ("13912345678", "欧阳建国", "联系人欧阳建国，13912345678，2917室")
"""What a person may write into a field: one of these fits into a free string."""
_FORMATS = frozenset({"uuid", "date", "date-time", "binary"})


def is_free(node: Mapping[str, Any]) -> bool:
    """Whether a JSON Schema of one value, without its references, lets one of PROBES in."""
    if not node.keys() - {"description", "title", "default"}:
        return True  # any value at all
    if "anyOf" in node:
        return any(is_free(one) for one in node["anyOf"] if "$ref" not in one)
    kind = node.get("type")
    if kind == "string":
        if {"enum", "const"} & node.keys() or node.get("format") in _FORMATS:
            return False
        longest = node.get("maxLength", 1_000)
        pattern = re.compile(node.get("pattern", ""))
        return any(len(probe) <= longest and pattern.search(probe) for probe in PROBES)
    if kind == "array":
        items = [node.get("items", {}), *node.get("prefixItems", ())]
        return any(is_free(one) for one in items if one is not False and "$ref" not in one)
    return kind == "object" and bool(node.get("additionalProperties", "properties" not in node))


def of_events() -> set[str]:
    """`Class.field`, by the class that declares the field."""
    return {name for event in EVENTS.values() for name in _of_event(event)}


def _of_event(event: type[Event]) -> Iterator[str]:
    whole = schema(event)
    for name, node in whole["properties"].items():
        if is_free(node):
            yield f"{_declaring(event, name)}.{name}"
    yield from _of_parts(whole.get("$defs", {}))


def _declaring(event: type[Event], field: str) -> str:
    return next(base.__name__ for base in reversed(event.__mro__) if field in inspect.get_annotations(base))


def _of_parts(parts: Mapping[str, Any]) -> Iterator[str]:
    for part, node in parts.items():
        for name, field in node.get("properties", {}).items():
            if is_free(field):
                yield f"{part}.{name}"


TABLES: Mapping[str, MetaData] = {
    "chassis": chassis_tables, "intake": intake_tables, "intake_keys": key_tables,
    "projects": projects_tables, "notifier": notifier_tables,
}  # fmt: skip


def of_tables() -> set[str]:
    """`database.table.column`; the chassis' tables are in every service's database."""
    return {
        f"{service}.{table.name}.{column.name}"
        for service, tables in TABLES.items()
        for table in tables.tables.values()
        for column in table.columns
        if _holds_strings(column)
    }


def _holds_strings(column: Column[Any]) -> bool:
    kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
    return isinstance(kind, String | JSON | LargeBinary)


def of_routes(*services: str) -> set[str]:
    """`Body.field` of every request body, and `METHOD /path parameter` of every parameter in an address or a header; of
    these services, or of all."""
    found: set[str] = set()
    for service in services or _ROUTES:
        described = FastAPI()
        for router in _ROUTES[service]():
            described.include_router(router)
        api = described.openapi()
        parts = api.get("components", {}).get("schemas", {})
        found |= {f"{part}.{field}" for part in _sent(api, parts) for field in _free_fields(parts[part])}
        found |= {
            f"{method.upper()} {path} {one['name']}"
            for path, operations in api["paths"].items()
            for method, operation in operations.items()
            for one in operation.get("parameters", ())
            if is_free(one["schema"])
        }
    return found


def _sent(api: Mapping[str, Any], parts: Mapping[str, Any]) -> set[str]:
    """The models that request bodies are made of."""
    waiting = [
        ref
        for operations in api["paths"].values()
        for operation in operations.values()
        for ref in _references(operation.get("requestBody", {}))
    ]
    found: set[str] = set()
    while waiting:
        part = waiting.pop()
        if part not in found:
            found.add(part)
            waiting += _references(parts[part])
    return found


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else []
        return own + [ref for one in node.values() for ref in _references(one)]
    return [ref for one in node for ref in _references(one)] if isinstance(node, list) else []


def _free_fields(part: Mapping[str, Any]) -> Iterator[str]:
    return (name for name, node in part.get("properties", {}).items() if is_free(node))


_NOTHING: Any = None
_NOBODY = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
_WORKSHOP = Workshop(_NOBODY, FixedClock(datetime(2026, 7, 1, tzinfo=UTC)), "/310109/test")
_KEYS = CallerKeys(_NOBODY, MasterKeys(b"v" * 32))

_ROUTES: Mapping[str, Callable[[], Sequence[APIRouter]]] = {
    "intake": lambda: [*Wiring.of(b"c" * 32, _KEYS).routes(_WORKSHOP), dead_letter_routes(_WORKSHOP, {})],
    "classifier": lambda: [reader_routes(_NOTHING), classifier_letter_routes(_NOTHING)],
    "projects": lambda: ProjectsWiring.of(RulesInForce(FILE), TERM_KEY).routes(_WORKSHOP),
    "notifier": lambda: NotifierWiring.of(demo=True).routes(_WORKSHOP),
}
"""Each service's routes, on a database that nobody asks."""
