"""`GET /progress`: how far a service has read, for clients that wait until all is done (the demo's clock, tests)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.chassis.messaging.outbox import backlog
from services.chassis.messaging.published import Published
from services.chassis.messaging.timers import Reader, due_count


class ProgressReader(Reader, Protocol):
    """A reader that shows how far it has come on each topic."""

    @property
    def settled(self) -> dict[str, int]:
        """By topic, the sum over partitions of the offsets up to which it has settled."""


def progress_routes(
    workshop: Workshop, readers: Mapping[str, ProgressReader], published: Published, on_ask: Callable[[], None]
) -> APIRouter:
    """`on_ask` is called first: whoever asks for the progress waits for what is still to be done."""
    router = APIRouter(include_in_schema=False)

    @router.get("/progress")
    def progress() -> dict[str, Any]:
        """`outbox` and `timers_due` count what waits. By consumer: `read_until`, the real time up to which all is
        settled; `settled`, how many records of each topic are, while this process alone has read it from its beginning.
        `published`: how many each topic holds, as this process knows from the last one it has published there.
        """
        on_ask()
        # In this order nothing slips through: what is read may set a deadline, and both may leave an event to publish.
        read_until = {name: one.read_until for name, one in readers.items()}
        settled = {name: one.settled for name, one in readers.items()}
        with workshop.engine.begin() as connection:
            timers_due = due_count(connection, workshop.clock.now())
        outbox = backlog(workshop.engine).depth
        return {
            "outbox": outbox,
            "timers_due": timers_due,
            "read_until": read_until,
            "settled": settled,
            "published": published.by_topic(),
        }

    return router
