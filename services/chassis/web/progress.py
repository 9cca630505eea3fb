"""`GET /progress`: how far a service has read, for clients that wait until all is done (the demo's clock, tests)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.chassis.messaging.outbox import backlog
from services.chassis.messaging.timers import Input, due_count


class ProgressReader(Input, Protocol):
    """A consumer that others wait for."""

    @property
    def settled(self) -> dict[str, int]:
        """By topic, the sum over partitions of the offsets up to which it has settled."""


def progress_routes(
    workshop: Workshop, readers: Mapping[str, ProgressReader], on_due: Callable[[], None] = lambda: None
) -> APIRouter:
    """`on_due` is called when deadlines are due: whoever asks for the progress waits for them."""
    router = APIRouter(include_in_schema=False)

    @router.get("/progress")
    def progress() -> dict[str, Any]:
        """`outbox` and `timers_due` count what waits. By consumer: `read_until`, the real time up to which all is
        settled; `settled`, how many records of each topic are, while this process alone has read it from its beginning.
        """
        with workshop.engine.begin() as connection:
            timers_due = due_count(connection, workshop.clock.now())
        if timers_due:
            on_due()
        return {
            "outbox": backlog(workshop.engine).depth,
            "timers_due": timers_due,
            "read_until": {name: one.read_until for name, one in readers.items()},
            "settled": {name: one.settled for name, one in readers.items()},
        }

    return router
