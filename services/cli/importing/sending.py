"""Sends rows to intake in batches. A batch may be sent again: intake knows a row by its source and source id."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

BATCH_ROWS = 500
BATCH_BYTES = 4_000_000
"""A quarter of what intake takes as one body."""
PATIENCE_S = 300.0
_LONGEST_WAIT_S = 10.0
_TRY_AGAIN = frozenset({408, 425, 429})
_NO_ENTRY = {
    401: "the token is not valid: get a fresh one with the role hub",
    403: "the token lacks the role hub: get one that has it",
    404: "there is no intake that takes batches: check --url",
    405: "there is no intake that takes batches: check --url",
}

Item = TypeVar("Item")


class Stopped(Exception):
    """Intake accepts no more rows. The message says what to do; rows answered so far are stored."""


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """The result of one row: a ticket (`repeated` if it was there before) with its number, or the problem."""

    number: str | None = None
    repeated: bool = False
    problem: str | None = None


class Intake:
    """A client of `POST /tickets/batch`. `headers` is called for each request, so that the token stays valid."""

    def __init__(
        self,
        client: httpx.Client,
        headers: Callable[[], Mapping[str, str]],
        *,
        source: str,
        mode: str,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._client = client
        self._headers = headers
        self._frame = json.dumps({"source": source, "mode": mode}, ensure_ascii=False).encode()[:-1]
        self._patience_s = patience_s

    def send(self, tickets: Sequence[bytes]) -> list[RowAnswer]:
        """Returns an answer for each ticket (a JSON object), in order. A batch without an answer is sent again, with
        growing pauses; a batch that is refused as a whole is halved until the faulty row is alone. Raises Stopped.
        """
        if not tickets:
            return []
        response = self._post(self._frame + b', "tickets": [' + b",".join(tickets) + b"]}")
        if response.is_success:
            results = response.json()["results"]
            if len(results) != len(tickets):
                raise Stopped(f"intake answered {len(results)} rows to {len(tickets)}: it is of another version")
            return [_answer(result) for result in results]
        why = response.status_code, _detail(response)
        if response.status_code in _NO_ENTRY or _faults_outside_rows(response):
            raise Stopped(f"intake refused the batch ({why[0]}): {_NO_ENTRY.get(*why)}")
        if len(tickets) == 1:
            return [RowAnswer(problem=why[1])]
        middle = len(tickets) // 2
        return self.send(tickets[:middle]) + self.send(tickets[middle:])

    def _post(self, body: bytes) -> httpx.Response:
        """Returns any answer except "try again later", which is retried for `patience_s`, as is a lost connection."""
        began, pause = time.monotonic(), 0.25
        while True:
            wait = pause
            try:
                headers = {"Content-Type": "application/json", **self._headers()}
                response = self._client.post("/tickets/batch", content=body, headers=headers)
            except httpx.TransportError as error:
                last = type(error).__name__
            else:
                if response.status_code < 500 and response.status_code not in _TRY_AGAIN:
                    return response
                last = f"status {response.status_code}"
                asked = response.headers.get("Retry-After", "")
                wait = float(asked) if asked.isdigit() else pause
            if time.monotonic() + wait > began + self._patience_s:
                raise Stopped(
                    f"intake at {self._client.base_url} has not taken a batch for {self._patience_s:.0f} s ({last})"
                )
            time.sleep(wait)
            pause = min(pause * 2, _LONGEST_WAIT_S)


def in_batches(items: Iterable[Item], size: Callable[[Item], int]) -> Iterator[list[Item]]:
    """Runs of at most BATCH_ROWS items that together have at most BATCH_BYTES, unless a single one has more."""
    batch: list[Item] = []
    total = 0
    for item in items:
        if batch and (len(batch) == BATCH_ROWS or total + size(item) > BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += size(item)
    if batch:
        yield batch


def _answer(result: Mapping[str, Any]) -> RowAnswer:
    problem = result.get("problem")
    if problem is None:
        return RowAnswer(result.get("number"), result["repeated"])
    return RowAnswer(problem=f"{problem['field']}: {problem['message']} ({problem['remedy']})")


def _faults_outside_rows(response: httpx.Response) -> bool:
    """Whether the batch is refused because of what all its rows share: source, mode or form."""
    fields = [str(error.get("field", "")) for error in _problem(response).get("errors") or ()]
    return bool(fields) and not any(field.startswith("body.tickets.") for field in fields)


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _detail(response: httpx.Response) -> str:
    return str(_problem(response).get("detail") or f"refused with status {response.status_code}")
