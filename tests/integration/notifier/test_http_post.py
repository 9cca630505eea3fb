"""The POST to somebody outside: what it refuses to talk to, and that nothing holds it up."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpcore
import pytest

from services.notifier.outbound.http_post import ANSWER_LIMIT, HttpAnswer, ReceiverUnreachable, poster
from tests.harness.waiting import Stopwatch
from tests.integration.notifier.conftest import NewReceiver
from tests.integration.notifier.receivers import Receiver, receiving

NOT_PUBLIC = "has no public address"
Resolve = Callable[..., list[tuple[object, ...]]]


def post(url: str, *, demo: bool = False, deadline_s: float = 5, trust: ssl.SSLContext | None = None) -> HttpAnswer:
    return poster(demo=demo, deadline_s=deadline_s, trust=trust)(url, {"a": "b"}, b"{}")


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a connection was tried to; none is made."""
    tried: list[str] = []

    def connect(_backend: object, host: str, *_: object, **__: object) -> httpcore.NetworkStream:
        tried.append(host)
        raise httpcore.ConnectError("refused")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return tried


@pytest.fixture
def resolve_to(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The next look-ups find these addresses, one list after the other; returns the names that were looked up."""

    def resolve_to(*answers: list[str]) -> list[str]:
        asked, left = [], list(answers)

        def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
            asked.append(host)
            found = left.pop(0)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return resolve_to


@pytest.mark.parametrize(
    "host",
    [
        "10.1.2.3", "172.16.0.9", "192.168.0.1", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1",
        "169.254.169.254", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.1.2.3]", "[fe80::1]",
        "[fd00::1]", "[64:ff9b::a01:203]", "[2002:a01:203::1]", "localhost", "LOCALHOST", "localhost.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_in_production_no_private_address_is_connected_to(host: str, scheme: str, connected: list[str]) -> None:
    with pytest.raises(ReceiverUnreachable, match=f"{NOT_PUBLIC}|does not resolve"):
        post(f"{scheme}://{host}:9/")
    assert connected == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "[::ffff:127.0.0.1]", "localhost"])
def test_a_receiver_on_loopback_is_heard_in_the_demo_alone(host: str, new_receiver: NewReceiver) -> None:
    receiver = new_receiver()
    url = f"http://{host}:{receiver.port}/"
    assert post(url, demo=True).status == 200
    with pytest.raises(ReceiverUnreachable, match=NOT_PUBLIC):
        post(url)
    assert len(receiver.messages) == 1


@pytest.mark.parametrize("found", [["10.0.0.7"], ["127.0.0.1"], ["1.1.1.1", "10.0.0.7"], ["::1"], ["169.254.169.254"]])
def test_a_name_that_means_a_private_address_is_refused(
    found: list[str], resolve_to: Callable[..., list[str]], connected: list[str]
) -> None:
    asked = resolve_to(found)
    with pytest.raises(ReceiverUnreachable, match=NOT_PUBLIC) as refused:
        post("https://hooks.example.com/")
    assert asked == ["hooks.example.com"]
    assert connected == []
    assert found[-1] not in str(refused.value), "the subscriber learns nothing of our network"


def test_a_name_is_looked_up_once_and_its_address_connected_to(
    resolve_to: Callable[..., list[str]], connected: list[str]
) -> None:
    asked = resolve_to(["1.1.1.1", "1.0.0.1"], ["10.0.0.7"], ["10.0.0.7"])
    with pytest.raises(ReceiverUnreachable, match="ConnectError"):
        post("https://hooks.example.com/")
    assert asked == ["hooks.example.com"]
    assert connected == ["1.1.1.1", "1.0.0.1"], "one after the other, by address"


def test_plain_http_is_not_sent_to_public_addresses_even_in_the_demo(
    resolve_to: Callable[..., list[str]], connected: list[str]
) -> None:
    resolve_to(["1.1.1.1"])
    with pytest.raises(ReceiverUnreachable, match=NOT_PUBLIC):
        post("http://hooks.example.com/", demo=True)
    assert connected == []


def test_a_name_that_does_not_resolve_is_said_so() -> None:
    for host in ("no-such-host.invalid", "a" * 64 + ".example"):
        with pytest.raises(ReceiverUnreachable, match="does not resolve"):
            post(f"https://{host}/")


def test_redirects_are_answers_and_no_proxy_is_used(new_receiver: NewReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    target = new_receiver()
    receiver = new_receiver(status=302, headers={"Location": target.url()})
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, target.url())
    assert post(receiver.url(), demo=True).status == 302
    assert target.messages == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed one for the name localhost, with its key, in one file."""
    file = tmp_path_factory.mktemp("tls") / "pair.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", file, "-out", f"{file}.crt"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file


def test_the_certificate_must_be_trusted_and_for_the_host_s_name(certificate: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    trust = ssl.create_default_context(cafile=str(certificate))
    with receiving(Receiver(), server) as receiver:
        assert post(receiver.url(host="localhost"), demo=True, trust=trust).status == 200
        with pytest.raises(ReceiverUnreachable, match="CERTIFICATE_VERIFY_FAILED"):
            post(receiver.url(host="127.0.0.1"), demo=True, trust=trust)
        with pytest.raises(ReceiverUnreachable, match="CERTIFICATE_VERIFY_FAILED"):
            post(receiver.url(host="localhost"), demo=True)
    assert len(receiver.messages) == 1


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    talk(connection)
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def _drip(piece: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" if piece == b"X-A: b\r\n" else b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(200):
            connection.sendall(piece)
            time.sleep(0.05)

    return talk


@pytest.mark.parametrize("piece", [b"X-A: b\r\n", b"x"])
def test_a_receiver_that_drips_is_cut_off_at_the_deadline(piece: bytes) -> None:
    with raw_server(_drip(piece)) as url:
        started = Stopwatch()
        with pytest.raises(ReceiverUnreachable, match=r"no answer within 0\.4 s"):
            post(url, demo=True, deadline_s=0.4)
        assert started.seconds() < 2


def test_an_endless_answer_is_read_to_a_limit_alone() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with raw_server(flood) as url:
        assert post(url, demo=True) == HttpAnswer(200, b"x" * ANSWER_LIMIT)


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 \xff\xff\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
    ],
)
def test_what_is_no_answer_is_unreachable_and_no_bug(garbage: bytes) -> None:
    with raw_server(lambda connection: connection.sendall(garbage)) as url, pytest.raises(ReceiverUnreachable):
        post(url, demo=True)


def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ReceiverUnreachable, match="ConnectError"):
        post(f"http://127.0.0.1:{port}/", demo=True)
