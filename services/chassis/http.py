"""The HTTP side of a service: health, metrics, problems, tracing and limits around its own routes."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis import problems
from services.chassis.health import Health
from services.chassis.identity import Verifier
from services.chassis.metrics import HTTP_REQUESTS, HTTP_SECONDS
from services.chassis.problems import Problem
from services.chassis.request_body import BODY_LIMIT, declared_length, guarded, too_large
from services.chassis.tracing import continue_trace, current_traceparent

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = structlog.get_logger(__name__)


def create_app(
    *,
    title: str,
    routers: Sequence[APIRouter],
    health: Health,
    verifier: Verifier,
    body_limit: int = BODY_LIMIT,
    body_limits: Mapping[str, int] | None = None,
) -> FastAPI:
    """A service's application: `routers`, and `/livez`, `/readyz`, `/metrics` for whoever can reach the address.

    Every other route guards itself by `identity.require` or `any_actor`: raises UnguardedRoute for one that does not,
    unless it is left out of the description (`include_in_schema=False`), which only operations are. The verifier's
    readiness is part of the service's. `body_limits` gives the paths that have a limit of their own, in bytes; `*`
    stands for one segment of a path.
    """
    # FastAPI's pages of documentation load their scripts from the internet; /openapi.json is what they show.
    app = FastAPI(title=title, responses=problems.DOCUMENTED, docs_url=None, redoc_url=None)
    app.state.verifier = verifier
    health.ready_when("issuer keys", verifier.unready)
    problems.install(app)
    app.include_router(_operations(health))
    for router in routers:
        app.include_router(router)
    app.add_middleware(Frontier, body_limit=body_limit, body_limits=body_limits or {})
    _refuse_unguarded(app)
    return app


class UnguardedRoute(Exception):
    """A route that anybody could call."""


def _refuse_unguarded(app: FastAPI) -> None:
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            if "security" not in operation:
                raise UnguardedRoute(f"{method.upper()} {path} is open to anybody: guard it by identity.require")


def _operations(health: Health) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    # livez and metrics answer on the event loop: a database that hangs holds every thread of the pool, and is no
    # reason to kill us. readyz may block in its checks, and then not answering is the right answer.
    @router.get("/livez")
    async def livez() -> dict[str, str]:
        return _report("alive", health.stuck())

    @router.get("/readyz")
    def readyz() -> dict[str, str]:
        return _report("ready", health.unready())

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _report(state: str, reasons: dict[str, str]) -> dict[str, str]:
    if not reasons:
        return {"status": state}
    detail = "; ".join(f"{name}: {reason}" for name, reason in sorted(reasons.items()))
    raise Problem(503, f"not-{state}", f"The service is not {state}", detail, reasons=reasons)


class Frontier:
    """What every request passes first and every answer last: trace, limits, the last catch, the count."""

    def __init__(self, app: ASGIApp, body_limit: int, body_limits: Mapping[str, int]) -> None:
        self._app = app
        self._body_limit = body_limit
        self._body_limits = [
            (re.compile(re.escape(path).replace(r"\*", "[^/]+")), limit) for path, limit in body_limits.items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = None

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        traceparent = continue_trace(Headers(scope=scope).get("traceparent"))
        current_traceparent.set(traceparent)  # of this request alone: each runs in a task of its own
        try:
            with structlog.contextvars.bound_contextvars(traceparent=traceparent):
                try:
                    await self._answer(scope, receive, counted)
                except Exception as error:
                    problem = problems.internal(error)
                    if status is not None:
                        raise  # half an answer is out: the server cuts the connection, lest it be taken for whole
                    await problem.response()(scope, receive, counted)
        finally:
            labels = {"route": _route(scope), "method": scope["method"] if scope["method"] in METHODS else "other"}
            HTTP_REQUESTS.labels(**labels, status=str(status or "aborted")).inc()
            HTTP_SECONDS.labels(**labels).observe(time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        own = (limit for path, limit in self._body_limits if path.fullmatch(scope["path"]))
        limit = next(own, self._body_limit)
        if declared_length(scope) > limit:
            await too_large(limit).response()(scope, receive, send)
        elif "\0" in scope["path"] or b"%00" in scope["query_string"]:
            problem = Problem(400, "invalid-request", "The request is not valid", "The URL holds a NUL: leave it out.")
            await problem.response()(scope, receive, send)
        else:
            await self._app(scope, guarded(scope, receive, limit), send)


def _route(scope: Scope) -> str:
    """The template of the route that matched, so that an id in a path makes no series of its own."""
    route: Any = scope.get("route")
    return getattr(route, "path", "other")
