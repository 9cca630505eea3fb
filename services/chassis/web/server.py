"""The HTTP server of a service: uvicorn, and which of its features are off."""

from __future__ import annotations

import asyncio
from asyncio import TimerHandle, Transport
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.chassis.settings import Settings

HEAD_WITHIN_S = 10.0
MOST_CONNECTIONS = 2048
TICK_S = 1.0
"""How often the clock of the answers' `date` is set."""


class Server(uvicorn.Server):
    """Ends when `stop` is called, and leaves the process's signals alone.

    uvicorn's way is to look ten times a second whether it is to end, and to end the process by the signal when HTTP has
    ended and other work has not.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Returns at once; for signal handlers and any thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._stopped.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), TICK_S)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class ImpatientProtocol(HttpToolsProtocol):
    """Closes a connection whose request head is not whole within `HEAD_WITHIN_S`; uvicorn alone waits for ever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_by: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        self._head_is_here()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._head_by is None:
            self._head_by = self.loop.call_later(HEAD_WITHIN_S, self.transport.abort)

    def _head_is_here(self) -> None:
        if self._head_by is not None:
            self._head_by.cancel()
            self._head_by = None


def server_config(settings: Settings, app: FastAPI) -> uvicorn.Config:
    """Of a server on the address of `settings`, at most `MOST_CONNECTIONS` at once (the next are answered 503)."""
    return uvicorn.Config(
        app,
        host=settings.http_host,
        port=settings.http_port,
        http=ImpatientProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=2,
    )
