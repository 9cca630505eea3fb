"""`/tickets/{ticket_id}/tellings`: past and possible messages to its caller, and whether they want any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from services.chassis.database.work import Workshop
from services.chassis.web.answers import json_answer
from services.chassis.web.problems import Problem, invalid
from services.intake.app.ports import PlannedTelling, Tickets
from services.intake.app.to_tell import person_of
from services.intake.app.try_telling import TryTelling
from services.intake.domain.occasion import LANGUAGES
from services.intake.domain.telling import Way
from services.intake.domain.telling_words import TellingWords
from services.intake.http.rights import Operator, Reader, no_such_ticket
from services.intake.http.tickets import visible_ticket


class StopBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    stopped: StrictBool = Field(description="Whether the caller wants no messages. Urgent ones are sent all the same.")


def telling_routes(workshop: Workshop, try_telling: TryTelling, tickets: Tickets) -> APIRouter:
    router = APIRouter(prefix="/tickets/{ticket_id}/tellings", tags=["tellings"])
    table, tellings_of_persons = try_telling.tell.table, try_telling.tell.tellings
    words = TellingWords(table)

    @router.get("")
    def tellings(actor: Reader, ticket_id: UUID) -> Response:
        """What its caller was sent, is to be sent, or is not sent and why: by which way, when, in which words.

        A reader of the ticket reads this too. What the hot issue's callers are sent stands with their tickets.
        """
        with workshop.open() as work:
            items = visible_ticket(work, str(ticket_id), actor)["tellings"]
        return json_answer({"items": [{**one, "words": said(words, one)} for one in items]})

    @router.get("/dry-run")
    def dry_run(
        _: Operator,
        ticket_id: UUID,
        occasion: Annotated[str, Query(max_length=40, description="Its code, as in `data/occasions.yaml`.")],
    ) -> Response:
        """What its caller would be sent if the occasion came now. Nothing is stored and nothing is sent."""
        found = table.find(occasion)
        if found is None:
            there = ", ".join(one.code for one in table.occasions)
            raise _wrong("occasion", f"is none of the table's: {there}")
        with workshop.open() as work:
            ticket = tickets.find(work, str(ticket_id))
            if ticket is None:
                raise no_such_ticket()
            planned = try_telling(work, ticket, found)
        if planned is None:
            raise _wrong("occasion", "is one of works or of a hot issue, and the caller of this ticket follows none")
        return json_answer({**_shown(planned), "words": said(words, _shown(planned))})

    @router.post("/stop")
    def stop(_: Operator, ticket_id: UUID, body: StopBody) -> dict[str, bool]:
        """Keeps the caller's wish, of all their tickets, from now on. An anonymous caller's is of this ticket alone."""
        with workshop.open() as work:
            ticket = tickets.find(work, str(ticket_id))
            if ticket is None:
                raise no_such_ticket()
            tellings_of_persons.stop(work, person_of(ticket), stopped=body.stopped)
        return {"stopped": body.stopped}

    return router


def said(words: TellingWords, telling: Mapping[str, Any]) -> dict[str, str] | None:
    """The words in each language, by its way or by the first that its occasion has; None for an occasion that the table
    has no more."""
    occasion = words.table.find(telling["occasion"])
    if occasion is None:
        return None
    way = Way(telling["way"]) if telling["way"] else occasion.ways[0]
    return {language: words.of(telling["occasion"], telling["facts"], language, way) for language in LANGUAGES}


def _shown(planned: PlannedTelling) -> dict[str, Any]:
    return {
        "occasion": planned.occasion,
        "way": planned.way,
        "state": planned.state,
        "cause": planned.cause,
        "facts": planned.facts,
        "not_before": planned.not_before,
    }


def _wrong(parameter: str, why: str) -> Problem:
    return invalid([{"loc": ("query", parameter), "type": "value_error", "msg": why}])
