"""One HTTP POST to an outside receiver: addresses checked and pinned, no redirects, no proxy, one overall deadline."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpcore

from services.notifier.domain.destination import may_reach

DEADLINE_S = 20.0
ANSWER_LIMIT = 4096
_CHUNK = 16_384
_UNREACHABLE = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError, ValueError)


class HttpAnswer(NamedTuple):
    """The status, at most `ANSWER_LIMIT` bytes of the body, and when the receiver asks to be tried again."""

    status: int
    body: bytes
    retry_after: str | None = None


class ReceiverUnreachable(Exception):
    """No answer came. The message is for the subscriber and reveals no address inside our network."""


Post = Callable[[str, Mapping[str, str], bytes], HttpAnswer]
"""POSTs a body with headers to a URL; raises ReceiverUnreachable."""


def poster(*, demo: bool, deadline_s: float = DEADLINE_S, trust: ssl.SSLContext | None = None) -> Post:
    """A Post to the addresses that domain/destination.py allows; `trust` says whose certificates count (default: the
    system's).
    """
    context = trust or ssl.create_default_context()

    def post(url: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        until = time.monotonic() + deadline_s
        try:
            network = _Pinned(secure=urlsplit(url).scheme == "https", demo=demo, until=until)
            with (
                httpcore.ConnectionPool(ssl_context=context, network_backend=network) as pool,
                pool.stream("POST", url.encode("ascii"), headers=list(headers.items()), content=body) as response,
            ):
                return HttpAnswer(response.status, _beginning(response.iter_stream()), _retry_after(response.headers))
        except httpcore.TimeoutException:
            raise ReceiverUnreachable(f"no answer within {deadline_s:g} s") from None
        except _UNREACHABLE as error:
            raise ReceiverUnreachable(f"{type(error).__name__}: {error}"[:200]) from None

    return post


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    found = (value for name, value in headers if name.lower() == b"retry-after")
    value = next(found, None)
    return None if value is None else value[:100].decode("latin-1")


def _beginning(chunks: Iterable[bytes]) -> bytes:
    body = b""
    for chunk in chunks:
        body += chunk
        if len(body) >= ANSWER_LIMIT:
            break
    return body[:ANSWER_LIMIT]


class _Pinned(httpcore.NetworkBackend):
    """Looks a host up once, refuses it if any of its addresses is forbidden, and connects to these addresses only.

    So a name that resolves differently between check and connection (DNS rebinding) gains nothing.
    """

    def __init__(self, *, secure: bool, demo: bool, until: float) -> None:
        self._secure = secure
        self._demo = demo
        self._until = until
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _addresses(host, port)
        if not all(may_reach(ip_address(one), secure=self._secure, demo=self._demo) for one in addresses):
            raise ReceiverUnreachable("the host has no public address; nothing is sent to others")
        failure: Exception = ReceiverUnreachable("the host has no address")
        for address in addresses:
            try:
                return _UntilDeadline(self._sockets.connect_tcp(address, port, timeout=_left(self._until)), self._until)
            except httpcore.ConnectError as error:
                failure = error
        raise failure


class _UntilDeadline(httpcore.NetworkStream):
    """A stream that must be finished at `until` as a whole: a receiver that sends byte by byte delays nobody."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _CHUNK):
            self._stream.write(buffer[start : start + _CHUNK], _left(self._until))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _UntilDeadline(self._stream.start_tls(ssl_context, server_hostname, _left(self._until)), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ReceiverUnreachable("the host's name does not resolve") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
