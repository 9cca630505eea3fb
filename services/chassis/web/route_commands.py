"""Runs the routes of a service without HTTP: the same bodies, checks and refusals, without the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any, get_type_hints

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from services.chassis.web.identity import Actor
from services.chassis.web.problems import invalid

BODY, ACTOR = "body", "actor"


@dataclass(frozen=True, slots=True)
class RouteCommand:
    """A route that changes something: what it reads from its path, and its body if it takes one."""

    endpoint: Callable[..., Any]
    path: Mapping[str, TypeAdapter[Any]]
    body: TypeAdapter[Any] | None

    def __call__(
        self, about: Mapping[str, str], body: Mapping[str, Any], actor: Actor, said_as: Mapping[str, str]
    ) -> Any:
        """What the route answers. Raises Problem 422 for what its path or its body does not take, and what it raises.

        `said_as`: by a field of the body, what whoever asks calls it.
        The role that the route needs is not asked for: whoever offers the route by another way says to whom.
        """
        faults: list[dict[str, Any]] = []
        read = {name: _read(adapter, about.get(name), ("path", name), faults) for name, adapter in self.path.items()}
        faults += [_extra(("path", name)) for name in sorted(about.keys() - self.path.keys())]
        if self.body:
            read[BODY] = _read(self.body, dict(body), (BODY,), faults)
        else:
            faults += [_extra((BODY, name)) for name in sorted(body)]
        if faults:
            raise invalid([{**one, "loc": _said(one["loc"], said_as)} for one in faults])
        return self.endpoint(**read, actor=actor)

    def takes(self, field: str) -> bool:
        """Whether the body has a field of this name."""
        fields = self.body.json_schema().get("properties", {}) if self.body else {}
        return field in fields


def route_commands(routers: Sequence[APIRouter]) -> Mapping[str, RouteCommand]:
    """The POST routes by their path."""
    return {
        route.path: _command(route)
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute) and route.methods == {"POST"}
    }


def _command(route: APIRoute) -> RouteCommand:
    hints = get_type_hints(route.endpoint, include_extras=True)
    taken = [name for name in signature(route.endpoint).parameters if name not in (BODY, ACTOR)]
    body = TypeAdapter(hints[BODY]) if BODY in hints else None
    return RouteCommand(route.endpoint, {name: TypeAdapter(hints[name]) for name in taken}, body)


def _read(adapter: TypeAdapter[Any], given: Any, loc: tuple[str, ...], faults: list[dict[str, Any]]) -> Any:
    if given is None:
        faults.append({"loc": loc, "type": "missing", "msg": "Field required"})
        return None
    try:
        return adapter.validate_python(given)
    except ValidationError as error:
        faults += [{**one, "loc": (*loc, *one["loc"])} for one in error.errors(include_url=False)]
        return None


def _said(loc: tuple[str, ...], said_as: Mapping[str, str]) -> tuple[str, ...]:
    own = said_as.get(loc[1]) if loc[0] == BODY and len(loc) == 2 else None
    return (own,) if own else loc


def _extra(loc: tuple[str, ...]) -> dict[str, Any]:
    return {"loc": loc, "type": "extra_forbidden", "msg": "Extra inputs are not permitted"}
