"""demo/interfaces.py: people obey the services: "later" is waited out, "not as you saw it" is looked at again."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from demo import interfaces as module
from demo.interfaces import Interfaces, Refused, subject

TICKET = "/tickets/t-1"
Answer = tuple[int, dict[str, Any]]


@dataclass
class Intake:
    """A server that gives each POST the next of `answers`, and shows `seen` to whoever looks."""

    answers: list[Answer]
    seen: dict[str, Any] = field(default_factory=dict)
    posts: list[tuple[str, dict[str, Any], str | None]] = field(default_factory=list)

    def next(self, path: str, body: dict[str, Any], key: str | None) -> Answer:
        self.posts.append((path, body, key))
        return self.answers.pop(0)


def _handler(intake: Intake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(*intake.next(self.path, body, self.headers.get("Idempotency-Key")))

        def do_GET(self) -> None:
            self._answer(200, intake.seen)

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            if status == 0:
                return self.connection.close()
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            return None

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    return Handler


@contextmanager
def talking_to(intake: Intake) -> Iterator[Interfaces]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(intake))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    stack: Any = SimpleNamespace(
        services=[SimpleNamespace(service="intake", url=f"http://127.0.0.1:{server.server_port}")],
        issuer=SimpleNamespace(mint=lambda name, roles: f"{name}:{roles[0]}"),
    )
    try:
        with Interfaces(stack) as interfaces:
            yield interfaces
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def contact(interfaces: Interfaces, version: int | None = 3) -> None:
    interfaces.as_role("department:housing").step(
        "intake",
        TICKET,
        "contact",
        {"note": "约定"},
        version=version,
        wanted=lambda seen: seen["state"] == "signed",
    )


def versions(intake: Intake) -> list[int]:
    return [body["version"] for _, body, _ in intake.posts]


def test_a_service_that_is_away_for_a_moment_gets_the_same_step_again() -> None:
    intake = Intake([(503, {}), (0, {}), (202, {"version": 4})])
    with talking_to(intake) as interfaces:
        contact(interfaces)
    assert versions(intake) == [3, 3, 3]
    assert {path for path, _, _ in intake.posts} == {f"{TICKET}/contact"}


def test_a_machine_repeats_its_request_under_the_same_key() -> None:
    intake = Intake([(503, {}), (202, {"ticket_id": "t-1"})])
    with talking_to(intake) as interfaces:
        city = interfaces.client("city", "intake")
        assert city.post("/city/tickets", json={}, headers={"Idempotency-Key": "k"}).status_code == 202
    assert [key for _, _, key in intake.posts] == ["k", "k"]


def test_a_ticket_that_changed_is_looked_at_again_and_the_step_taken_from_there() -> None:
    intake = Intake([(409, {}), (200, {"version": 6})], seen={"version": 5, "state": "signed"})
    with talking_to(intake) as interfaces:
        contact(interfaces)
    assert versions(intake) == [3, 5]


def test_a_step_whose_answer_was_lost_is_not_taken_twice() -> None:
    intake = Intake([(0, {}), (409, {})], seen={"version": 4, "state": "contacted"})
    with talking_to(intake) as interfaces:
        contact(interfaces)
    assert versions(intake) == [3, 3]


def test_a_step_that_does_not_fit_a_ticket_as_it_was_seen_is_refused() -> None:
    intake = Intake([(409, {"detail": "it cannot contact"})], seen={"version": 3, "state": "archived"})
    with talking_to(intake) as interfaces, pytest.raises(Refused, match=r"409 .*it cannot contact"):
        contact(interfaces)


def test_whoever_has_not_seen_the_ticket_looks_first() -> None:
    intake = Intake([(200, {"version": 10})], seen={"version": 9, "state": "signed"})
    with talking_to(intake) as interfaces:
        contact(interfaces, version=None)
    assert versions(intake) == [9]


def test_a_refusal_has_the_words_of_the_service() -> None:
    intake = Intake([(422, {"detail": "text: is blank"})])
    with talking_to(intake) as interfaces, pytest.raises(Refused, match=r"422 .*text: is blank"):
        interfaces.as_role("hub").post("intake", "/tickets/batch", {})


def test_a_service_that_stays_away_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0)
    intake = Intake([(0, {})] * 5)
    with talking_to(intake) as interfaces, pytest.raises(httpx.TransportError):
        contact(interfaces)


def test_every_role_has_a_name_of_its_own() -> None:
    assert subject("department:housing") == "demo-department-housing"
