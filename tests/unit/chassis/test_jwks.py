from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from services.chassis.web.jwks import MAX_AGE_S, MIN_BETWEEN_S, Jwks, KeysUnavailable


def _key(kid: str, **changed: Any) -> dict[str, Any]:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return ECAlgorithm.to_jwk(public, as_dict=True) | {"kid": kid} | changed


class _Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class _Issuer(ThreadingHTTPServer):
    """An identity provider's JWKS address: `answer` is what it says next, `asked` how often it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: tuple[int, str] = (200, "")
        self.asked = 0

    def publish(self, *keys: dict[str, Any]) -> None:
        self.answer = (200, json.dumps({"keys": keys}))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/jwks"


class _Handler(BaseHTTPRequestHandler):
    server: _Issuer

    def do_GET(self) -> None:
        self.server.asked += 1
        status, body = self.server.answer
        self.send_response(status)
        if status == 302:
            self.send_header("Location", body)
            body = ""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def issuer() -> Iterator[_Issuer]:
    server = _Issuer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def clock() -> _Time:
    return _Time()


def test_a_new_key_is_picked_up(issuer: _Issuer, clock: _Time) -> None:
    issuer.publish(_key("old"))
    jwks = Jwks(issuer.url, clock)
    assert jwks.key("old") is not None
    issuer.publish(_key("old"), _key("new"))
    clock.now += MIN_BETWEEN_S
    assert jwks.key("new") is not None


def test_unknown_keys_make_no_storm_of_requests(issuer: _Issuer, clock: _Time) -> None:
    issuer.publish(_key("old"))
    jwks = Jwks(issuer.url, clock)
    for number in range(100):
        assert jwks.key(f"forged-{number}") is None
    assert issuer.asked == 1


def test_a_withdrawn_key_is_forgotten_in_time(issuer: _Issuer, clock: _Time) -> None:
    issuer.publish(_key("old"))
    jwks = Jwks(issuer.url, clock)
    assert jwks.key("old") is not None
    issuer.publish(_key("new"))
    assert jwks.key("old") is not None
    clock.now += MAX_AGE_S + 1
    assert jwks.key("old") is None


OTHER = json.dumps({"keys": [_key("other")]})


@pytest.mark.parametrize("answer", [(503, OTHER), (200, "<html>"), (200, "[]"), (200, '{"keys": []}'), (302, "/jwks")])
def test_an_issuer_in_trouble_takes_no_key_away(issuer: _Issuer, clock: _Time, answer: tuple[int, str]) -> None:
    issuer.publish(_key("old"))
    jwks = Jwks(issuer.url, clock)
    jwks.key("old")
    issuer.answer = answer
    clock.now += MAX_AGE_S + 1
    assert jwks.key("old") is not None
    assert issuer.asked == 2


def test_an_issuer_that_was_down_is_found_again(issuer: _Issuer, clock: _Time) -> None:
    issuer.answer = (503, "")
    jwks = Jwks(issuer.url, clock)
    with pytest.raises(KeysUnavailable):
        jwks.key("old")
    assert not jwks.available()
    assert issuer.asked == 1
    issuer.publish(_key("old"))
    clock.now += MIN_BETWEEN_S
    assert jwks.available()


def test_keys_may_come_from_a_file_that_is_replaced(tmp_path: Path, clock: _Time) -> None:
    path = tmp_path / "jwks.json"
    jwks = Jwks(str(path), clock)
    assert not jwks.available()
    path.write_text(json.dumps({"keys": [_key("one")]}))
    clock.now += MIN_BETWEEN_S
    assert jwks.key("one") is not None


def test_keys_that_must_not_verify_are_left_out(tmp_path: Path, clock: _Time) -> None:
    short, long = (
        RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, size).public_key(), as_dict=True) for size in (1024, 2048)
    )
    keys = [
        _key("good"),
        _key("for-encryption", use="enc"),
        {name: value for name, value in _key("nameless").items() if name != "kid"},
        {"kty": "oct", "kid": "symmetric", "k": base64.urlsafe_b64encode(b"s" * 32).decode()},
        short | {"kid": "short"},
        long | {"kid": "padding", "alg": "PS256"},
        {"kty": "RSA", "kid": "broken"},
    ]
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": keys}))
    jwks = Jwks(str(tmp_path / "jwks.json"), clock)
    known = {key["kid"] for key in keys if "kid" in key and jwks.key(key["kid"])}
    assert known == {"good"}


def test_a_slow_issuer_holds_up_nobody_whose_key_is_known(issuer: _Issuer, clock: _Time) -> None:
    issuer.publish(_key("old"))
    jwks = Jwks(issuer.url, clock)
    jwks.key("old")
    clock.now += MAX_AGE_S + 1
    asked, answered = threading.Event(), threading.Event()

    def slow() -> str:
        asked.set()
        answered.wait(10)
        return json.dumps({"keys": [_key("new")]})

    jwks._fetch = slow  # type: ignore[method-assign]
    waiting = threading.Thread(target=jwks.key, args=("new",))
    waiting.start()
    assert asked.wait(10)
    assert jwks.key("old") is not None
    answered.set()
    waiting.join()
    assert jwks.key("old") is None
