"""A service's own routes in a test client, asked with tokens that a real issuer has signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from fastapi import APIRouter
from fastapi.testclient import TestClient

from services.chassis.demo_issuer import DemoIssuer
from services.chassis.health import Health
from services.chassis.http import create_app
from services.chassis.identity import Verifier
from services.chassis.settings import DEMO_ISSUER, Profile, Settings

As = Callable[..., TestClient]
"""`as_("hub")` is a client that holds the role; `as_()` one without a token."""


def clients_of(routers: Sequence[APIRouter], directory: Path) -> As:
    issuer = DemoIssuer.ensure(directory)
    settings = Settings(
        profile=Profile.DEMO,
        kafka_bootstrap="127.0.0.1:1",
        http_port=0,
        oidc_issuer=DEMO_ISSUER,
        oidc_jwks=str(issuer.jwks),
    )
    app = create_app(title="test", routers=routers, health=Health(), verifier=Verifier(settings))

    def as_(*roles: str) -> TestClient:
        headers = {"Authorization": f"Bearer {issuer.mint('somebody', roles)}"} if roles else {}
        return TestClient(app, headers=headers, raise_server_exceptions=False)

    return as_
