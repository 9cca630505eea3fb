"""Both services that people use, each with its pages, its routes and a database of the test's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from services.chassis.database.work import Workshop
from services.notifier.wiring import NotifierWiring
from tests.harness.app_client import AppClient
from tests.harness.workshops import Workshops
from tests.integration.applications import application, issuer
from tests.integration.intake.conftest import NOW as NOW
from tests.integration.intake.conftest import Intake, Stands
from tests.integration.intake.conftest import stands as stands
from tests.integration.projects.conftest import workshop as workshop
from tests.integration.projects.events import begin_with, dispatched
from tests.integration.projects.loop_of import District
from tests.integration.projects.wired import served

_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_VERSION = re.compile(r'name="version" value="([^"]+)"')


@dataclass(frozen=True)
class Site:
    """A service as a browser sees it."""

    app: FastAPI

    def visitor(self, address: str = "192.0.2.1") -> TestClient:
        """A browser that follows nothing by itself and has not logged in."""
        return AppClient(self.app, base_url="http://127.0.0.1", client=(address, 4711), follow_redirects=False)

    def person(self, *roles: str, subject: str = "wang") -> Person:
        browser = self.visitor()
        token = issuer().mint(subject, roles)
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
def intake(stands: Stands) -> tuple[Intake, Site]:
    """Intake's own test stand, and the same as a site."""
    stand = stands("test")
    return stand, Site(stand.app)


@dataclass(frozen=True)
class Projects:
    district: District
    site: Site


@pytest.fixture
def projects(workshop: Workshop) -> Projects:
    """With three hot issues, two of them in one estate: see test_deciding.py."""
    return with_three_issues(workshop)


def with_three_issues(workshop: Workshop) -> Projects:
    for first, (estate, type_code) in enumerate([("quyang-1", "MJ01"), ("quyang-1", "MJ02"), ("jiaxing-1", "XQ04")]):
        numbers = range(first * 10, first * 10 + 5)
        begin_with(workshop, *(dispatched(n, type_code, estate, by=n + 1, day=20 + n / 100) for n in numbers))
    return Projects(District(workshop), Site(served(workshop)))


@pytest.fixture
def notifier(workshops: Workshops) -> Workshop:
    """Notifier's, on a database of the test's own."""
    return workshops.fresh("notifier", NOW, "pages")


@cache
def site_of_notifier(workshop: Workshop) -> Site:
    """Built once a session: it remembers nothing of its database."""
    return Site(application(NotifierWiring.of(demo=True).routes(workshop)))
