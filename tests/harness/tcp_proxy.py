"""A small TCP proxy that fails on demand: what stands between a service and its broker or database."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from types import TracebackType
from typing import Self

_CHUNK = 65536
_LINGER_ZERO = struct.pack("ii", 1, 0)


class TcpProxy:
    """Forwards the loopback port `port` (0: any free one) to `target`. Faults:

    - `delay_s`: every chunk waits so long at least, in both directions
    - `drop()`: until `heal()`, bytes are read and thrown away; connections stay open, new ones too lead nowhere
    - `reset()`: all present connections end with RST at both ends
    - `half_open()`: the target's ends are closed, the clients' stay open and silent, as of a peer that vanished

    After `reset` and `half_open` new connections work.
    """

    def __init__(self, target: tuple[str, int], port: int = 0) -> None:
        self.target = target
        self.delay_s = 0.0
        self.connections = 0
        self._dropping = threading.Event()
        self._lock = threading.Lock()
        self._pairs: list[_Pair] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, name=f"proxy-{self.port}", daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def drop(self) -> None:
        self._dropping.set()

    def heal(self) -> None:
        """Ends `drop` and the delay. What was dropped is gone: the connections of that time are reset."""
        self.delay_s = 0.0
        if self._dropping.is_set():
            self._dropping.clear()
            self.reset()

    def reset(self) -> None:
        for pair in self._cut():
            pair.abort(pair.client)
            pair.abort(pair.server)

    def half_open(self) -> None:
        for pair in self._cut():
            pair.abort(pair.server)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()
        self.reset()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _cut(self) -> list[_Pair]:
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            pair.cut = True
        return pairs

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                server = socket.create_connection(self.target, timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            pair = _Pair(client, server)
            with self._lock:
                self._pairs.append(pair)
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(pair, source, sink), daemon=True).start()

    def _pump(self, pair: _Pair, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(_CHUNK):
                if self._dropping.is_set() or pair.cut:
                    continue
                time.sleep(self.delay_s)
                sink.sendall(chunk)
        if not pair.cut:
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)


class _Pair:
    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self.cut = False
        """From now on one end hears nothing of the other, not even its end."""

    @staticmethod
    def abort(end: socket.socket) -> None:
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
            end.shutdown(socket.SHUT_RD)  # wakes the pump that reads from it
        end.close()
