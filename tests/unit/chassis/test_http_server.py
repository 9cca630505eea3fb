"""The HTTP frontier behind a real server and real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from services.chassis import logs
from services.chassis.settings import Settings
from services.chassis.web import request_body, server
from services.chassis.web.demo_issuer import DemoIssuer
from services.chassis.web.health import Health
from services.chassis.web.http import create_app
from services.chassis.web.identity import Verifier
from services.chassis.web.server import server_config
from tests.harness.waiting import Stopwatch

LIMIT = 100_000
POOL = 40  # threads that serve synchronous routes (anyio's default)


class Note(BaseModel):
    text: str


class _Gate:
    def __init__(self) -> None:
        self.open = threading.Event()
        self.waiting = threading.Semaphore(0)


def _router(gate: _Gate) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.post("/notes")
    def post(note: Note) -> int:
        return len(note.text)

    @router.get("/slow")
    def slow() -> None:
        gate.waiting.release()
        gate.open.wait(30)

    @router.get("/half")
    def half() -> StreamingResponse:
        def parts() -> Iterator[str]:
            yield "half"
            raise RuntimeError("middle")

        return StreamingResponse(parts())

    return router


@pytest.fixture(scope="module")
def gate() -> _Gate:
    return _Gate()


@pytest.fixture(scope="module")
def address(gate: _Gate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    logs.configure("notes", "1")
    patch = pytest.MonkeyPatch()
    patch.setattr(server, "HEAD_WITHIN_S", 1.0)
    patch.setattr(request_body, "BODY_WITHIN_S", 1.0)
    patch.setattr(request_body, "SLOWEST_BYTES_PER_S", LIMIT)
    jwks: Path = DemoIssuer.ensure(tmp_path_factory.mktemp("issuer")).jwks
    settings = Settings(
        profile="demo", kafka_bootstrap="localhost:9092", http_port=0,
        oidc_issuer="urn:closedloop:demo-issuer", oidc_jwks=str(jwks),
    )  # fmt: skip
    app = create_app(
        title="notes", routers=[_router(gate)], health=Health(), verifier=Verifier(settings), body_limit=LIMIT
    )
    listener = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(server_config(settings, app))
    thread = threading.Thread(target=running.run, args=([listener],))
    thread.start()
    yield listener.getsockname()
    gate.open.set()
    running.should_exit = True
    thread.join(60)
    patch.undo()
    assert not thread.is_alive()


@pytest.fixture
def client(address: tuple[str, int]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://{address[0]}:{address[1]}", timeout=20, trust_env=False) as client:
        yield client


def test_a_connection_goes_on_after_a_body_too_large(client: httpx.Client) -> None:
    assert client.post("/notes", json={"text": "a" * LIMIT}).status_code == 413
    assert client.post("/notes", json={"text": "a" * 10}).json() == 10


def test_a_body_declared_too_large_is_refused_before_it_comes(address: tuple[str, int]) -> None:
    head = b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000000\r\n\r\n"
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(head)
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_body_without_end_is_cut_off_early(address: tuple[str, int]) -> None:
    head = b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"2710\r\n" + b"a" * 10_000 + b"\r\n"
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(head + chunk * (LIMIT // 10_000 + 1))
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_head_that_never_ends_is_cut_off(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert connection.recv(4096) == b""


def test_a_connection_that_asks_nothing_is_cut_off(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=20) as connection:
        assert connection.recv(4096) == b""


def test_a_body_that_drips_is_refused(address: tuple[str, int]) -> None:
    head = b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(head)
        assert connection.recv(4096).startswith(b"HTTP/1.1 408")


def test_half_an_answer_is_not_taken_for_a_whole_one(client: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/half")


def test_a_client_that_goes_away_in_the_middle_of_its_body_does_no_harm(
    address: tuple[str, int], client: httpx.Client
) -> None:
    head = b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(head + b'{"text": ')
    assert client.post("/notes", json={"text": "a"}).status_code == 200


def test_it_stays_alive_and_measured_while_every_thread_hangs(client: httpx.Client, gate: _Gate) -> None:
    def wait() -> None:
        with httpx.Client(trust_env=False) as own:
            own.get(f"{client.base_url}/slow", timeout=60)

    callers = [threading.Thread(target=wait) for _ in range(POOL)]
    for caller in callers:
        caller.start()
    for _ in callers:
        assert gate.waiting.acquire(timeout=20)
    started = Stopwatch()
    assert client.get("/livez").status_code == 200
    assert client.get("/metrics").status_code == 200
    assert started.seconds() < 5
    gate.open.set()
    for caller in callers:
        caller.join()
