"""services/cli/commands/subscription.py and sandbox.py: what they ask notifier, and what they say of its answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from typer.testing import CliRunner

from services.chassis.web.demo_issuer import DemoIssuer
from services.cli import running
from services.cli.commands import sandbox, subscription
from services.cli.main import app

runner = CliRunner()
OLD, NEW = "department.ticket_told.v1", "department.ticket_told.v2"
ANNOUNCE = ["subscription", "announce", OLD, NEW, "--from", "2027-02-01"]

Asked = Callable[[ModuleType, httpx.Response], list[httpx.Request]]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """`asked(command, answer)` lets notifier give this answer; returns the requests that it gets."""
    DemoIssuer.ensure(tmp_path)
    service = {"name": "notifier", "url": "http://notifier", "log": "notifier.log"}

    def answer(command: ModuleType, given: httpx.Response) -> list[httpx.Request]:
        requests: list[httpx.Request] = []
        monkeypatch.setattr(command, "running_stack", lambda _: {"issuer": str(tmp_path), "services": [service]})

        def handle(request: httpx.Request) -> httpx.Response:
            requests.append(request)
            return given

        monkeypatch.setattr(httpx, "HTTPTransport", lambda: httpx.MockTransport(handle))
        monkeypatch.setattr(running, "PATIENCE_S", 0)
        return requests

    return answer


def test_an_announcement_says_how_many_were_notified(asked: Asked) -> None:
    requests = asked(subscription, httpx.Response(201, json={"told": 20}))
    shown = runner.invoke(app, ANNOUNCE)
    assert shown.output == f"20 departments are notified that {NEW} replaces {OLD} from 2027-02-01 on\n"
    assert str(requests[0].url) == "http://notifier/schema-changes"
    assert json.loads(requests[0].content) == {"old": OLD, "new": NEW, "new_alone_from": "2027-02-01"}


def test_an_announcement_that_was_made_before_says_so(asked: Asked) -> None:
    asked(subscription, httpx.Response(201, json={"told": 0}))
    assert runner.invoke(app, ANNOUNCE).output == "they had been notified before\n"


def test_a_refusal_is_shown_and_ends_with_an_error(asked: Asked) -> None:
    asked(subscription, httpx.Response(422, json={"detail": "gives less than 30 days"}))
    shown = runner.invoke(app, ANNOUNCE)
    assert (shown.exit_code, shown.output) == (1, "notifier answered 422: gives less than 30 days\n")
    asked(sandbox, httpx.Response(503, text="down"))
    assert runner.invoke(app, ["sandbox"]).exit_code == 1


def test_the_sandbox_is_filled(asked: Asked) -> None:
    requests = asked(sandbox, httpx.Response(201, json={"tickets": 8, "messages": 14}))
    assert runner.invoke(app, ["sandbox", "--tickets", "8"]).output == "8 tickets, 14 messages on departments.sandbox\n"
    assert json.loads(requests[0].content) == {"tickets": 8}
    printed = runner.invoke(app, ["sandbox", "--tickets", "8", "--json"])
    assert json.loads(printed.output) == {"tickets": 8, "messages": 14}
