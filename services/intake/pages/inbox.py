"""The inbox of a unit, by the next step; several tickets may be signed or answered at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from services.chassis.database.work import Workshop
from services.chassis.pages.forms import Fields, body_of
from services.chassis.pages.look import Pages, faults_of
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.contracts.departments import departments
from services.intake.http.rights import Handler, Reader, inbox_for, inboxes_of, scope_of
from services.intake.http.step_table import TicketSteps
from services.intake.pages.fields import values_of
from services.intake.pages.history_words import reason_words
from services.intake.pages.step_forms import FORMS, Form
from services.intake.pages.together import TOGETHER, Refused, chosen_of, forms_of, take_each
from services.intake.store.inbox import (
    OF_THE_HUB,
    OVER,
    Tab,
    assignees,
    count_by_tab,
    page_of_inbox,
)
from services.intake.store.ticket_views import numbers_seen

MOST_PAGES = 200


@dataclass(frozen=True, slots=True)
class Where:
    """The part of an inbox that is shown."""

    unit: str
    tab: Tab
    assignee: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Sent:
    """The outcome of a form for many tickets, if not all were taken."""

    form: Form
    entered: Mapping[str, str]
    ticked: Sequence[str]
    taken: int = 0
    refused: Sequence[Refused] = ()
    problem: Problem | None = None


def inbox_pages(workshop: Workshop, pages: Pages, steps: TicketSteps) -> APIRouter:
    router = pages.router()

    @router.get("/inbox")
    def inbox(
        request: Request,
        actor: Reader,
        of: Annotated[str, Query(max_length=40)] = "",
        tab: Tab = Tab.TO_SIGN,
        assignee: Annotated[str, Query(max_length=100)] = "",
        page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
    ) -> Response:
        return _inbox(request, actor, Where(inbox_for(actor, of), tab, assignee, page))

    def together(form: Form) -> Callable[..., Response]:
        def take(request: Request, actor: Handler, fields: Fields) -> Response:
            where = Where(inbox_for(actor, fields.get("of", "")), _tab(fields.get("tab", "")))
            tickets = chosen_of(fields.getlist("ticket"))
            ticked = [one.box for one in tickets]
            try:
                body = body_of(form.row.body, values_of(form.fields, {**fields, "version": "0"}))
            except Problem as problem:
                return _inbox(request, actor, where, Sent(form, fields, ticked, problem=problem))
            refused = take_each(
                workshop, steps, form, lambda version: body.model_copy(update={"version": version}), actor, tickets
            )
            if refused or not tickets:
                taken = len(tickets) - len(refused)
                return _inbox(request, actor, where, Sent(form, fields, ticked, taken, refused))
            shown = {"of": where.unit, "tab": where.tab, "done": form.path, "number": len(tickets)}
            return RedirectResponse(f"/pages/inbox?{urlencode(shown)}", 303)

        return take

    for path in TOGETHER:
        router.add_api_route(f"/inbox/{path}", together(FORMS[path]), methods=["POST"])

    def _inbox(request: Request, actor: Actor, where: Where, sent: Sent | None = None) -> Response:
        own, sub_districts = inboxes_of(actor)
        scope = scope_of(actor)
        with workshop.engine.begin() as connection:
            items, more = page_of_inbox(connection, where.unit, where.tab, where.assignee, where.page, scope)
            counts = count_by_tab(connection, where.unit, scope)
            refused = [one.id for one in sent.refused] if sent else []
            numbers = numbers_seen(connection, refused, scope)
            people = assignees(connection, where.unit, where.tab, scope)
        say = pages.speech(request)
        return pages.show(
            request,
            "inbox.html",
            actor,
            status=(422 if sent.problem or not sent.ticked else 409) if sent else 200,
            items=items,
            numbers=numbers,
            reasons={one["id"]: reason_words(say, one["review"], one["review_reason"]) for one in items},
            unit=where.unit,
            departments=list(departments()) if own is None else own,
            sub_districts=sub_districts,
            whole_district=own is None,
            tab=where.tab,
            tabs=[one for one in Tab if own is None or one not in OF_THE_HUB],
            counts=counts,
            over=where.tab in OVER,
            assignee=where.assignee,
            people=people,
            number=where.page,
            more=more and where.page < MOST_PAGES,
            now=workshop.clock.now(),
            forms=forms_of(where.tab, where.unit, actor),
            sent=sent,
            faults=faults_of(sent.problem) if sent and sent.problem else [],
            done=FORMS.get(request.query_params.get("done", "")),
            done_number=request.query_params.get("number", ""),
        )

    return router


def _tab(entered: str) -> Tab:
    return Tab(entered) if entered in set(Tab) else Tab.TO_SIGN
