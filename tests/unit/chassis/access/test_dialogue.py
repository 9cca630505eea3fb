"""Each way in which a broker does not let a client in is distinguished, within seconds, whatever answers there."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from services.chassis.messaging.access import dialogue
from services.chassis.messaging.access.dialogue import Step, knock
from services.localstack.certificates import ServerCertificate, make_certificate
from services.localstack.processes import free_port

Serve = Callable[[socket.socket], None]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "PATIENCE_S", 0.5)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ServerCertificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"), "kafka-1", days=90)


@contextmanager
def listener(serve: Serve, host: str = "127.0.0.1") -> Iterator[str]:
    """One connection is served; the address."""
    with socket.create_server((host, 0)) as server:
        thread = threading.Thread(target=lambda: _one(server, serve), daemon=True)
        thread.start()
        yield f"{host}:{server.getsockname()[1]}"
    thread.join(5)


def _one(server: socket.socket, serve: Serve) -> None:
    try:
        connection, _ = server.accept()
        with connection:
            serve(connection)
    except OSError:
        pass


def in_tls(certificate: ServerCertificate, then: Serve, *, client_certificate: bool = False) -> Serve:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.keystore)
    if client_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate.ca)

    def serve(plain: socket.socket) -> None:
        with context.wrap_socket(plain, server_side=True) as channel:
            then(channel)

    return serve


def keep_silent(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def hang_up(connection: socket.socket) -> None:
    connection.recv(4096)


def talk_nonsense(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def last(address: str, ca: Path | None) -> Step:
    return knock(address, ca, "department-fire", "a-password")[-1]


def test_a_port_where_nothing_listens(certificate: ServerCertificate) -> None:
    step = last(f"127.0.0.1:{free_port()}", certificate.ca)
    assert (step.name, step.ok) == ("address", False)
    assert "Connection refused; is the broker running" in step.says


def test_a_name_that_nobody_has(certificate: ServerCertificate) -> None:
    step = last("kafka.invalid:9092", certificate.ca)
    assert (step.name, step.ok) == ("address", False)
    assert "no machine has the name kafka.invalid" in step.says


@pytest.mark.parametrize(
    ("serve", "says"),
    [
        (keep_silent, "does not answer a TLS greeting"),
        (hang_up, "does not speak TLS"),
        (talk_nonsense, "does not speak TLS"),
    ],
)
def test_a_port_without_tls(certificate: ServerCertificate, serve: Serve, says: str) -> None:
    with listener(serve) as address:
        steps = knock(address, certificate.ca, "department-fire", "a-password")
    assert [(step.name, step.ok) for step in steps] == [("address", True), ("certificate", False)]
    assert says in steps[-1].says


def test_an_authority_that_is_not_the_brokers(certificate: ServerCertificate, tmp_path: Path) -> None:
    other = make_certificate(tmp_path, "another")
    with listener(in_tls(certificate, keep_silent)) as address:
        step = last(address, other.ca)
    assert (step.name, step.ok) == ("certificate", False)
    assert f"signed by none of {other.ca}" in step.says


def test_a_certificate_that_has_expired(tmp_path: Path) -> None:
    expired = make_certificate(tmp_path, "kafka-1", days=-timedelta(minutes=30) / timedelta(days=1))
    with listener(in_tls(expired, keep_silent)) as address:
        step = last(address, expired.ca)
    assert (step.name, step.ok) == ("certificate", False)
    assert "has expired: put a new one in place" in step.says


def test_a_certificate_for_another_name(certificate: ServerCertificate) -> None:
    with listener(in_tls(certificate, keep_silent), "127.0.0.2") as address:
        step = last(address, certificate.ca)
    assert (step.name, step.ok) == ("certificate", False)
    assert "the certificate is not for 127.0.0.2" in step.says


@pytest.mark.parametrize("content", [None, "", "not a certificate"])
def test_a_file_that_holds_no_authority(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with listener(keep_silent) as address:
        step = last(address, file)
    assert (step.name, step.ok) == ("certificate", False)
    assert f"{file} is no file of certificates in PEM" in step.says


@pytest.mark.parametrize(
    ("serve", "says"),
    [
        (keep_silent, "does not answer"),
        (hang_up, "hangs up"),
        (talk_nonsense, "is no broker"),
    ],
)
def test_a_port_with_tls_and_no_broker(certificate: ServerCertificate, serve: Serve, says: str) -> None:
    with listener(in_tls(certificate, serve)) as address:
        steps = knock(address, certificate.ca, "department-fire", "a-password")
    assert [(step.name, step.ok) for step in steps] == [("address", True), ("certificate", True), ("password", False)]
    assert says in steps[-1].says
    assert "a-password" not in str(steps)


def test_a_port_for_brokers_that_wants_a_certificate(certificate: ServerCertificate) -> None:
    with listener(in_tls(certificate, keep_silent, client_certificate=True)) as address:
        step = last(address, certificate.ca)
    assert (step.name, step.ok) == ("password", False)
    assert "wants a client certificate" in step.says


def test_a_certificate_that_ends_soon_is_reported(certificate: ServerCertificate, tmp_path: Path) -> None:
    for days, soon in ((90, False), (20, True)):
        one = make_certificate(tmp_path / str(days), "kafka-1", days=days)
        with listener(in_tls(one, hang_up)) as address:
            step = knock(address, one.ca, "department-fire", "a-password")[1]
        assert step.ok
        assert ("SOON" in step.says) is soon
