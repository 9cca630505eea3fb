"""What every request passes first and every answer last: limits, trace, the last catch, the count."""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.metrics import HTTP_REQUESTS, HTTP_SECONDS
from services.chassis.tracing import continue_trace, current_traceparent
from services.chassis.web import problems
from services.chassis.web.identity import PAGES, Verifier, actor_of, token_of
from services.chassis.web.problems import Problem
from services.chassis.web.request_body import declared_length, guarded, too_large

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OPERATIONS = frozenset({"/metrics", "/progress"})
WATCHING = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked for ever, whether anything happens or not: no sign that work is coming."""
ALWAYS = OPERATIONS | WATCHING
"""Answered however busy the service is: whoever watches must see it."""
MOST_AT_ONCE = 512

log = structlog.get_logger(__name__)


class Frontier:
    """ASGI middleware around all routes of a service.

    Refuses, before anything is read: a request beyond `MOST_AT_ONCE` (503 with Retry-After), an operations route
    without its token, a body above the route's limit, and, where a route takes more than the usual limit, whoever has
    no valid token. No answer may be stored by a cache unless its route says so: most have people in them.
    """

    def __init__(
        self,
        app: ASGIApp,
        verifier: Verifier,
        body_limit: int,
        body_limits: Mapping[str, int],
        on_request: Callable[[], None],
        operations_token: str | None,
    ) -> None:
        self._app = app
        self._verifier = verifier
        self._body_limit = body_limit
        self._body_limits = [
            (re.compile(re.escape(path).replace(r"\*", "[^/]+")), limit) for path, limit in body_limits.items()
        ]
        self._operations = f"Bearer {operations_token}".encode() if operations_token else None
        self._on_request = on_request
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] not in WATCHING:
            self._on_request()
        started = time.perf_counter()
        status = None

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
            await send(message)

        traceparent = continue_trace(Headers(scope=scope).get("traceparent"))
        current_traceparent.set(traceparent)  # of this request alone: each runs in a task of its own
        self._running += 1
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
            self._running -= 1
            labels = {"route": _route(scope), "method": scope["method"] if scope["method"] in METHODS else "other"}
            HTTP_REQUESTS.labels(**labels, status=str(status or "aborted")).inc()
            HTTP_SECONDS.labels(**labels).observe(time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        own = (limit for path, limit in self._body_limits if path.fullmatch(scope["path"]))
        limit = next(own, self._body_limit)
        refusal = self._refusal(scope, limit)
        if refusal is None and limit > self._body_limit:
            refusal = await self._without_token(scope)
        if refusal is None:
            await self._app(scope, guarded(scope, receive, limit), send)
        else:
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope, limit: int) -> Response | None:
        path = scope["path"]
        if self._running > MOST_AT_ONCE and path not in ALWAYS:
            detail = f"More than {MOST_AT_ONCE} requests are being answered: send it again, with the same key."
            return Problem(503, "busy", "The service is busy", detail, headers={"Retry-After": "1"}).response()
        if path in OPERATIONS and not self._may_operate(scope):
            detail = "Send the header `Authorization: Bearer` with CLOSEDLOOP_OPERATIONS_TOKEN."
            return Problem(401, "operations-token", "This is for operations", detail).response()
        if declared_length(scope) > limit:
            return too_large(limit).response()
        if "\0" in path or b"%00" in scope["query_string"]:
            return Problem(
                400, "invalid-request", "The request is not valid", "The URL holds a NUL: leave it out."
            ).response()
        return None

    def _may_operate(self, scope: Scope) -> bool:
        given = dict(scope["headers"]).get(b"authorization", b"")
        return self._operations is None or hmac.compare_digest(given, self._operations)

    async def _without_token(self, scope: Scope) -> Response | None:
        """The refusal of whoever has no valid token, so that nobody unknown makes us read a large body."""
        try:
            await actor_of(self._verifier, token_of(HTTPConnection(scope)))
        except Problem as problem:
            if problem.status_code == 401 and scope["path"].startswith(f"{PAGES}/"):
                return RedirectResponse(f"{PAGES}/login?why={problem.slug}", 303)
            return problem.response()
        return None


def _route(scope: Scope) -> str:
    """The template of the route that matched, so that an id in a path makes no series of its own."""
    route: Any = scope.get("route")
    return getattr(route, "path", "other")
