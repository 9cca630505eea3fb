"""The services as people use them: over HTTP, each with a token of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from demo.quiet import Ask, Progress
from services.cli.local.stack import Stack

AT_A_TIME = 4
PAGE = 200

T = TypeVar("T")
R = TypeVar("R")


class Refused(RuntimeError):
    """A service did not do what was asked; the message is its own."""


class Interfaces:
    """Clients of a running stack. `as_role` may be used from several threads."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._pool = ThreadPoolExecutor(AT_A_TIME)
        self._clients: list[httpx.Client] = []
        self.as_role = cache(self._as_role)
        self.client = cache(self._machine)
        self._open = self._client({})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        for client in self._clients:
            client.close()

    def _machine(self, role: str, service: str) -> httpx.Client:
        """A client with a role, for who speaks HTTP of their own."""
        url = next(one.url for one in self._stack.services if one.service == service)
        return self._client(self._bearer(role), url)

    def progress(self) -> dict[str, Ask]:
        """For each service, how it is asked how far it has come."""
        return {one.service: partial(self._progress_of, f"{one.url}/progress") for one in self._stack.services}

    def all_at_once(self, act: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """`act` for each, a few at a time; the results in order. Raises what any of them raised."""
        return list(self._pool.map(act, items))

    def _progress_of(self, url: str) -> Progress:
        told: Progress = self._open.get(url).json()
        return told

    def _as_role(self, role: str) -> Person:
        urls = {one.service: one.url for one in self._stack.services}
        return Person(self._client(self._bearer(role)), urls)

    def _bearer(self, role: str) -> dict[str, str]:
        token = self._stack.issuer.mint(f"demo-{role.replace(':', '-')}", [role])
        return {"Authorization": f"Bearer {token}"}

    def _client(self, headers: dict[str, str], base_url: str = "") -> httpx.Client:
        # Connections at rest are given up before the services do so (5 s), or a request could meet one just closed.
        limits = httpx.Limits(keepalive_expiry=2)
        client = httpx.Client(base_url=base_url, headers=headers, timeout=30, limits=limits)
        self._clients.append(client)
        return client


class Person:
    """Somebody with a role, who asks services and tells them."""

    def __init__(self, client: httpx.Client, urls: dict[str, str]) -> None:
        self._client = client
        self._urls = urls

    def get(self, service: str, path: str, **query: Any) -> Any:
        return self._answer("GET", service, path, params=query)

    def post(self, service: str, path: str, body: dict[str, Any]) -> Any:
        return self._answer("POST", service, path, json=body)

    def pages(self, service: str, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a list."""
        cursor = None
        while True:
            page = self.get(service, path, **query, limit=PAGE, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page.get("next")
            if not cursor:
                return

    def _answer(self, method: str, service: str, path: str, **request: Any) -> Any:
        answer = self._client.request(method, self._urls[service] + path, **request)
        if answer.status_code >= 400:
            raise Refused(f"{method} {path} on {service}: {answer.status_code} {answer.text}")
        return answer.json()
