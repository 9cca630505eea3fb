"""`POST /tickets/{ticket_id}/…`: the steps that people take with a ticket, one route a row of the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.chassis.database.work import Workshop
from services.chassis.web.answers import json_answer
from services.chassis.web.identity import Actor
from services.intake.http.refusals import answered
from services.intake.http.rights import Handler, Operator, no_such_ticket
from services.intake.http.step_table import STEP_TABLE, StepRow, TicketSteps
from services.intake.store.ticket_views import ticket_with_history


def step_routes(workshop: Workshop, steps: TicketSteps) -> APIRouter:
    """Each answers with the ticket after the step; 409 gives its version and state if the step does not fit them."""
    router = APIRouter(prefix="/tickets/{ticket_id}", tags=["tickets"])
    for row in STEP_TABLE.values():
        router.add_api_route(
            f"/{row.path}",
            _route(workshop, steps, row),
            methods=["POST"],
            name=row.step.value.replace(" ", "_"),
            summary=row.step.value,
            description=row.about,
        )
    return router


def _route(workshop: Workshop, steps: TicketSteps, row: StepRow) -> Callable[..., Response]:
    def take_step(ticket_id: UUID, body: Any, actor: Actor) -> Response:
        with answered(no_such_ticket), workshop.open() as work:
            row.take(steps, work, str(ticket_id), body, actor)
            ticket = ticket_with_history(work.connection, str(ticket_id))
            assert ticket
            return json_answer(ticket)

    # FastAPI reads what a route takes from its annotations.
    actor = Handler if row.by_department else Operator
    take_step.__annotations__ |= {"ticket_id": UUID, "body": row.body, "actor": actor, "return": Response}
    return take_step
