"""Group commit: requests that come at the same time share a transaction, and are answered after its commit."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from services.chassis.errors import Kind, kind_of
from services.chassis.work import Workshop
from services.intake.app.ports import KeyReused
from services.intake.app.receive import ReceiveTicket, Request

MOST = 64
"""Requests that share a transaction."""


@dataclass(slots=True)
class _Waiting:
    request: Request
    outcome: tuple[str, bool] | None = None
    fault: Exception | None = None
    done: bool = False


class Reception:
    """Thread-safe. Whoever finds nobody at work takes down what waits by then, their own request among it."""

    def __init__(self, workshop: Workshop, receive: ReceiveTicket) -> None:
        self._workshop = workshop
        self._receive = receive
        self._queue: deque[_Waiting] = deque()
        self._at_work = threading.Lock()

    def file(self, request: Request) -> tuple[str, bool]:
        """The ticket's id and whether it is new, after the commit.

        Raises what taking it down alone raises, KeyReused too: a request at fault does not harm those beside it.
        """
        waiting = _Waiting(request)
        self._queue.append(waiting)
        while not waiting.done:
            with self._at_work:
                if not waiting.done:
                    self._take([self._queue.popleft() for _ in range(min(MOST, len(self._queue)))])
        if waiting.fault:
            raise waiting.fault
        if waiting.outcome is None:
            raise KeyReused(request.idempotency_key)
        return waiting.outcome

    def _take(self, group: list[_Waiting]) -> None:
        try:
            with self._workshop.open() as work:
                outcomes = self._receive.many(work, [one.request for one in group])
        except Exception as fault:  # noqa: BLE001 - each gets what is theirs
            if len(group) > 1 and kind_of(fault) is not Kind.RETRY:
                for one in group:
                    self._take([one])
                return
            for one in group:
                one.fault = fault
        else:
            for one, outcome in zip(group, outcomes, strict=True):
                one.outcome = outcome
        for one in group:
            one.done = True
