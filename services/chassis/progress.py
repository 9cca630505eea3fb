"""`GET /progress`: how far a service has come, for whoever must wait until all is quiet (the demo's clock, tests)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from services.chassis.outbox import backlog
from services.chassis.timers import Input, due_count
from services.chassis.work import Workshop


def progress_routes(workshop: Workshop, inputs: Mapping[str, Input]) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/progress")
    def progress() -> dict[str, Any]:
        """`outbox` and `timers_due` count what waits; `read_until`: the real time up to which all is settled."""
        with workshop.engine.connect() as connection:
            timers_due = due_count(connection, workshop.clock.now())
        return {
            "outbox": backlog(workshop.engine).depth,
            "timers_due": timers_due,
            "read_until": {name: one.read_until for name, one in inputs.items()},
        }

    return router
