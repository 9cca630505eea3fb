"""Group commit: concurrent requests share a transaction and are answered after its commit.

Whoever is slow or wrong costs itself alone. What can be done before is done before, in the request's own thread. A
group whose statement waits for longer than a bound, or fails, is rolled back, and its members are recorded one by one
beside the next groups; one that is slow even then waits at a place of its own.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass

from services.chassis.database.work import Workshop
from services.chassis.messaging.errors import Kind, Retry, kind_of, sqlstate_of, was_rolled_back
from services.intake.app.receipt_ports import KeyReused
from services.intake.app.receive_ticket import Prepared, Receipt, ReceiveTicket, Request

MOST = 64
"""Requests that share a transaction at most."""
FEW, GATHER_S = 8, 0.025
"""Within `GATHER_S` of the last group a smaller one than `FEW` waits as long for others. A request that comes alone
does not."""
SINGLES = 2
"""Members of failed groups that are recorded at once, each in a transaction of its own."""
SLOW = 3
"""Slow requests that wait at once, each with a connection. The next is refused with Retry."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a statement may take at most, and what of it may be waiting for a lock; in milliseconds."""

    lock_ms: int
    statement_ms: int


SHARED = Bound(lock_ms=200, statement_ms=1_000)
"""For everybody whom others wait for: so much a slow member costs its group, and a group the next."""
OWN = Bound(lock_ms=5_000, statement_ms=10_000)

_TOO_LONG = ("55P03", "57014")
"""SQLSTATE of a lock that did not come in time, and of a statement that was cancelled for its length."""


@dataclass(slots=True)
class _Waiting:
    request: Prepared
    outcome: Receipt | None = None
    fault: Exception | None = None
    done: bool = False
    suspect: bool = False
    """Its group failed; whether by its fault is not known."""


class GroupCommit:
    """Thread-safe. The first thread to get the lock records all waiting requests, its own among them."""

    def __init__(self, workshop: Workshop, receive: ReceiveTicket) -> None:
        self._workshop = workshop
        self._receive = receive
        self._queue: deque[_Waiting] = deque()
        self._at_work = threading.Lock()
        self._singles = threading.Semaphore(SINGLES)
        self._slow = threading.Semaphore(SLOW)
        self._last_ended = 0.0

    def file(self, request: Request) -> Receipt:
        """Records the request; returns after the commit.

        Raises what ReceiveTicket raises for this request, and Retry if it is slow while others are.
        """
        waiting = _Waiting(self._receive.prepared(request))
        self._queue.append(waiting)
        while not waiting.done:
            with self._at_work:
                if not waiting.done:
                    if len(self._queue) < FEW and time.monotonic() < self._last_ended + GATHER_S:
                        time.sleep(GATHER_S)
                    self._take([self._queue.popleft() for _ in range(min(MOST, len(self._queue)))])
        if waiting.suspect:
            with self._singles:
                self._record([waiting], SHARED)
        if waiting.fault and sqlstate_of(waiting.fault) in _TOO_LONG:
            self._wait_apart(waiting)
        if waiting.fault:
            raise waiting.fault
        if waiting.outcome is None:
            raise KeyReused(request.idempotency_key)
        return waiting.outcome

    def _take(self, group: list[_Waiting]) -> None:
        self._record(group, SHARED)
        self._last_ended = time.monotonic()
        fault = group[0].fault
        if len(group) > 1 and fault and _concerns_one(fault):
            for one in group:
                one.suspect = True
        for one in group:
            one.done = True

    def _wait_apart(self, waiting: _Waiting) -> None:
        if not self._slow.acquire(blocking=False):
            raise Retry(f"{SLOW} requests wait for the database already") from waiting.fault
        try:
            self._record([waiting], OWN)
        finally:
            self._slow.release()

    def _record(self, group: list[_Waiting], bound: Bound) -> None:
        """Gives all of them an outcome, or all the same fault."""
        try:
            with self._workshop.open() as work:
                work.bound(lock_ms=bound.lock_ms, statement_ms=bound.statement_ms)
                outcomes = self._receive.many(work, [one.request for one in group])
        except Exception as fault:  # noqa: BLE001 - each gets what is theirs
            for one in group:
                one.fault = fault
        else:
            for one, outcome in zip(group, outcomes, strict=True):
                one.outcome, one.fault = outcome, None


def _concerns_one(fault: Exception) -> bool:
    """Whether a member may be to blame; not when the database is away, where trying one by one helps nobody."""
    return kind_of(fault) is not Kind.RETRY or was_rolled_back(fault) or sqlstate_of(fault) in _TOO_LONG
