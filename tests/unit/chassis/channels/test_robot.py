"""Robots of the services that are allowed get the text and nothing else; nobody is led elsewhere."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from services.chassis.channels.message import MaybeSent, Message
from services.chassis.channels.robot import Robot

KEY = "0123456789abcdef"
TEXT = "【12345电话清单】区房管局：3件待拨打"
PLUGINS = {"wecombot": NotifyWeComBot, "dingtalk": NotifyDingTalk, "feishu": NotifyFeishu}


class Service(BaseHTTPRequestHandler):
    status = 200
    got: list[tuple[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.got.append((self.path, body))
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(params=PLUGINS)
def robot(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Robot, type[Service]]]:
    service = type("Configured", (Service,), {"got": []})
    server = HTTPServer(("127.0.0.1", 0), service)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setattr(PLUGINS[request.param], "notify_url", f"http://127.0.0.1:{server.server_port}/robot")
    yield Robot(f"{request.param}://{KEY}"), service
    server.shutdown()
    server.server_close()


def test_the_robot_gets_the_text(robot: tuple[Robot, type[Service]]) -> None:
    one, service = robot
    one.send(Message("1", "housing", TEXT, "zh"))
    ((path, body),) = service.got
    assert path.startswith("/robot")
    assert TEXT in json.dumps(body, ensure_ascii=False)
    assert "housing" not in json.dumps(body)


@pytest.mark.parametrize("status", [302, 403, 500])
def test_what_was_not_taken_is_said_and_no_redirect_is_followed(
    robot: tuple[Robot, type[Service]], status: int
) -> None:
    one, service = robot
    service.status = status
    with pytest.raises(MaybeSent):
        one.send(Message("1", "housing", TEXT, "zh"))
    assert [path.partition("?")[0] for path, _ in service.got] == ["/robot"]


def test_a_robot_does_not_show_its_key(robot: tuple[Robot, type[Service]]) -> None:
    assert KEY not in repr(robot[0])
