"""The page of a ticket: facts, deadlines, history, links, and the forms of the steps its reader may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.forms import Fields, body_of
from services.chassis.pages.look import Pages, done, faults_of
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.intake.app.read_caller import ReadCaller
from services.intake.domain.attachment import Purpose
from services.intake.domain.caller_access import ReadingPurpose
from services.intake.domain.occasion_rules import Occasions
from services.intake.domain.telling_words import TellingWords
from services.intake.http.callers import asker_of
from services.intake.http.refusals import answered
from services.intake.http.rights import Handler, Operator, Reader, may_lead, no_such_ticket, scope_of
from services.intake.http.step_table import TicketSteps
from services.intake.http.tickets import visible_ticket
from services.intake.pages.bars import bars_of
from services.intake.pages.fields import values_of
from services.intake.pages.history_words import LINKS, line_words, reason_words, telling_words
from services.intake.pages.step_forms import FORMS, Form, Seen, comes_next, forms_for
from services.intake.store.related_tickets import related_to
from services.intake.store.ticket_views import numbers_seen

RELATED = 5
"""How many of each kind of repeat are shown."""


def ticket_pages(
    workshop: Workshop, pages: Pages, steps: TicketSteps, read: ReadCaller, occasions: Occasions
) -> APIRouter:
    router = pages.router()
    words = TellingWords(occasions)

    @router.get("/tickets/{ticket_id}")
    def ticket(request: Request, actor: Reader, ticket_id: UUID) -> Response:
        return _ticket(request, actor, ticket_id)

    def taken(request: Request, actor: Actor, ticket_id: UUID, fields: Mapping[str, str], form: Form) -> Response:
        try:
            body = body_of(form.row.body, values_of(form.fields, fields))
            with answered(no_such_ticket), workshop.open() as work:
                form.row.take(steps, work, str(ticket_id), body, actor)
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
        take = by_its_unit(form) if form.row.by_department else by_the_hub(form)
        router.add_api_route(f"/tickets/{{ticket_id}}/{form.path}", take, methods=["POST"])

    def _ticket(
        request: Request,
        actor: Actor,
        ticket_id: UUID,
        sent: Form | None = None,
        entered: Mapping[str, str] | None = None,
        problem: Problem | None = None,
    ) -> Response:
        """The present ticket; if a form was refused, the reason above it, and the form with what was entered."""
        if problem and problem.status_code not in (409, 422):
            raise problem
        with workshop.open() as work:
            ticket = visible_ticket(work, str(ticket_id), actor)
            may_read = read.purposes(work, asker_of(actor), str(ticket_id))
            related = related_to(work.connection, str(ticket_id), scope_of(actor))
            numbers = numbers_seen(work.connection, _linked(ticket), scope_of(actor))
        now, say = workshop.clock.now(), pages.speech(request)
        seen = Seen(ticket, actor, now)
        forms = forms_for(seen)
        return pages.show(
            request,
            "ticket.html",
            actor,
            status=problem.status_code if problem else 200,
            ticket=ticket,
            numbers=numbers,
            may_attach=may_lead(actor, ticket["lead"]),
            purposes=list(Purpose),
            reading_purposes=[one for one in may_read if one is not ReadingPurpose.STATUS_CODE],
            gives_code=ReadingPurpose.STATUS_CODE in may_read,
            bars=bars_of(ticket["clocks"], now),
            history=[(line, line_words(say, line, numbers)) for line in ticket["history"]],
            review_reason=reason_words(say, ticket["review"], ticket["review_reason"]),
            related={kind: found[:RELATED] for kind, found in (related or {}).items() if found},
            messages=[(one, telling_words(say, words, one)) for one in ticket["tellings"]],
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


def _linked(ticket: Mapping[str, Any]) -> set[str]:
    """The other tickets that the page names."""
    own = {ticket[name] for name in ("repeat_of", "merged_into", "continues") if ticket[name]}
    named = {
        line["facts"][name] for line in ticket["history"] if line["facts"] for name in LINKS if name in line["facts"]
    }
    return own | named | set(ticket["merged"])
