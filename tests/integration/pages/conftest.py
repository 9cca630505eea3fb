"""Both services that people use, each with its pages, its routes and a database of the test's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from services.chassis.clock import FixedClock
from services.chassis.database import engine_for
from services.chassis.demo_issuer import DemoIssuer
from services.chassis.health import Health
from services.chassis.http import create_app
from services.chassis.identity import Verifier
from services.chassis.settings import DEMO_ISSUER, Profile, Settings
from services.chassis.work import Workshop
from services.intake.adapters.attachment_folder import ContentFolder
from services.intake.adapters.vault import SealedVault
from services.intake.main import UseCases
from services.projects.adapters.pages.wiring import people_pages
from tests.harness.fixtures import NewDatabase
from tests.integration.intake.conftest import CALLER_KEY, VAULT_KEY, Intake
from tests.integration.intake.conftest import NOW as NOW
from tests.integration.projects.conftest import workshop as workshop
from tests.integration.projects.events import dispatched, take
from tests.integration.projects.loop_of import District

_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_VERSION = re.compile(r'name="version" value="([^"]+)"')


@dataclass(frozen=True)
class Site:
    """A service as a browser sees it."""

    app: FastAPI
    issuer: DemoIssuer

    def visitor(self) -> TestClient:
        """A browser that follows nothing by itself and has not logged in."""
        return TestClient(self.app, base_url="http://127.0.0.1", follow_redirects=False, raise_server_exceptions=False)

    def person(self, *roles: str, subject: str = "wang") -> Person:
        browser = self.visitor()
        token = self.issuer.mint(subject, roles)
        answer = browser.post("/pages/login", data={"csrf": form_token(browser), "token": token})
        assert answer.status_code == 303, answer.text
        return Person(browser)


@dataclass(frozen=True)
class Person:
    """Somebody who has logged in."""

    browser: TestClient

    def open(self, path: str, status: int = 200) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def send(self, page: str, form: str, *, of: str | None = None, **entered: Any) -> Any:
        """Sends the form of `page` as it was when opened, or when `of`, an older copy, was."""
        html = of or self.open(page)
        fields = {"csrf": _TOKEN.findall(html)[-1], "version": _VERSION.findall(html)[-1], **entered}
        return self.browser.post(f"{page}/{form}", data=fields)


def form_token(browser: TestClient) -> str:
    tokens: list[str] = _TOKEN.findall(browser.get("/pages/login").text)
    return tokens[-1]


@pytest.fixture
def issuer(tmp_path: Path) -> DemoIssuer:
    return DemoIssuer.ensure(tmp_path)


SiteOf = Callable[..., Site]


@pytest.fixture
def site_of(issuer: DemoIssuer) -> SiteOf:
    settings = Settings(
        profile=Profile.DEMO,
        kafka_bootstrap="127.0.0.1:1",
        http_port=0,
        oidc_issuer=DEMO_ISSUER,
        oidc_jwks=str(issuer.jwks),
    )

    def made(name: str, routers: Any) -> Site:
        return Site(create_app(title=name, routers=routers, health=Health(), verifier=Verifier(settings)), issuer)

    return made


@pytest.fixture
def intake(new_database: NewDatabase, site_of: SiteOf, tmp_path: Path) -> Iterator[tuple[Intake, Site]]:
    """Intake's own test stand, and the same as a site."""
    engine, clock = engine_for(new_database("intake"), name="pages-test", idle_in_transaction_s=30), FixedClock(NOW)
    workshop, use_cases = Workshop(engine, clock, "/310109/intake"), UseCases.of(
        CALLER_KEY, VAULT_KEY, ContentFolder(tmp_path / "attachments")
    )
    routers = use_cases.routes(workshop)
    site = site_of("intake", routers)
    stand = Intake(workshop, clock, SealedVault(VAULT_KEY), use_cases, routers, site.app, site.issuer)
    yield stand, site
    engine.dispose()


@dataclass(frozen=True)
class Projects:
    district: District
    site: Site


@pytest.fixture
def projects(workshop: Workshop, tmp_path: Path, site_of: SiteOf) -> Projects:
    """With three hot issues, two of them in one estate: see test_deciding.py."""
    for first, (estate, type_code) in enumerate([("quyang-1", "MJ01"), ("quyang-1", "MJ02"), ("jiaxing-1", "XQ04")]):
        numbers = range(first * 10, first * 10 + 5)
        take(workshop, *(dispatched(n, type_code, estate, by=n + 1, day=20 + n / 100) for n in numbers))
    return Projects(District(workshop, tmp_path), site_of("projects", people_pages(workshop)))
