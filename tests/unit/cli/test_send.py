"""services/cli/commands/send.py: the ticket is filed once, however often intake must be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
import typer

from services.chassis.web.demo_issuer import DemoIssuer
from services.cli.commands.send import file_ticket


@pytest.fixture
def state(tmp_path: Path) -> dict[str, Any]:
    DemoIssuer.ensure(tmp_path)
    return {"issuer": str(tmp_path), "services": [{"name": "intake", "url": "http://intake", "log": "intake.log"}]}


def _answers(monkeypatch: pytest.MonkeyPatch, *answers: httpx.Response) -> list[httpx.Request]:
    requests: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answers[len(requests) - 1]

    transport = httpx.MockTransport(handle)
    monkeypatch.setattr(httpx, "HTTPTransport", lambda: transport)
    return requests


def test_an_intake_that_cannot_answer_now_is_asked_again_under_the_same_key(
    state: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = httpx.Response(503, headers={"Retry-After": "0"})
    receipt = {"ticket_id": "t-1", "number": "260701080000000001"}
    requests = _answers(monkeypatch, later, httpx.Response(202, json=receipt))
    assert file_ticket(state, {"text": "漏雨"}, within=5) == receipt
    assert len({one.headers["Idempotency-Key"] for one in requests}) == 1
    assert len({one.content for one in requests}) == 1


def test_a_refusal_ends_the_command(state: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    requests = _answers(monkeypatch, httpx.Response(422, text="text: is blank"))
    with pytest.raises(typer.Exit):
        file_ticket(state, {"text": ""}, within=5)
    assert len(requests) == 1
