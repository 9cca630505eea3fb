"""services/cli/commands/tell.py: what a caller would be sent, in lines or as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from services.chassis.web.demo_issuer import DemoIssuer
from services.cli.commands import tell
from services.cli.main import app

runner = CliRunner()
TELLING = {
    "occasion": "answered",
    "way": "sms",
    "cause": None,
    "not_before": "2026-07-01T00:00:00Z",
    "words": {"zh": "已答复。", "en": "Answered."},
}


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`asked(answer)` lets intake give this answer; returns the requests that it gets."""
    DemoIssuer.ensure(tmp_path)
    service = {"name": "intake", "url": "http://intake", "log": "intake.log"}
    monkeypatch.setattr(tell, "running_stack", lambda _: {"issuer": str(tmp_path), "services": [service]})

    def answer(given: httpx.Response) -> list[httpx.Request]:
        requests: list[httpx.Request] = []

        def handle(request: httpx.Request) -> httpx.Response:
            requests.append(request)
            return given

        transport = httpx.MockTransport(handle)
        monkeypatch.setattr(httpx, "HTTPTransport", lambda: transport)
        return requests

    return answer


def test_it_says_by_which_way_when_and_in_which_words(asked: Any) -> None:
    requests = asked(httpx.Response(200, json=TELLING))
    shown = runner.invoke(app, ["tell", "--dry-run", "t-1", "done again"])
    assert shown.output.splitlines() == [
        "answered: by sms, not before 2026-07-01T00:00:00Z",
        "已答复。",
        "Answered.",
    ]
    assert str(requests[0].url) == "http://intake/tickets/t-1/tellings/dry-run?occasion=done+again"


def test_it_says_why_not(asked: Any) -> None:
    asked(httpx.Response(200, json=TELLING | {"way": None, "cause": "anonymous"}))
    assert "answered: no message: anonymous" in runner.invoke(app, ["tell", "--dry-run", "t-1", "answered"]).output


def test_json_is_what_intake_answered(asked: Any) -> None:
    asked(httpx.Response(200, json=TELLING))
    assert json.loads(runner.invoke(app, ["tell", "--dry-run", "t-1", "answered", "--json"]).output) == TELLING


def test_a_refusal_is_shown(asked: Any) -> None:
    asked(httpx.Response(422, text="occasion: is none of the table's"))
    shown = runner.invoke(app, ["tell", "--dry-run", "t-1", "sneezed"])
    assert shown.exit_code == 1
    assert "422: occasion: is none of the table's" in shown.output
