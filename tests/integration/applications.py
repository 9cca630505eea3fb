"""A service's own routes as an application in this process, asked with tokens that a real issuer has signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from services.chassis.settings import DEMO_ISSUER, Profile, Settings
from services.chassis.web.demo_issuer import DemoIssuer
from services.chassis.web.health import Health
from services.chassis.web.http import create_app
from services.chassis.web.identity import Verifier
from tests.harness.app_client import AppClient

As = Callable[..., TestClient]
"""`as_("hub")` is a client that holds the role; `as_()` one without a token."""

_KEYS = TemporaryDirectory(prefix="closedloop-tests-issuer-")


@cache
def issuer() -> DemoIssuer:
    """Whose tokens every application here believes."""
    return DemoIssuer.ensure(Path(_KEYS.name))


def application(routers: Sequence[APIRouter], body_limits: Mapping[str, int] | None = None) -> FastAPI:
    """Its pages' cookies work without TLS, too."""
    settings = Settings(
        profile=Profile.DEMO,
        kafka_bootstrap="127.0.0.1:1",
        http_port=0,
        oidc_issuer=DEMO_ISSUER,
        oidc_jwks=str(issuer().jwks),
    )
    return create_app(
        title="test",
        routers=routers,
        health=Health(),
        verifier=Verifier(settings),
        body_limits=body_limits,
        secure_cookies=False,
    )


def clients_of(app: FastAPI) -> As:
    def as_(*roles: str) -> TestClient:
        headers = {"Authorization": f"Bearer {issuer().mint('somebody', roles)}"} if roles else {}
        return AppClient(app, headers=headers)

    return as_
