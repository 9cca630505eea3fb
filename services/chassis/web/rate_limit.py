"""How often one client may do what guesses or floods: a bucket for each address, refilled with time."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.requests import HTTPConnection

from services.chassis.web.problems import Problem

MOST_CLIENTS = 10_000
"""The addresses remembered; the one that was longest quiet is forgotten first."""


class RateLimit:
    """At most `times` at once, and one more every `every_s` seconds, for each client's address; or for all together,
    with `in_total`. Thread-safe.

    Counts within this process: several processes allow as many times more.
    """

    def __init__(
        self, times: int, every_s: float, now: Callable[[], float] = time.monotonic, *, in_total: bool = False
    ) -> None:
        self._client: Callable[[HTTPConnection], str] = (lambda _: "") if in_total else _address
        self._times = times
        self._every_s = every_s
        self._now = now
        self._lock = threading.Lock()
        self._used: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """(how many are used up, as of when) by address"""

    def check(self, request: HTTPConnection) -> None:
        """Raises Problem 429 with Retry-After when the client has used up its turns; uses none."""
        with self._lock:
            used = self._used_by(self._client(request))
        if used > self._times - 1:
            wait = max(1, math.ceil((used - self._times + 1) * self._every_s))
            detail = f"Try again in {wait} s."
            raise Problem(429, "too-often", "That was too often", detail, headers={"Retry-After": str(wait)})

    def use(self, request: HTTPConnection) -> None:
        """Uses up one turn of the client."""
        with self._lock:
            address = self._client(request)
            self._used[address] = self._used_by(address) + 1, self._now()
            self._used.move_to_end(address)
            while len(self._used) > MOST_CLIENTS:
                self._used.popitem(last=False)

    def _used_by(self, address: str) -> float:
        used, at = self._used.get(address, (0.0, 0.0))
        return max(0.0, used - (self._now() - at) / self._every_s)


class Guesses:
    """How often links and codes that do not work may be tried by whoever needs no login: 10 at once by one address, and
    one more every 30 s; 300 at once by all together, since a short code can be guessed from many addresses, and one
    more every second.
    """

    def __init__(self) -> None:
        self._limits = RateLimit(10, 30.0), RateLimit(300, 1.0, in_total=True)

    def check(self, request: HTTPConnection) -> None:
        """Raises Problem 429 when the client, or all together, guessed too often."""
        for limit in self._limits:
            limit.check(request)

    def wrong(self, request: HTTPConnection) -> None:
        """The client tried what does not work."""
        for limit in self._limits:
            limit.use(request)


def _address(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""
