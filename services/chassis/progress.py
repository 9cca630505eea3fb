"""`GET /progress`: how far a service has come, for whoever must wait until all is quiet (the demo's clock, tests)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from fastapi import APIRouter

from services.chassis.outbox import backlog
from services.chassis.timers import Input, due_count
from services.chassis.work import Workshop


class Reader(Input, Protocol):
    """A consumer, as far as others wait for it."""

    @property
    def settled(self) -> dict[str, int]:
        """By topic, the sum over partitions of the offsets up to which it has settled what it read."""


def progress_routes(workshop: Workshop, readers: Mapping[str, Reader]) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/progress")
    def progress() -> dict[str, Any]:
        """`outbox` and `timers_due` count what waits. By consumer: `read_until`, the real time up to which all is
        settled; `settled`, how many records of each topic are, while this process alone has read it from its beginning.
        """
        with workshop.engine.begin() as connection:
            timers_due = due_count(connection, workshop.clock.now())
        return {
            "outbox": backlog(workshop.engine).depth,
            "timers_due": timers_due,
            "read_until": {name: one.read_until for name, one in readers.items()},
            "settled": {name: one.settled for name, one in readers.items()},
        }

    return router
