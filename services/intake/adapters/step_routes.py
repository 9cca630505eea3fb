"""The steps that people take with a ticket, over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from services.chassis.work import Work, Workshop
from services.contracts.ticket_events import DepartmentCode, Satisfaction, TypeCode
from services.intake.adapters.refusals import answered
from services.intake.adapters.requests import Text
from services.intake.adapters.rights import (
    Handler,
    Operator,
    anyone,
    as_independent,
    as_lead,
    handler_may_not_visit,
    no_such_ticket,
)
from services.intake.adapters.views import ticket_with_history
from services.intake.app.dispatch import ByHand, DispatchByHand
from services.intake.app.settle import Settlement, SettleTicket, Visit
from services.intake.domain.ticket import NotIndependent

MAX_ANSWER = 5_000
MAX_NOTE = 1_000

Note = Annotated[Text, Field(max_length=MAX_NOTE)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: StrictInt = Field(description="The ticket's version as you saw it.")


class DispatchBody(_Body):
    type_code: TypeCode
    reason: Note
    lead: DepartmentCode | None = Field(None, description="The catalogue's lead of the type, if left out.")


class SettlementBody(_Body):
    public_answer: Annotated[Text, Field(max_length=MAX_ANSWER)] = Field(description="What the caller is told.")
    unit_solved: StrictBool
    reason: Note | None = Field(None, description="Why not, where it is not solved.")


class VisitBody(_Body):
    caller_solved: StrictBool = Field(description="The caller's own word.")
    satisfaction: Satisfaction | None = None
    note: Note | None = None


def step_routes(workshop: Workshop, dispatch: DispatchByHand, settlement: SettleTicket) -> APIRouter:
    """Each answers with the ticket after the step; 409 says where the ticket stands, if not where it was thought to."""
    router = APIRouter(prefix="/tickets/{ticket_id}", tags=["tickets"])

    @router.post("/dispatch")
    def dispatch_ticket(ticket_id: UUID, body: DispatchBody, actor: Operator) -> dict[str, Any]:
        """Dispatches a ticket in review."""
        choice = ByHand(body.version, actor.subject, body.type_code, body.reason, body.lead)
        with answered(no_such_ticket), workshop.open() as work:
            dispatch(work, str(ticket_id), choice, anyone)
            return _shown(work, ticket_id)

    @router.post("/settlement")
    def settle_ticket(ticket_id: UUID, body: SettlementBody, actor: Handler) -> dict[str, Any]:
        """Settles a ticket: for the department that leads, or the hub in its place."""
        said = Settlement(body.version, actor.subject, body.public_answer, body.unit_solved, body.reason)
        with answered(no_such_ticket), workshop.open() as work:
            settlement.settle(work, str(ticket_id), said, as_lead(actor))
            return _shown(work, ticket_id)

    @router.post("/visit")
    def visit_caller(ticket_id: UUID, body: VisitBody, actor: Operator) -> dict[str, Any]:
        """Takes down what the caller says, and archives the ticket. Not for whoever settled it."""
        said = Visit(body.version, actor.subject, body.caller_solved, body.satisfaction, body.note)
        try:
            with answered(no_such_ticket), workshop.open() as work:
                settlement.visit(work, str(ticket_id), said, as_independent(actor))
                return _shown(work, ticket_id)
        except NotIndependent:
            raise handler_may_not_visit("You settled this ticket") from None

    return router


def _shown(work: Work, ticket_id: UUID) -> dict[str, Any]:
    ticket = ticket_with_history(work.connection, str(ticket_id))
    assert ticket
    return ticket
