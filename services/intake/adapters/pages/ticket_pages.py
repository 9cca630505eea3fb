"""A ticket for people: facts, clocks, history, links, and the forms of the steps that its reader may take now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.chassis.identity import Actor
from services.chassis.pages.forms import Fields, body_of
from services.chassis.pages.look import Pages, done, faults_of
from services.chassis.problems import Problem
from services.chassis.work import Workshop
from services.intake.adapters.pages.bars import bars_of
from services.intake.adapters.pages.fields import values_of
from services.intake.adapters.pages.step_forms import FORMS, Form, Seen, comes_next, forms_for
from services.intake.adapters.pages.telling import reason, told
from services.intake.adapters.refusals import answered
from services.intake.adapters.related import related_to
from services.intake.adapters.rights import Handler, Operator, Reader, may_lead, no_such_ticket, seen_by, share_of
from services.intake.app.use_cases import TicketSteps
from services.intake.domain.attachment import Purpose

RELATED = 5
"""So many of each kind of repeat are shown."""


def ticket_pages(workshop: Workshop, pages: Pages, steps: TicketSteps) -> APIRouter:
    router = pages.router()

    @router.get("/tickets/{ticket_id}")
    def ticket(request: Request, actor: Reader, ticket_id: UUID) -> Response:
        return _ticket(request, actor, ticket_id)

    def taken(request: Request, actor: Actor, ticket_id: UUID, fields: Mapping[str, str], form: Form) -> Response:
        try:
            body = body_of(form.body, values_of(form.fields, fields))
            with answered(no_such_ticket), workshop.open() as work:
                form.take(steps, work, str(ticket_id), body, actor)
        except Problem as problem:
            return _ticket(request, actor, ticket_id, form, fields, problem)
        return done(f"/pages/tickets/{ticket_id}", form.path)

    def by_its_unit(form: Form) -> Callable[..., Response]:
        def take(request: Request, actor: Handler, ticket_id: UUID, fields: Fields) -> Response:
            return taken(request, actor, ticket_id, fields, form)

        return take

    def by_the_hub(form: Form) -> Callable[..., Response]:
        def take(request: Request, actor: Operator, ticket_id: UUID, fields: Fields) -> Response:
            return taken(request, actor, ticket_id, fields, form)

        return take

    for form in FORMS.values():
        take = by_its_unit(form) if form.unit else by_the_hub(form)
        router.add_api_route(f"/tickets/{{ticket_id}}/{form.path}", take, methods=["POST"])

    def _ticket(
        request: Request,
        actor: Actor,
        ticket_id: UUID,
        sent: Form | None = None,
        entered: Mapping[str, str] | None = None,
        problem: Problem | None = None,
    ) -> Response:
        """The ticket as it stands now; above it, why a form was refused, and in the form what was entered."""
        if problem and problem.status_code not in (409, 422):
            raise problem
        with workshop.engine.begin() as connection:
            ticket = seen_by(connection, str(ticket_id), actor)
            related = related_to(connection, str(ticket_id), share_of(actor))
        now, say = workshop.clock.now(), pages.speech(request)
        seen = Seen(ticket, actor, now)
        forms = forms_for(seen)
        return pages.show(
            request,
            "ticket.html",
            actor,
            status=problem.status_code if problem else 200,
            ticket=ticket,
            may_attach=may_lead(actor, ticket["lead"]),
            purposes=list(Purpose),
            bars=bars_of(ticket["clocks"], now),
            history=[(line, told(say, line)) for line in ticket["history"]],
            review_reason=reason(say, ticket["review_reason"] or ""),
            related={kind: found[:RELATED] for kind, found in (related or {}).items() if found},
            forms=forms,
            likely=[form.path for form in forms if comes_next(form, seen)],
            sent=sent,
            still=sent in forms,
            entered=entered or {},
            problem=problem,
            faults=faults_of(problem) if problem else [],
            now=now,
            what=FORMS.get(request.query_params.get("done", "")),
            attached=request.query_params.get("done") == "attach",
        )

    return router
