"""More than eighty tricks to reach into our network through a webhook: not one connection at a listening socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from functools import cache
from ipaddress import ip_address
from typing import Any

import httpcore
import pytest

from services.notifier.domain.destination import fault_of
from services.notifier.outbound.http_post import Post, ReceiverUnreachable, poster
from tests.integration.notifier.conftest import NewReceiver
from tests.integration.notifier.forbidden import LITERAL, LOCATIONS, LOOKED_UP, OTHER_SCHEMES, REDIRECTS, SCHEMES


class Listening:
    """A port on all addresses of this machine, IPv4 and IPv6."""

    def __init__(self) -> None:
        self._sockets = [socket.create_server(("0.0.0.0", 0))]
        self.port = self._sockets[0].getsockname()[1]
        if socket.has_ipv6:
            self._sockets.append(socket.create_server(("::", self.port), family=socket.AF_INET6))
        for one in self._sockets:
            one.setblocking(False)

    def connections(self) -> int:
        """How many came since it was asked last."""
        return sum(self._taken(one) for one in self._sockets)

    def close(self) -> None:
        for one in self._sockets:
            one.close()

    def _taken(self, listening: socket.socket) -> int:
        number = 0
        while True:
            try:
                listening.accept()[0].close()
            except BlockingIOError:
                return number
            number += 1


@pytest.fixture(scope="module")
def listening() -> Iterator[Listening]:
    found = Listening()
    yield found
    found.close()


@pytest.fixture(autouse=True)
def _nothing_leaves_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to a public address fails; to any other it is made."""
    connect = httpcore.SyncBackend.connect_tcp

    def here(backend: Any, host: str, *args: Any, **more: Any) -> httpcore.NetworkStream:
        if ip_address(host).is_global:
            raise httpcore.ConnectError("no way out of the test")
        return connect(backend, host, *args, **more)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", here)


@cache
def post(*, demo: bool) -> Post:
    """Reading whom the system trusts takes longer than a test."""
    return poster(demo=demo, deadline_s=2)


def refused(url: str) -> None:
    with pytest.raises(ReceiverUnreachable):
        post(demo=False)(url, {}, b"{}")


def test_there_are_more_than_eighty() -> None:
    assert len(LITERAL) + len(LOOKED_UP) >= 100


def test_the_socket_does_see_who_connects(listening: Listening) -> None:
    for host in ("127.0.0.1", "127.8.8.8", "localhost"):
        socket.create_connection((host, listening.port)).close()
    assert listening.connections() == 3


@pytest.mark.parametrize("host", LITERAL.values(), ids=LITERAL.keys())
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_address_of_ours_is_reached_however_it_is_written(scheme: str, host: str, listening: Listening) -> None:
    refused(f"{scheme}://{host}:{listening.port}/")
    assert listening.connections() == 0


@pytest.mark.parametrize("scheme", OTHER_SCHEMES)
def test_no_other_scheme_reaches_anything(scheme: str, listening: Listening) -> None:
    url = f"{scheme}://127.0.0.1:{listening.port}/"
    refused(url)
    assert fault_of(url, demo=False)
    assert listening.connections() == 0


@pytest.mark.parametrize("answers", LOOKED_UP.values(), ids=LOOKED_UP.keys())
def test_no_answer_of_a_name_server_leads_to_us(
    answers: list[list[str]], listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [*answers]

    def getaddrinfo(_host: object, port: int, *_: object, **__: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in left.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for _ in answers:
        if left:
            refused(f"https://hooks.example.com:{listening.port}/")
    assert listening.connections() == 0


@pytest.mark.parametrize("status", REDIRECTS)
def test_no_redirect_is_followed(status: int, listening: Listening, new_receiver: NewReceiver) -> None:
    for location in LOCATIONS:
        receiver = new_receiver(status=status, headers={"Location": location.format(port=listening.port)})
        assert post(demo=True)(receiver.url(), {}, b"{}").status == status
    assert listening.connections() == 0


UNSEEN_UNTIL_LOOKED_UP = {
    "two parts", "three parts", "one part", "one part, hexadecimal", "one part, upper case", "one part, octal",
    "octal parts", "octal parts, all", "leading zeros", "hexadecimal parts", "mixed parts", "mixed parts, octal",
    "zero", "zero, hexadecimal", "overflown part", "overflown number", "trailing dot", "private, decimal",
    "metadata, decimal", "metadata, hexadecimal", "metadata, octal", "localhost", "localhost, upper case",
    "localhost, dot", "IPv6 localhost", "encoded at sign", "back slash after it", "encoded", "encoded dot",
    "encoded NUL",
}  # fmt: skip
"""They read as names: a subscription may name them, and is refused when a connection is to be made."""


@pytest.mark.parametrize("name", LITERAL.keys() - UNSEEN_UNTIL_LOOKED_UP)
def test_a_subscription_cannot_even_name_it(name: str) -> None:
    assert fault_of(f"https://{LITERAL[name]}:443/", demo=False)
