"""Who a caller is, on a page: asked from a ticket's page, or by a telephone. Never in an address."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter, ValidationError

from services.chassis.database.work import Workshop
from services.chassis.pages.forms import Fields, body_of
from services.chassis.pages.look import Pages, faults_of
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem, invalid
from services.intake.app.read_caller import ReadCaller
from services.intake.domain.caller_access import ReadingPurpose
from services.intake.http.caller_readings import Auditor, Filter
from services.intake.http.callers import (
    IdentityPurpose,
    Person,
    SearchBody,
    asker_of,
    caller_of,
    code_of,
    shown,
    tickets_of,
)
from services.intake.http.rights import scope_of
from services.intake.store.caller_readings import page_of_readings

NAMING: Final = TypeAdapter[ReadingPurpose](IdentityPurpose)
SHOWN = 200
"""How many readings the page of the log shows."""


def caller_pages(workshop: Workshop, pages: Pages, read: ReadCaller) -> APIRouter:
    router = pages.router()

    @router.post("/tickets/{ticket_id}/caller")
    def caller(request: Request, actor: Person, ticket_id: UUID, fields: Fields) -> Response:
        try:
            purpose = NAMING.validate_python(fields.get("purpose"))
        except ValidationError:
            raise invalid([{"loc": ("body", "purpose"), "type": "enum", "msg": "is none of the list"}]) from None
        identity = shown(caller_of(workshop, read, actor, ticket_id, purpose))
        return pages.show(request, "caller.html", actor, ticket_id=str(ticket_id), caller=identity, purpose=purpose)

    @router.post("/tickets/{ticket_id}/status-code")
    def code(request: Request, actor: Person, ticket_id: UUID) -> Response:
        given = code_of(workshop, read, actor, ticket_id)
        return pages.show(request, "status_code.html", actor, ticket_id=str(ticket_id), given=given)

    @router.get("/callers")
    def ask(request: Request, actor: Person) -> Response:
        return _search(request, actor)

    @router.post("/callers")
    def search(request: Request, actor: Person, fields: Fields) -> Response:
        try:
            body = body_of(SearchBody, {name: fields.get(name) for name in SearchBody.model_fields})
            found = tickets_of(workshop, read, actor, body)
        except Problem as problem:
            if problem.status_code != 422:
                raise
            return _search(request, actor, status=422, faults=faults_of(problem), chosen=fields.get("purpose"))
        return _search(request, actor, found=found, chosen=body.purpose)

    @router.get("/caller-readings")
    def readings(request: Request, actor: Auditor, asked: Filter) -> Response:
        with workshop.engine.begin() as connection:
            found = page_of_readings(connection, scope_of(actor), asked.columns, asked.since, asked.until, None, SHOWN)
        return pages.show(request, "caller_readings.html", actor, readings=found, most=SHOWN)

    def _search(request: Request, actor: Actor, *, status: int = 200, **known: Any) -> Response:
        asker = asker_of(actor)
        purposes = [one for one in ReadingPurpose if read.access.searcher(asker, one)]
        known = {"found": None, "faults": [], "chosen": None, **known}
        return pages.show(request, "callers.html", actor, status=status, purposes=purposes, **known)

    return router
