"""`/known-matters`: what is known before a ticket is filed; the caller may join it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from services.chassis.database.work import Workshop
from services.chassis.metrics import TICKETS_RECEIVED
from services.chassis.web.problems import Problem, invalid
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import Channel
from services.intake.app.join_known_issue import JoinKnownIssue
from services.intake.app.ports import Identity
from services.intake.app.receive_ticket import Receipt, Request
from services.intake.domain.type_words import types_in
from services.intake.http.refusals import answered
from services.intake.http.rights import Operator, no_such_ticket
from services.intake.http.step_bodies import EstateId, Note
from services.intake.http.ticket_bodies import CallerBody
from services.intake.http.tickets import IdempotencyKey, key_reused
from services.intake.store.estates import estate_in
from services.intake.store.known_matters import known_matters as known_matters_of

JOINS_TEXT = "来电关注同一诉求的进展。"


class FollowerBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    caller: CallerBody
    note: Note | None = None

    def request(self, joined: str, key: str, client: str) -> Request:
        caller = self.caller
        identity = Identity(caller.name, caller.phone, self.note or JOINS_TEXT, None, caller.id, caller.email)
        canonical = f"{joined}|{self.model_dump_json(exclude_defaults=True)}".encode()
        return Request(identity, Channel.PHONE, None, key, canonical, client)


def known_routes(workshop: Workshop, followers: JoinKnownIssue) -> APIRouter:
    router = APIRouter(tags=["known matters"])

    @router.get("/known-matters")
    def known_matters(
        _: Operator,
        text: Annotated[str | None, Query(max_length=500)] = None,
        address: Annotated[str | None, Query(max_length=300)] = None,
        estate: Annotated[EstateId | None, Query(description="Its code, if known.")] = None,
    ) -> dict[str, Any]:
        """Open tickets, hot issues and works of the estate, of the types whose words are in the text; of all without.

        The estate is the one given, or the longest known name in address and text; null if there is none. `places` are
        names in them of other places (a road, a square, an estate that is not registered) at which matters are known;
        those are listed, too. `projects`: works of the estate that no hot issue listed here led to.
        """
        if not (text or address or estate):
            raise invalid([{"loc": ("query", "text"), "type": "value_error", "msg": "is missing: say what, or where"}])
        types = types_in(text or "", taxonomy())
        with workshop.engine.begin() as connection:
            words = f"{address or ''}\n{text or ''}"
            known = known_matters_of(connection, estate or estate_in(connection, words), words, types)
        return {
            "estate": known.estate,
            "places": known.places,
            "types": types,
            "tickets": known.tickets,
            "hot_issues": known.hot_issues,
            "projects": known.projects,
        }

    @router.post("/known-matters/{hot_issue_id}/followers", status_code=202)
    def follow_issue(
        hot_issue_id: UUID, body: FollowerBody, key: IdempotencyKey, actor: Operator, response: Response
    ) -> dict[str, Any]:
        """The caller joins a hot issue: they get its messages and are asked in the end; nothing is dispatched."""
        request = body.request(str(hot_issue_id), key, actor.subject)
        with key_reused(), answered(_no_such_issue), workshop.open() as work:
            own = followers.of_hot_issue(work, request, str(hot_issue_id))
        return _answer(response, own)

    @router.post("/tickets/{ticket_id}/followers", status_code=202)
    def follow_ticket(
        ticket_id: UUID, body: FollowerBody, key: IdempotencyKey, actor: Operator, response: Response
    ) -> dict[str, Any]:
        """The caller gets a ticket of their own, linked to this open one and answered with it."""
        request = body.request(str(ticket_id), key, actor.subject)
        with key_reused(), answered(no_such_ticket), workshop.open() as work:
            own = followers.of_ticket(work, request, str(ticket_id))
        return _answer(response, own)

    return router


def _answer(response: Response, own: Receipt) -> dict[str, Any]:
    if own.fresh:
        TICKETS_RECEIVED.labels(Channel.PHONE).inc()
    response.headers["Location"] = f"/tickets/{own.ticket_id}"
    return {"ticket_id": own.ticket_id, "number": own.number, "repeated": not own.fresh}


def _no_such_issue() -> Problem:
    return Problem(404, "not-found", "No such hot issue", "hot_issue_id: take it from GET /known-matters.")
