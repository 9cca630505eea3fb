"""Each fault of the proxy does what it says."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.harness.tcp_proxy import TcpProxy


@pytest.fixture
def echo() -> Iterator[tuple[str, int]]:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while data := connection.recv(1000):
                connection.sendall(data)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()
    listener.close()


@pytest.fixture
def proxy(echo: tuple[str, int]) -> Iterator[TcpProxy]:
    with TcpProxy(echo) as proxy:
        yield proxy


def connect(proxy: TcpProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def ask(connection: socket.socket, what: bytes = b"hello", within: float = 5.0) -> bytes:
    connection.settimeout(within)
    connection.sendall(what)
    return connection.recv(1000)


def test_it_passes_bytes_both_ways(proxy: TcpProxy) -> None:
    with connect(proxy) as one, connect(proxy) as two:
        assert ask(one, b"one") == b"one"
        assert ask(two, b"two") == b"two"
    assert proxy.connections == 2


def test_the_end_of_one_side_is_passed_on(proxy: TcpProxy) -> None:
    with connect(proxy) as connection:
        assert ask(connection) == b"hello"
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1000) == b""


def test_a_delay_holds_every_answer_back(proxy: TcpProxy) -> None:
    proxy.delay_s = 0.1
    with connect(proxy) as connection:
        began = time.monotonic()
        assert ask(connection) == b"hello"
        assert time.monotonic() - began >= 0.2  # there and back


def test_dropped_bytes_never_come_and_healing_resets_the_connection(proxy: TcpProxy) -> None:
    with connect(proxy) as connection:
        assert ask(connection) == b"hello"
        proxy.drop()
        with pytest.raises(TimeoutError):
            ask(connection, within=0.2)
        with connect(proxy) as fresh, pytest.raises(TimeoutError):
            ask(fresh, within=0.2)
        proxy.heal()
        connection.settimeout(5)
        with pytest.raises(ConnectionResetError):
            connection.recv(1000)
    with connect(proxy) as fresh:
        assert ask(fresh) == b"hello"


def test_a_reset_is_seen_at_once_and_new_connections_work(proxy: TcpProxy) -> None:
    with connect(proxy) as connection:
        assert ask(connection) == b"hello"
        proxy.reset()
        with pytest.raises(ConnectionResetError):
            connection.recv(1000)
    with connect(proxy) as fresh:
        assert ask(fresh) == b"hello"


def test_a_half_open_connection_is_silent_and_new_ones_work(proxy: TcpProxy) -> None:
    with connect(proxy) as connection:
        assert ask(connection) == b"hello"
        proxy.half_open()
        with pytest.raises(TimeoutError):
            ask(connection, within=0.3)
        with connect(proxy) as fresh:
            assert ask(fresh) == b"hello"


def test_a_target_that_is_away_closes_the_client(proxy: TcpProxy) -> None:
    proxy.target = ("127.0.0.1", 1)
    with connect(proxy) as connection:
        assert connection.recv(1000) == b""
