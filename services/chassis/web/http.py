"""The HTTP side of a service: health, metrics, problems, tracing and limits around its own routes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security.base import SecurityBase
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import SecretStr
from starlette.responses import Response

from services.chassis.web import problems
from services.chassis.web.health import Health
from services.chassis.web.identity import Verifier
from services.chassis.web.outermost_middleware import Frontier
from services.chassis.web.problems import Problem
from services.chassis.web.request_body import BODY_LIMIT


def create_app(
    *,
    title: str,
    routers: Sequence[APIRouter],
    health: Health,
    verifier: Verifier,
    body_limit: int = BODY_LIMIT,
    body_limits: Mapping[str, int] | None = None,
    operations_token: SecretStr | None = None,
    secure_cookies: bool = True,
    on_request: Callable[[], None] = lambda: None,
) -> FastAPI:
    """A service's application: `routers`, `/livez` and `/readyz` for whoever can reach the address, and `/metrics` for
    whoever has the `operations_token` (None: for anybody, which is for the demo on loopback alone).

    Every other route guards itself by `identity.require` or `any_actor`: raises UnguardedRoute for one that does not,
    unless it is left out of the description (`include_in_schema=False`), which only operations are. The verifier's
    readiness is part of the service's. `body_limits` gives the paths that have a limit of their own, in bytes; `*`
    stands for one segment of a path. `on_request` is called for every request that is not an operator's.
    """
    # FastAPI's pages of documentation load their scripts from the internet; /openapi.json is what they show.
    app = FastAPI(title=title, responses=problems.DOCUMENTED, docs_url=None, redoc_url=None)
    app.state.verifier = verifier
    app.state.secure_cookies = secure_cookies
    health.ready_when("issuer keys", verifier.unready)
    problems.install(app)
    app.include_router(_operations(health))
    for router in routers:
        app.include_router(router)
    app.add_middleware(
        Frontier,
        verifier=verifier,
        body_limit=body_limit,
        body_limits=body_limits or {},
        on_request=on_request,
        operations_token=operations_token.get_secret_value() if operations_token else None,
    )
    _refuse_unguarded(app)
    return app


class UnguardedRoute(Exception):
    """A route that anybody could call."""


def _refuse_unguarded(app: FastAPI) -> None:
    # By the routes, not by app.openapi(): half a second of every start goes into its schemas.
    for found in iter_route_contexts(app.routes):
        route = found.route
        if isinstance(route, APIRoute) and route.include_in_schema and not _asks_who(route.dependant):
            methods = " ".join(sorted(found.methods or ()))
            raise UnguardedRoute(f"{methods} {found.path} is open to anybody: guard it by identity.require")


def _asks_who(dependant: Dependant) -> bool:
    return isinstance(dependant.call, SecurityBase) or any(_asks_who(one) for one in dependant.dependencies)


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
