"""`/known-matters`: what the operator can answer at once, and the caller who then follows it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from services.chassis.metrics import TICKETS_RECEIVED
from services.chassis.problems import Problem, invalid
from services.chassis.work import Workshop
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import Channel
from services.intake.adapters.estates import estate_in
from services.intake.adapters.known_matters import known_issues, open_tickets
from services.intake.adapters.refusals import answered
from services.intake.adapters.requests import CallerBody
from services.intake.adapters.rights import Operator, no_such_ticket
from services.intake.adapters.routes import IdempotencyKey, key_reused
from services.intake.adapters.step_bodies import Note
from services.intake.app.followers import TakeFollower
from services.intake.app.ports import Identity
from services.intake.app.receive import Request
from services.intake.domain.known import types_in

JOINS_TEXT = "来电关注同一诉求的进展。"


class FollowerBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    caller: CallerBody
    note: Note | None = None

    def request(self, joined: str, key: str, client: str) -> Request:
        caller = self.caller
        identity = Identity(caller.name, caller.phone, self.note or JOINS_TEXT, None, caller.id)
        canonical = f"{joined}|{self.model_dump_json(exclude_defaults=True)}".encode()
        return Request(identity, Channel.PHONE, None, key, canonical, client)


def known_routes(workshop: Workshop, followers: TakeFollower) -> APIRouter:
    router = APIRouter(tags=["known matters"])

    @router.get("/known-matters")
    def known_matters(
        _: Operator,
        text: Annotated[str | None, Query(max_length=500)] = None,
        address: Annotated[str | None, Query(max_length=300)] = None,
        estate: Annotated[str | None, Query(max_length=60, description="Its code, if known.")] = None,
    ) -> dict[str, Any]:
        """Open tickets, hot issues and works of the estate, of the types whose words the text holds; of any without.

        The estate is the one given, or the longest known name in address and text; null if there is none, and then
        nothing is listed.
        """
        if not (text or address or estate):
            raise invalid([{"loc": ("query", "text"), "type": "value_error", "msg": "is missing: say what, or where"}])
        types = types_in(text or "", taxonomy())
        with workshop.engine.begin() as connection:
            place = estate or estate_in(connection, f"{address or ''}\n{text or ''}")
            return {
                "estate": place,
                "types": types,
                "tickets": open_tickets(connection, place, types) if place else [],
                "hot_issues": known_issues(connection, place, types) if place else [],
            }

    @router.post("/known-matters/{hot_issue_id}/followers", status_code=202)
    def follow_issue(
        hot_issue_id: UUID, body: FollowerBody, key: IdempotencyKey, actor: Operator, response: Response
    ) -> dict[str, Any]:
        """The caller is answered with what is known, told of what comes and asked in the end; nothing is dispatched."""
        request = body.request(str(hot_issue_id), key, actor.subject)
        with key_reused(), answered(_no_such_issue), workshop.open() as work:
            ticket_id, fresh = followers.of_hot_issue(work, request, str(hot_issue_id))
        return _taken(response, ticket_id, fresh)

    @router.post("/tickets/{ticket_id}/followers", status_code=202)
    def follow_ticket(
        ticket_id: UUID, body: FollowerBody, key: IdempotencyKey, actor: Operator, response: Response
    ) -> dict[str, Any]:
        """The caller gets a ticket of their own, linked to this open one and answered with it."""
        request = body.request(str(ticket_id), key, actor.subject)
        with key_reused(), answered(no_such_ticket), workshop.open() as work:
            own, fresh = followers.of_ticket(work, request, str(ticket_id))
        return _taken(response, own, fresh)

    return router


def _taken(response: Response, ticket_id: str, fresh: bool) -> dict[str, Any]:
    if fresh:
        TICKETS_RECEIVED.labels(Channel.PHONE).inc()
    response.headers["Location"] = f"/tickets/{ticket_id}"
    return {"ticket_id": ticket_id, "repeated": not fresh}


def _no_such_issue() -> Problem:
    return Problem(404, "not-found", "No such hot issue", "hot_issue_id: take it from GET /known-matters.")
