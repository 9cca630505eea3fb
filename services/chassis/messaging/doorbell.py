"""Whoever publishes on the embedded broker rings, so that its readers may rest until something is there (ADR 57)."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Collection
from pathlib import Path

from services.chassis.web.health import Health

WORKER = "doorbell"
_HOST = "127.0.0.1"
_LISTEN_S = 30.0
_LARGEST = 65_536


class Doorbell:
    """Connects the processes of one machine: `folder` holds a file for each that listens, named by its UDP port.

    Without a folder nobody listens and ringing does nothing. Rings may be lost and may come for nothing: a reader looks
    once in a while by itself, and after a ring it may find that somebody else was meant. Thread-safe.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._socket = _bound() if folder is not None else None
        self._bells: list[tuple[frozenset[str], threading.Event]] = []

    def bell(self, topics: Collection[str]) -> threading.Event:
        """Is set whenever somebody has published to one of these topics. The waiter must clear it."""
        bell = threading.Event()
        self._bells.append((frozenset(topics), bell))
        return bell

    def ring(self, topics: Collection[str]) -> None:
        """Records of these topics have been acknowledged."""
        if self._folder is not None:
            rung = "\n".join(topics).encode()
            for port in _ports(self._folder):
                self._send(port, rung)

    def listen(self, stop: threading.Event, health: Health) -> None:
        """Passes on what others ring until `stop` is set and `wake` is called."""
        if self._folder is None or self._socket is None:
            return
        here = self._folder / str(_port(self._socket))
        here.touch()
        try:
            while not stop.is_set():
                health.beat(WORKER)
                with contextlib.suppress(TimeoutError):
                    topics = frozenset(self._socket.recv(_LARGEST).decode(errors="replace").split("\n"))
                    for wanted, bell in self._bells:
                        if wanted & topics:
                            bell.set()
        finally:
            here.unlink(missing_ok=True)
            self.wake()

    def wake(self) -> None:
        """Ends every rest, and listening once its `stop` is set."""
        for _, bell in self._bells:
            bell.set()
        if self._socket is not None:
            self._send(_port(self._socket), b"")

    def _send(self, port: int, message: bytes) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError, OverflowError):  # it has ended since, takes no more, or is no port
                self._socket.sendto(message, (_HOST, port))


def _ports(folder: Path) -> list[int]:
    """Of those who listen; empty when the folder is gone, for nobody listens then."""
    try:
        return [int(name) for name in os.listdir(folder) if name.isdecimal()]
    except OSError:
        return []


def _bound() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((_HOST, 0))
    made.settimeout(_LISTEN_S)
    return made


def _port(bound: socket.socket) -> int:
    return int(bound.getsockname()[1])
