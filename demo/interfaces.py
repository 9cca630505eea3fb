"""The services as people use them: over HTTP, each person with a token of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from demo.quiet import Progress
from services.chassis.web.patience import PatientTransport
from services.localstack.stack import Stack

AT_A_TIME = 4
PAGE = 200
ANSWER_WITHIN_S = 30
PATIENCE_S = 180
"""How long a service that cannot answer is asked again."""

T = TypeVar("T")
R = TypeVar("R")
Seen = dict[str, Any]
"""A ticket, a hot issue, a project or a follow-up as its service shows it; all have a `version`."""


class Refused(RuntimeError):
    """A service did not do what was asked; the message is its own. `status` and `errors` as in its answer."""

    def __init__(self, message: str, status: int = 0, errors: Sequence[dict[str, str]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.errors = errors


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
        """A client of one service with a role, for a machine that makes its requests itself."""
        url = next(one.url for one in self._stack.services if one.service == service)
        return self._client(self._bearer(role), url)

    def passer_by(self, service: str) -> httpx.Client:
        """A client of one service without any role."""
        return self._client({}, next(one.url for one in self._stack.services if one.service == service))

    @property
    def services(self) -> list[str]:
        return [one.service for one in self._stack.services]

    def progress(self, services: Collection[str]) -> dict[str, Progress]:
        """The `GET /progress` of each of these services."""
        urls = {one.service: f"{one.url}/progress" for one in self._stack.services if one.service in services}
        return dict(zip(urls, self.all_at_once(self._progress_of, urls.values()), strict=True))

    def all_at_once(self, act: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Calls `act` for each item, AT_A_TIME in parallel; the results in order. Raises what any of them raised."""
        return list(self._pool.map(act, items))

    def _progress_of(self, url: str) -> Progress:
        progress: Progress = self._open.get(url).raise_for_status().json()
        return progress

    def _as_role(self, *roles: str) -> Person:
        urls = {one.service: one.url for one in self._stack.services}
        return Person(self._client(self._bearer(*roles)), urls)

    def _bearer(self, *roles: str) -> dict[str, str]:
        token = self._stack.issuer.mint(subject(*roles), list(roles))
        return {"Authorization": f"Bearer {token}"}

    def _client(self, headers: dict[str, str], base_url: str = "") -> httpx.Client:
        # Idle connections are closed before the services close them (5 s): a request could meet one just closed.
        limits = httpx.Limits(keepalive_expiry=2)
        transport = PatientTransport(httpx.HTTPTransport(limits=limits), PATIENCE_S)
        client = httpx.Client(base_url=base_url, headers=headers, timeout=ANSWER_WITHIN_S, transport=transport)
        self._clients.append(client)
        return client


def subject(*roles: str) -> str:
    """The name under which the services record what a person with these roles does."""
    return f"demo-{'-'.join(roles).replace(':', '-')}"


class Person:
    """Somebody with a role, who reads and changes what the services keep."""

    def __init__(self, client: httpx.Client, urls: dict[str, str]) -> None:
        self._client = client
        self._urls = urls

    def get(self, service: str, path: str, **query: Any) -> Any:
        return _content(self._request("GET", service, path, params=query))

    def post(self, service: str, path: str, body: dict[str, Any]) -> Any:
        """For commands that may be repeated: a request without an answer is sent again."""
        return _content(self._request("POST", service, path, json=body))

    def step(
        self,
        service: str,
        thing: str,
        step: str,
        body: dict[str, Any],
        *,
        version: int | None = None,
        wanted: Callable[[Seen], bool],
    ) -> None:
        """Takes a step with the thing at the path `thing`, as it was seen in `version`; looks first if that is None.

        409 says that the thing has changed: it is looked at again, and the step repeated only if it is still `wanted`.
        Otherwise nothing is left to do: somebody else was quicker, or the answer to our own request was lost. Raises
        Refused when the step does not fit a thing that has not changed.
        """
        if version is None:
            version = self.get(service, thing)["version"]
        while True:
            answer = self._request("POST", service, f"{thing}/{step}", json={"version": version} | body)
            if answer.status_code != httpx.codes.CONFLICT:
                _content(answer)
                return
            seen = self.get(service, thing)
            if seen["version"] == version:
                raise _refused(answer)
            if not wanted(seen):
                return
            version = seen["version"]

    def pages(self, service: str, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a list."""
        cursor = None
        while True:
            page = self.get(service, path, **query, limit=PAGE, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page.get("next")
            if not cursor:
                return

    def _request(self, method: str, service: str, path: str, **request: Any) -> httpx.Response:
        return self._client.request(method, self._urls[service] + path, **request)


def _content(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise _refused(answer)
    return answer.json()


def _refused(answer: httpx.Response) -> Refused:
    request = answer.request
    problem = answer.json() if answer.headers.get("content-type", "").endswith("json") else {}
    said = f"{request.method} {request.url}: {answer.status_code} {answer.text}"
    return Refused(said, answer.status_code, problem.get("errors", ()))
