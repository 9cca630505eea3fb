"""How our own clients wait for a service that cannot answer now: the same request again, when the service says so."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx

LATER = frozenset({408, 425, 429, 502, 503, 504})
"""Answers that mean "not now": the request was not refused."""

NO_ANSWER = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 10.0


class PatientTransport(httpx.BaseTransport):
    """Repeats a request that got no answer, or one of LATER, unchanged and so with the same Idempotency-Key.

    It pauses for the answer's Retry-After (seconds), otherwise ever longer. After `patience_s` the last answer is
    returned, or the last error raised. What became of a request without an answer is unknown: use it only for requests
    that may be repeated, which are those with an Idempotency-Key, those with the version they are meant for, and reads.
    """

    def __init__(
        self,
        transport: httpx.BaseTransport,
        patience_s: float,
        *,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._transport = transport
        self._patience_s = patience_s
        self._sleep = sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadline, pause = time.monotonic() + self._patience_s, FIRST_PAUSE_S
        while True:
            wait = pause
            try:
                answer = self._transport.handle_request(request)
            except NO_ANSWER:
                if time.monotonic() + wait > deadline:
                    raise
            else:
                asked = answer.headers.get("Retry-After", "")
                wait = float(asked) if asked.isdecimal() else pause
                if answer.status_code not in LATER or time.monotonic() + wait > deadline:
                    return answer
                answer.close()
            self._sleep(wait)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def close(self) -> None:
        self._transport.close()
