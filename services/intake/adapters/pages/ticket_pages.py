"""The inbox of a unit, and a ticket's history with the forms of its next step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.chassis.identity import Actor, Role
from services.chassis.pages.forms import Fields, body_of, choice_of, number_of
from services.chassis.pages.look import Pages, done, faults_of
from services.chassis.problems import Problem
from services.chassis.work import Workshop
from services.contracts.departments import departments
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import Satisfaction
from services.intake.adapters.pages.inbox import chosen, page_of_inbox, units_of
from services.intake.adapters.refusals import answered
from services.intake.adapters.rights import (
    Handler,
    Operator,
    Reader,
    anyone,
    as_independent,
    as_lead,
    no_such_ticket,
    share_of,
)
from services.intake.adapters.step_bodies import DispatchBody, SettlementBody, VisitBody
from services.intake.adapters.views import ticket_with_history
from services.intake.app.desk import Said
from services.intake.app.settle import Visit
from services.intake.app.use_cases import TicketSteps
from services.intake.domain.steps import AT_WORK, State, Step

TABS = (State.DISPATCHED, State.IN_REVIEW, State.SETTLED, State.ARCHIVED)
MOST_PAGES = 200


def ticket_pages(workshop: Workshop, pages: Pages, steps: TicketSteps) -> APIRouter:
    router = pages.router()

    @router.get("/inbox")
    def inbox(
        request: Request,
        actor: Reader,
        of: Annotated[str, Query(max_length=40)] = "",
        state: State = State.DISPATCHED,
        page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
    ) -> Response:
        unit = chosen(of, actor)
        with workshop.engine.connect() as connection:
            items, more = page_of_inbox(connection, unit, state, page)
        own, sub_districts = units_of(actor)
        return pages.show(
            request,
            "inbox.html",
            actor,
            items=items,
            unit=unit,
            departments=list(departments()) if own is None else own,
            sub_districts=sub_districts,
            whole_district=own is None,
            state=state,
            tabs=TABS,
            number=page,
            more=more and page < MOST_PAGES,
            now=workshop.clock.now(),
        )

    @router.get("/tickets/{ticket_id}")
    def ticket(request: Request, actor: Reader, ticket_id: UUID) -> Response:
        return _ticket(request, actor, ticket_id)

    @router.post("/tickets/{ticket_id}/dispatch")
    def send(request: Request, actor: Operator, ticket_id: UUID, fields: Fields) -> Response:
        try:
            body = body_of(DispatchBody, _entered(fields, "type_code", "lead", "reason"))
            said = Said(body.version, actor.subject, body.reason)
            with answered(no_such_ticket), workshop.open() as work:
                steps.review.dispatch(work, str(ticket_id), said, body.correction(), body.lead, anyone)
        except Problem as problem:
            return _ticket(request, actor, ticket_id, fields, problem)
        return done(f"/pages/tickets/{ticket_id}", "dispatched")

    @router.post("/tickets/{ticket_id}/settlement")
    def settle(request: Request, actor: Handler, ticket_id: UUID, fields: Fields) -> Response:
        solved = {"unit_solved": choice_of(fields.get("unit_solved"))}
        try:
            body = body_of(SettlementBody, _entered(fields, "public_answer", "reason") | solved)
            said = Said(body.version, actor.subject)
            with answered(no_such_ticket), workshop.open() as work:
                steps.settlement.settle(work, str(ticket_id), said, body.result(), as_lead(actor))
        except Problem as problem:
            return _ticket(request, actor, ticket_id, fields, problem)
        return done(f"/pages/tickets/{ticket_id}", "settled")

    @router.post("/tickets/{ticket_id}/visit")
    def visit(request: Request, actor: Operator, ticket_id: UUID, fields: Fields) -> Response:
        solved = {"caller_solved": choice_of(fields.get("caller_solved"))}
        try:
            body = body_of(VisitBody, _entered(fields, "satisfaction", "note") | solved)
            said = Said(body.version, actor.subject, body.note or "")
            visit = Visit(body.caller_solved, body.satisfaction, body.redo)
            with answered(no_such_ticket), workshop.open() as work:
                steps.settlement.visit(work, str(ticket_id), said, visit, as_independent(actor))
        except Problem as problem:
            return _ticket(request, actor, ticket_id, fields, problem)
        return done(f"/pages/tickets/{ticket_id}", "visited")

    def _ticket(
        request: Request,
        actor: Actor,
        ticket_id: UUID,
        entered: Mapping[str, str] | None = None,
        problem: Problem | None = None,
    ) -> Response:
        """The ticket as it stands now; above it, why a form was refused, and in the form what was entered."""
        if problem and problem.status_code not in (409, 422):
            raise problem
        with workshop.engine.connect() as connection:
            ticket = ticket_with_history(connection, str(ticket_id))
        share = share_of(actor)
        if ticket is None or (share and not share.holds(ticket)):
            raise no_such_ticket()
        return pages.show(
            request,
            "ticket.html",
            actor,
            status=problem.status_code if problem else 200,
            ticket=ticket,
            form=_form(ticket, actor),
            types=taxonomy().types,
            departments=departments(),
            satisfactions=Satisfaction,
            now=workshop.clock.now(),
            entered=entered or {},
            problem=problem,
            faults=faults_of(problem) if problem else [],
            what=request.query_params.get("done"),
        )

    return router


def _entered(fields: Mapping[str, str], *names: str) -> dict[str, Any]:
    return {"version": number_of(fields.get("version")), **{name: fields.get(name) for name in names}}


def _form(ticket: Mapping[str, Any], actor: Actor) -> str | None:
    """The form that the actor may send now; whether it is taken, the use case decides."""
    hub, speaks_for_lead = Role.HUB in actor.roles, ticket["lead"] in actor.departments
    match ticket["state"]:
        case State.IN_REVIEW if hub:
            return "dispatch"
        case state if state in AT_WORK and (hub or speaks_for_lead):
            return "settlement"
        case State.SETTLED if hub and not speaks_for_lead and not _settled_by(ticket, actor):
            return "visit"
    return None


def _settled_by(ticket: Mapping[str, Any], actor: Actor) -> bool:
    return any(line["step"] == Step.SETTLE and line["actor"] == actor.subject for line in ticket["history"])
