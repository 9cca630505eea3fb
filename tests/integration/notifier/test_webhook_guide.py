"""The receiver of docs/webhooks.md, run as it stands there, verifies what we send and refuses what others send."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from services.chassis.database.work import Workshop
from tests.harness.waiting import eventually
from tests.integration.applications import As
from tests.integration.notifier.conftest import StartSender
from tests.integration.notifier.events import dispatched, take, text_of, ticket_id
from tests.integration.notifier.subscribing import subscribe

GUIDE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")


class Guided:
    """The receiver as a process, given secrets once they are known."""

    def __init__(self, folder: Path) -> None:
        (program,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
        self._file = folder / "receiver.py"
        self._file.write_text(program, encoding="utf-8")
        self._output = folder / "output"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/12345"
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, secrets: str) -> None:
        with self._output.open("ab") as output:
            command = [sys.executable, str(self._file), str(self.port), secrets]
            self._process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        eventually(self._listens, within=10, what="the receiver")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(10)

    def got(self) -> list[tuple[str, dict[str, Any]]]:
        lines = self._output.read_text(encoding="utf-8").splitlines()
        return [(line.partition(" ")[0], json.loads(line.partition(" ")[2])) for line in lines]

    def _listens(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def guided(tmp_path: Path) -> Iterator[Guided]:
    receiver = Guided(tmp_path)
    yield receiver
    receiver.stop()


def test_it_takes_each_message_once_with_either_secret(
    guided: Guided, workshop: Workshop, as_: As, start_sender: StartSender
) -> None:
    made = subscribe(as_("admin"), url=guided.url)
    guided.run(made["secret"])
    start_sender()
    eventually(lambda: as_("admin").get("/webhooks").json()["items"][0]["status"] == "active", within=10)
    take(workshop, text_of(1), dispatched(1))
    eventually(lambda: len(guided.got()) == 1, within=10)
    new = as_("admin").post(f"/webhooks/{made['webhook_id']}/secret").json()["secret"]
    take(workshop, text_of(2), dispatched(2))
    eventually(lambda: len(guided.got()) == 2, within=10)
    sent = as_("admin").get(f"/webhooks/{made['webhook_id']}/deliveries").json()["items"]
    as_("admin").post(f"/webhooks/deliveries/{sent[-1]['delivery_id']}/redeliver")
    eventually(lambda: _all_sent(as_, made), within=10, what="the repeat")
    assert [(of, said["ticket_id"]) for of, said in guided.got()] == [
        ("department.ticket_assigned.v1", ticket_id(1)),
        ("department.ticket_assigned.v1", ticket_id(2)),
    ]
    guided.stop()
    guided.run(f"{new},{made['secret']}")
    take(workshop, text_of(3), dispatched(3))
    eventually(lambda: len(guided.got()) == 3, within=10)


def _all_sent(as_: As, made: dict[str, Any]) -> bool:
    items = as_("admin").get(f"/webhooks/{made['webhook_id']}/deliveries").json()["items"]
    return {one["status"] for one in items} == {"sent"}


def test_it_refuses_what_is_not_ours(guided: Guided) -> None:
    ours, theirs, body = "whsec_" + "A" * 43 + "=", "whsec_" + "B" * 43 + "=", b'{"ticket_id": "1"}'
    guided.run(ours)

    def answered(secret: str, at: float, said: bytes = body) -> int:
        signature = Webhook(secret).sign("id", datetime.fromtimestamp(at, UTC), body.decode())
        headers = {"webhook-id": "id", "webhook-timestamp": str(int(at)), "webhook-signature": signature}
        return httpx.post(guided.url, content=said, headers=headers | {"ce-type": "t"}).status_code

    now = time.time()
    assert answered(ours, now) == 200
    assert answered(theirs, now) == 401
    assert answered(ours, now - 400) == 401
    assert answered(ours, now, b'{"ticket_id": "2"}') == 401
    assert len(guided.got()) == 1


@pytest.mark.parametrize(
    "said", ["5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h", "75.6 hours", "20,000 bytes", "within 20 s"]
)
def test_the_guide_says_what_the_program_does(said: str) -> None:
    assert said in " ".join(GUIDE.split())
