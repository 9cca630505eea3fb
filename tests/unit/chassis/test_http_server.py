"""The HTTP frontier behind a real server and real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from services.chassis import logs
from services.chassis.demo_issuer import DemoIssuer
from services.chassis.health import Health
from services.chassis.http import create_app
from services.chassis.identity import Verifier
from services.chassis.settings import Settings

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
    jwks: Path = DemoIssuer.ensure(tmp_path_factory.mktemp("issuer")).jwks
    settings = Settings(
        profile="demo", kafka_bootstrap="localhost:9092", http_port=0,
        oidc_issuer="urn:closedloop:demo-issuer", oidc_jwks=str(jwks),
    )  # fmt: skip
    app = create_app(
        title="notes", routers=[_router(gate)], health=Health(), verifier=Verifier(settings), body_limit=LIMIT
    )
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield listener.getsockname()
    gate.open.set()
    server.should_exit = True
    thread.join(20)
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
    started = time.monotonic()
    assert client.get("/livez").status_code == 200
    assert client.get("/metrics").status_code == 200
    assert time.monotonic() - started < 5
    gate.open.set()
    for caller in callers:
        caller.join()
