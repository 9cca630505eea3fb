"""Rows to intake, in batches that may be sent again: intake knows a row by its source and source id."""

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
    """Intake takes no more, and what to do. What was answered so far is stored."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one row: a ticket (`repeated` when it was there before), or the problem."""

    repeated: bool = False
    problem: str | None = None


class Intake:
    """One client of `POST /tickets/batch`. `headers` is asked anew for each request, so that a token may be fresh."""

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

    def send(self, tickets: Sequence[bytes]) -> list[Answer]:
        """The answers in the order of the tickets (each a JSON object). A batch without an answer is sent again, with
        growing pauses; one that is refused as a whole is halved until the row at fault stands alone. Raises Stopped.
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
            return [Answer(problem=why[1])]
        middle = len(tickets) // 2
        return self.send(tickets[:middle]) + self.send(tickets[middle:])

    def _post(self, body: bytes) -> httpx.Response:
        """Any answer but "try again later"; that, and silence, are waited out for `patience_s`."""
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
                told = response.headers.get("Retry-After", "")
                wait = float(told) if told.isdigit() else pause
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


def _answer(result: Mapping[str, Any]) -> Answer:
    problem = result.get("problem")
    if problem is None:
        return Answer(repeated=result["repeated"])
    return Answer(problem=f"{problem['field']}: {problem['message']} ({problem['remedy']})")


def _faults_outside_rows(response: httpx.Response) -> bool:
    """Whether the batch is refused for what all its rows share: its source, its mode, its form."""
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
