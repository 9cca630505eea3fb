"""services/cli/commands/deliveries.py: the log in lines, as JSON and as CSV, and sending again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from services.chassis.web.demo_issuer import DemoIssuer
from services.cli.commands import deliveries
from services.cli.main import app

runner = CliRunner()
ROW = {
    **dict.fromkeys((*deliveries.SHOWN, "webhook_id")),
    "caused_at": "2026-07-01T00:00:00Z",
    "recipient": "department:housing",
    "channel": "webhook",
    "status": "failed",
    "cause": "answered 500",
}
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def notifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], list[httpx.Request]]:
    """Lets notifier answer so; returns the requests that it gets."""
    DemoIssuer.ensure(tmp_path)
    service = {"name": "notifier", "url": "http://notifier", "log": "notifier.log"}
    monkeypatch.setattr(deliveries, "running_stack", lambda _: {"issuer": str(tmp_path), "services": [service]})

    def answers(answer: Answer) -> list[httpx.Request]:
        requests: list[httpx.Request] = []

        def handle(request: httpx.Request) -> httpx.Response:
            requests.append(request)
            return answer(request)

        monkeypatch.setattr(httpx, "HTTPTransport", lambda: httpx.MockTransport(handle))
        return requests

    return answers


def pages(request: httpx.Request) -> httpx.Response:
    """Three rows on two pages."""
    second = request.url.params.get("cursor") == "2"
    ids = [3] if second else [1, 2]
    items = [{**ROW, "delivery_id": str(number)} for number in ids]
    return httpx.Response(200, json={"items": items, "next": None if second else "2"})


def test_the_log_is_read_page_by_page_as_it_is_asked(notifier: Any) -> None:
    requests = notifier(pages)
    asked = [
        "--department",
        "housing",
        "--status",
        "failed",
        "--since",
        "2026-07-01",
        "--until",
        "2026-08-01T00:00:00Z",
    ]
    shown = runner.invoke(app, ["deliveries", "list", *asked])
    assert shown.exit_code == 0, shown.output
    assert shown.output.splitlines()[-1] == "3 deliveries"
    assert "department:housing  -  webhook  failed  answered 500" in shown.output
    assert dict(requests[0].url.params) == {
        "department": "housing",
        "status": "failed",
        "since": "2026-07-01T00:00:00+08:00",
        "until": "2026-08-01T00:00:00+00:00",
        "limit": "500",
    }


def test_no_more_is_read_than_is_shown(notifier: Any) -> None:
    requests = notifier(pages)
    shown = runner.invoke(app, ["deliveries", "list", "--most", "1", "--json"])
    assert [one["delivery_id"] for one in json.loads(shown.output)] == ["1"]
    assert len(requests) == 1


def test_the_log_is_written_as_it_comes(notifier: Any, tmp_path: Path) -> None:
    notifier(lambda _: httpx.Response(200, content="\ufeffa,b\r\n1,2\r\n".encode()))
    file = tmp_path / "log.csv"
    shown = runner.invoke(app, ["deliveries", "export", str(file)])
    assert shown.output.startswith("1 deliveries in")
    assert file.read_bytes() == "\ufeffa,b\r\n1,2\r\n".encode()


def test_a_range_is_sent_again(notifier: Any) -> None:
    requests = notifier(lambda _: httpx.Response(202, json={"again": 4}))
    shown = runner.invoke(
        app, ["deliveries", "resend", "w-1", "--since", "2026-07-01", "--until", "2026-07-02", "--all"]
    )
    assert shown.output == "4 deliveries are sent again\n"
    (request,) = requests
    assert request.url.path == "/webhooks/w-1/redeliver"
    assert json.loads(request.content) == {
        "since": "2026-07-01T00:00:00+08:00",
        "until": "2026-07-02T00:00:00+08:00",
        "only_failed": False,
    }


def test_what_notifier_refuses_is_said(notifier: Any) -> None:
    notifier(lambda _: httpx.Response(409, json={"detail": "POST /webhooks/{webhook_id}/enable first"}))
    shown = runner.invoke(app, ["deliveries", "resend", "w-1", "--since", "2026-07-01", "--until", "2026-07-02"])
    assert shown.exit_code == 1
    assert "409: POST /webhooks/{webhook_id}/enable first" in shown.output


def test_a_file_that_cannot_be_written_is_said(notifier: Any) -> None:
    notifier(lambda _: httpx.Response(200, content=b"a"))
    shown = runner.invoke(app, ["deliveries", "export", "/nosuch/x.csv"])
    assert (shown.exit_code, "FILE /nosuch/x.csv: cannot be written" in shown.output) == (1, True)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (["--department", "nosuch"], "--department nosuch: is no department; there are"),
        (["--since", "2026-07-02", "--until", "2026-07-01"], "--until: must be after --since"),
    ],
    ids=["unit", "times"],
)
def test_what_cannot_be_found_is_refused_before_notifier_is_asked(asked: list[str], why: str, notifier: Any) -> None:
    requests = notifier(pages)
    shown = runner.invoke(app, ["deliveries", "list", *asked])
    assert (shown.exit_code, why in shown.output, requests) == (1, True, [])
