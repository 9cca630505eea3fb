"""What is known of a caller's matter before a ticket is filed; the caller may join it instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, select
from starlette.responses import RedirectResponse

from services.chassis.identity import Actor
from services.chassis.pages.forms import Fields, body_of
from services.chassis.pages.look import Pages, faults_of
from services.chassis.problems import Problem, invalid
from services.chassis.work import Workshop
from services.contracts.taxonomy import taxonomy
from services.intake.adapters.estates import estate_in
from services.intake.adapters.known_matters import known_issues, open_tickets
from services.intake.adapters.known_routes import FollowerBody
from services.intake.adapters.pages.together import chosen_of
from services.intake.adapters.refusals import answered
from services.intake.adapters.rights import Operator, no_such_ticket
from services.intake.adapters.routes import key_reused
from services.intake.adapters.tables import estate_names
from services.intake.app.followers import TakeFollower
from services.intake.domain.known import types_in
from services.intake.domain.steps import OPEN

ADDRESS = "/pages/known-matters"


def known_pages(workshop: Workshop, pages: Pages, followers: TakeFollower) -> APIRouter:
    router = pages.router()

    @router.get("/known-matters")
    def ask(request: Request, actor: Operator) -> Response:
        return _show(request, actor, {})

    @router.post("/known-matters")
    def look(request: Request, actor: Operator, fields: Fields) -> Response:
        """Sent, not in the address: what a caller says may name people."""
        return _show(request, actor, fields)

    @router.post("/known-matters/followers")
    def join(request: Request, actor: Operator, fields: Fields) -> Response:
        try:
            own = _joined(fields, actor)
        except Problem as problem:
            return _show(request, actor, fields, problem)
        return RedirectResponse(f"{ADDRESS}?done={own}", 303)

    def _joined(fields: Mapping[str, str], actor: Actor) -> str:
        """The id of the caller's own ticket."""
        kind, _, joined = fields.get("joined", "").partition(" ")
        take = {"ticket": followers.of_ticket, "issue": followers.of_hot_issue}.get(kind)
        if take is None or not chosen_of([joined]):
            raise invalid([{"loc": ("body", "joined"), "type": "missing", "msg": "is missing: choose what to join"}])
        caller = {name: fields[name] for name in ("name", "phone") if name in fields}
        body = body_of(FollowerBody, {"caller": caller, "note": fields.get("note")})
        key = fields.get("key") or str(uuid4())
        with key_reused(), answered(no_such_ticket), workshop.open() as work:
            own, _ = take(work, body.request(joined, key, actor.subject), joined)
        return own

    def _show(
        request: Request, actor: Actor, entered: Mapping[str, str], problem: Problem | None = None
    ) -> Response:
        if problem and problem.status_code not in (404, 409, 422):
            raise problem
        text, address = entered.get("text", "")[:500], entered.get("address", "")[:300]
        with workshop.engine.begin() as connection:
            known = _known(connection, text, address)
        own = chosen_of([request.query_params.get("done", "")])
        return pages.show(
            request,
            "known.html",
            actor,
            status=problem.status_code if problem else 200,
            asked=bool(text or address),
            **known,
            entered=entered,
            key=uuid4(),
            problem=problem,
            faults=faults_of(problem) if problem else [],
            own=own[0].id if own else None,
            now=workshop.clock.now(),
        )

    return router


def _known(connection: Connection, text: str, address: str) -> dict[str, Any]:
    types, estate = types_in(text, taxonomy()), estate_in(connection, f"{address}\n{text}")
    if estate is None:
        return {"types": types, "estate": None, "tickets": [], "issues": []}
    name = connection.execute(select(estate_names.c.name).where(estate_names.c.estate == estate).limit(1)).scalar_one()
    return {
        "types": types,
        "estate": name,
        "tickets": [one | {"joinable": one["state"] in OPEN} for one in open_tickets(connection, estate, types)],
        "issues": known_issues(connection, estate, types),
    }
