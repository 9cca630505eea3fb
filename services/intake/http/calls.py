"""`/call-list`: whom to call, and what came of a call."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.intake.app.take_call import TakeCall
from services.intake.domain.caller_access import Asker
from services.intake.domain.calls import CallKind, CallResult
from services.intake.http.callers import asker_of
from services.intake.http.refusals import answered
from services.intake.http.rights import Handler, Operator
from services.intake.store.call_list import CallFilter, CallList

Unit = Annotated[
    str,
    Query(
        pattern=r"^([a-z][a-z-]{0,30}|[0-9]{9})?$",
        description="A department that leads, or the code of a sub-district; empty: the whole district.",
    ),
]


class CallResultBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: StrictInt = Field(description="The item's version as you saw it.")
    result: CallResult


def whose_calls(actor: Actor, calls: CallList, wanted: CallFilter) -> Asker:
    """Raises Problem 403 for calls that are others' to make."""
    asker = asker_of(actor)
    if wanted.kind and wanted.kind not in calls.kinds(asker):
        own = ", ".join(calls.kinds(asker))
        raise Problem(403, "not-yours", "The hub makes these calls", f"occasion: yours are {own}; or leave it out.")
    if wanted.unit and not asker.hub and wanted.unit not in actor.departments:
        raise Problem(403, "not-yours", "Another unit's calls", "unit: ask for your own, or leave it out.")
    return asker


def call_routes(workshop: Workshop, take: TakeCall, calls: CallList) -> APIRouter:
    router = APIRouter(prefix="/call-list", tags=["calls"])

    @router.get("")
    def call_list(
        actor: Handler,
        occasion: CallKind | None = None,
        unit: Unit = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """Of each kind those that are due longest, at most `limit` of it. Work it off from the top and ask again.

        The result of `tell` goes to `/call-list/{id}/result`, of `contact` and `visit` to the ticket's step, of `ask`
        to the follow-up's answer or missed call, each with the item's `version`. A unit has the first contacts of its
        tickets, as far as it may know their callers; the hub those of the rest, and of all when it asks for them.
        """
        wanted, now = CallFilter(occasion, unit), workshop.clock.now()
        asker = whose_calls(actor, calls, wanted)
        with workshop.engine.begin() as connection:
            found = calls.items(connection, wanted, asker, now, limit)
        return {"items": [one.shown() for one in found]}

    @router.post("/{telling_id}/result")
    def take_result(telling_id: UUID, body: CallResultBody, actor: Operator) -> dict[str, Any]:
        """Records what came of a call; 409 if somebody else has called since."""
        with answered(no_such_call), workshop.open() as work:
            take(work, str(telling_id), body.version, actor.subject, body.result)
        return {"telling_id": telling_id, "result": body.result}

    return router


def no_such_call() -> Problem:
    return Problem(404, "not-found", "No such call", "telling_id: take the `id` of an item from GET /call-list.")
