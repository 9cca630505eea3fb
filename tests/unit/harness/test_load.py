"""The load generator is a careful client: it repeats what had no answer, never what was refused."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.harness.load import Load

Answer = Callable[[str, int], int]
"""Status for a key's n-th attempt; 0 cuts the connection."""


class Intake:
    def __init__(self) -> None:
        self.answer: Answer = lambda key, attempt: 202
        self.attempts: Counter[str] = Counter()
        self.bodies: dict[str, set[bytes]] = {}
        intake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                key = self.headers["Idempotency-Key"]
                intake.attempts[key] += 1
                intake.bodies.setdefault(key, set()).add(body)
                status = intake.answer(key, intake.attempts[key])
                if status == 0:
                    self.close_connection = True
                    return
                answer = json.dumps({"ticket_id": f"ticket of {key}"}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def intake() -> Iterator[Intake]:
    intake = Intake()
    yield intake
    intake.server.shutdown()


def test_every_ticket_has_a_key_of_its_own(intake: Intake) -> None:
    history = Load([intake.url], "token", rate=1000, clients=4).run(count=50)
    assert len(history.acked) == len(history.ids) == len(intake.attempts) == 50
    assert not history.given_up
    assert set(intake.attempts.values()) == {1}


@pytest.mark.parametrize("failure", [503, 500, 0])
def test_what_failed_is_repeated_with_its_key_and_body(intake: Intake, failure: int) -> None:
    intake.answer = lambda key, attempt: 202 if attempt == 3 else failure
    history = Load([intake.url], "token", rate=1000, clients=2).run(count=4)
    assert set(intake.attempts.values()) == {3}
    assert {one.attempts for one in history.acked} == {3}
    assert history.failed_attempts == 8
    assert all(len(bodies) == 1 for bodies in intake.bodies.values())


def test_a_refusal_is_not_repeated(intake: Intake) -> None:
    intake.answer = lambda key, attempt: 422
    history = Load([intake.url], "token", rate=1000, clients=2).run(count=4)
    assert [status for _, status, _ in history.refused] == [422] * 4
    assert set(intake.attempts.values()) == {1}


def test_a_client_turns_to_the_next_intake(intake: Intake) -> None:
    history = Load(["http://127.0.0.1:1", intake.url], "token", rate=1000, clients=1).run(count=3)
    assert len(history.acked) == 3
    assert history.failed_attempts == 1


def test_latency_counts_from_when_a_ticket_was_due(intake: Intake) -> None:
    gate = threading.Event()
    intake.answer = lambda key, attempt: 202 if gate.wait(5) else 500
    load = Load([intake.url], "token", rate=1000, clients=1)
    threading.Timer(0.2, gate.set).start()
    history = load.run(count=5)
    assert all(one.acked_at - one.sent_at > 0.15 for one in history.acked)


def test_without_an_answer_it_gives_up_in_time() -> None:
    history = Load(["http://127.0.0.1:1"], "token", rate=1000, clients=1, give_up_s=0.1).run(count=1)
    assert len(history.given_up) == 1
    assert not history.acked
