"""A client of an application in this process, for tests that send thousands of requests."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, MutableMapping
from typing import Any, Self
from urllib.parse import unquote

import anyio
import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient


class AppClient(TestClient):
    """As a TestClient that raises no server exceptions, on the event loop that all tests share, `TestClient.portal`.

    It changes to the loop's thread once a request; Starlette's own transport does it eight times, which takes longer
    than most answers. An answer is whole when it comes: nothing streams.
    """

    def __init__(
        self,
        app: FastAPI,
        *,
        base_url: str = "http://testserver",
        headers: Mapping[str, str] | None = None,
        follow_redirects: bool = True,
        client: tuple[str, int] = ("testclient", 50000),
    ) -> None:
        httpx.Client.__init__(
            self,
            base_url=base_url,
            headers={"user-agent": "testclient", **(headers or {})},
            follow_redirects=follow_redirects,
            transport=_OneCall(app, client),
        )
        self.app = app

    def __enter__(self) -> Self:
        """Without a lifespan: our applications have none in a test."""
        return self

    def __exit__(self, *_: object) -> None:
        """It may be entered again."""


class _OneCall(httpx.BaseTransport):
    def __init__(self, app: FastAPI, client: tuple[str, int]) -> None:
        self._app = app
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert TestClient.portal is not None
        return TestClient.portal.call(self._answer, request, request.read())

    async def _answer(self, request: httpx.Request, content: bytes) -> httpx.Response:
        status, headers, body = 500, [], bytearray()
        unread, answered = [content], anyio.Event()

        async def receive() -> dict[str, Any]:
            if unread:
                return {"type": "http.request", "body": unread.pop()}
            await answered.wait()
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message["headers"])
            else:
                body.extend(message["body"] if request.method != "HEAD" else b"")
                if not message.get("more_body"):
                    answered.set()

        with contextlib.suppress(Exception):  # as a server does, when the application has answered with 500
            await self._app(self._scope(request), receive, send)
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(bytes(body)))

    def _scope(self, request: httpx.Request) -> dict[str, Any]:
        path = request.url.raw_path.split(b"?", 1)[0]
        return {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": unquote(path.decode()),
            "raw_path": path,
            "root_path": "",
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": self._client,
            "server": (request.url.host, request.url.port or 80),
            "state": {},
        }
