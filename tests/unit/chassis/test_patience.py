"""services/chassis/web/patience.py: "not now" and silence are waited out, with the same request."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from services.chassis.web.patience import PatientTransport

Turn = Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers each request with the next of its turns, and keeps the requests."""

    def __init__(self, *turns: Turn) -> None:
        self._turns: Iterator[Turn] = iter(turns)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    def client(self, patience_s: float = 60) -> httpx.Client:
        transport = PatientTransport(httpx.MockTransport(self._answer), patience_s, sleep=self.pauses.append)
        return httpx.Client(base_url="http://intake", transport=transport)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return next(self._turns)(request)


def answer(status: int, **headers: str) -> Turn:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, headers=names)


def silence(error: type[httpx.TransportError]) -> Turn:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error("nothing came back", request=request)

    return fail


def test_503_is_repeated_with_the_same_key_and_body_when_the_service_says() -> None:
    server = Server(answer(503, Retry_After="2"), answer(202))
    with server.client() as client:
        response = client.post("/tickets", json={"text": "漏雨"}, headers={"Idempotency-Key": "one"})
    assert response.status_code == 202
    assert server.pauses == [2.0]
    first, second = server.requests
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == "one"
    assert first.content == second.content != b""


@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError])
def test_silence_is_waited_out_with_growing_pauses(error: type[httpx.TransportError]) -> None:
    server = Server(silence(error), silence(error), silence(error), answer(200))
    with server.client() as client:
        assert client.get("/tickets").status_code == 200
    assert server.pauses == [0.25, 0.5, 1.0]


@pytest.mark.parametrize("status", [200, 400, 401, 404, 409, 422, 500])
def test_what_is_an_answer_is_not_asked_for_again(status: int) -> None:
    server = Server(answer(status))
    with server.client() as client:
        assert client.post("/tickets").status_code == status
    assert server.pauses == []


def test_the_last_answer_or_error_comes_out_when_patience_ends() -> None:
    with Server(answer(503, Retry_After="5")).client(patience_s=4) as client:
        assert client.get("/tickets").status_code == 503
    with Server(silence(httpx.ReadTimeout)).client(patience_s=0.1) as client, pytest.raises(httpx.ReadTimeout):
        client.get("/tickets")
