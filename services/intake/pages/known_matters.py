"""The page to take a call: what is known already, which the caller may join; else their own ticket is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from services.chassis.database.work import Workshop
from services.chassis.pages.forms import Fields, body_of
from services.chassis.pages.look import Pages, faults_of
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem, invalid
from services.contracts.taxonomy import taxonomy
from services.intake.app.join_known_issue import JoinKnownIssue
from services.intake.app.move_ticket import EMERGENCY_LINES, MoveTicket
from services.intake.app.read_caller import ReadCaller, StatusCode
from services.intake.app.receive_ticket import ReceiveTicket
from services.intake.domain.caller_access import ReadingPurpose
from services.intake.domain.links import status_code_of
from services.intake.domain.steps import OPEN
from services.intake.domain.type_words import types_in
from services.intake.http.callers import asker_of
from services.intake.http.known_matters import FollowerBody
from services.intake.http.refusals import answered
from services.intake.http.rights import Operator, no_such_ticket, scope_of
from services.intake.http.tickets import key_reused
from services.intake.pages.record_call import caller_in, record_call
from services.intake.pages.together import chosen_of
from services.intake.store.caller_readings import code_was_given
from services.intake.store.estates import estate_in, name_of_estate
from services.intake.store.known_matters import known_matters
from services.intake.store.ticket_views import numbers_seen

ADDRESS = "/pages/known-matters"


def known_pages(
    workshop: Workshop,
    pages: Pages,
    followers: JoinKnownIssue,
    receive: ReceiveTicket,
    move: MoveTicket,
    read: ReadCaller,
) -> APIRouter:
    router = pages.router()

    @router.get("/known-matters")
    def ask(request: Request, actor: Operator) -> Response:
        return _show(request, actor, {})

    @router.post("/known-matters")
    def look(request: Request, actor: Operator, fields: Fields) -> Response:
        """By POST, not in the address: what a caller says may name people."""
        return _show(request, actor, fields)

    @router.post("/known-matters/followers")
    def join(request: Request, actor: Operator, fields: Fields) -> Response:
        try:
            own = _joined(fields, actor)
        except Problem as problem:
            return _show(request, actor, fields, problem)
        return RedirectResponse(f"{ADDRESS}?done={own}", 303)

    @router.post("/known-matters/tickets")
    def record(request: Request, actor: Operator, fields: Fields) -> Response:
        try:
            own = record_call(workshop, receive, move, read, fields, actor)
        except Problem as problem:
            return _show(request, actor, fields, problem)
        return RedirectResponse(f"{ADDRESS}?done={own}&as=recorded", 303)

    def _joined(fields: Mapping[str, str], actor: Actor) -> str:
        """Joins the caller; returns the id of their own ticket."""
        kind, _, joined = fields.get("joined", "").partition(" ")
        take = {"ticket": followers.of_ticket, "issue": followers.of_hot_issue}.get(kind)
        if take is None or not chosen_of([joined]):
            raise invalid([{"loc": ("body", "joined"), "type": "missing", "msg": "is missing: choose what to join"}])
        body = body_of(FollowerBody, {"caller": caller_in(fields), "note": fields.get("note")})
        key = fields.get("key") or str(uuid4())
        with key_reused(), answered(no_such_ticket), workshop.open() as work:
            own = take(work, body.request(joined, key, actor.subject), joined)
            if own.fresh:
                read.of_ticket(work, asker_of(actor), own.ticket_id, ReadingPurpose.STATUS_CODE)
            return own.ticket_id

    def _show(request: Request, actor: Actor, entered: Mapping[str, str], problem: Problem | None = None) -> Response:
        if problem and problem.status_code not in (404, 409, 422):
            raise problem
        text, address = entered.get("text", "")[:500], entered.get("address", "")[:300]
        types = types_in(text, taxonomy())
        with workshop.engine.begin() as connection:
            estate = estate_in(connection, f"{address}\n{text}")
            name = name_of_estate(connection, estate) if estate else None
            own = next((one.id for one in chosen_of([request.query_params.get("done", "")])), None)
            own_number = numbers_seen(connection, [own], scope_of(actor)).get(own) if own else None
            given = own is not None and code_was_given(connection, own, actor.subject)
            known = known_matters(connection, estate, f"{address}\n{text}", types)
        recorded = request.query_params.get("as") == "recorded"
        return pages.show(
            request,
            "known.html",
            actor,
            status=problem.status_code if problem else 200,
            asked=bool(text or address),
            types=types,
            places=[name, *known.places] if name else known.places,
            tickets=[one | {"joinable": one["state"] in OPEN} for one in known.tickets],
            issues=known.hot_issues,
            projects=known.projects,
            entered=entered,
            key=uuid4(),
            problem=problem,
            faults=faults_of(problem) if problem else [],
            own=own if own_number else None,
            own_code=StatusCode(own_number, status_code_of(read.caller_key, own))
            if own and own_number and given
            else None,
            own_number=own_number,
            recorded=recorded,
            lines=EMERGENCY_LINES,
            now=workshop.clock.now(),
        )

    return router
