"""`/search`: tickets, hot issues and projects by their numbers, and by an estate's name."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from services.chassis.database.work import Workshop
from services.chassis.web.answers import json_answer
from services.chassis.web.identity import Actor
from services.chassis.web.searching import Typed, wrong_check
from services.contracts.numbers import WrongCheckCharacter, perhaps_meant
from services.intake.domain.search_words import asked_by
from services.intake.http.rights import Reader, scope_of
from services.intake.store.matter_search import issues_found, numbers_there, projects_found
from services.intake.store.ticket_search import tickets_found

MOST = 50
"""Of each kind."""


def search_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["search"])

    @router.get("/search")
    def search(actor: Reader, typed: Typed) -> Response:
        """By a ticket's number, its first or last four digits or more, the city's number, the number of a hot issue or
        of a project, or a part of an estate's name; blanks, dashes and width do not matter.

        What the reader may not see is not found. At most 50 of each kind, the newest first; `more`: there are further
        tickets. 422 `wrong-check-character`: a number of an issue or project that cannot be right; `meant` are those
        of which two neighbours changed places.
        """
        return json_answer(found(workshop, typed, actor))

    return router


def found(workshop: Workshop, typed: str, actor: Actor) -> dict[str, Any]:
    """Raises Problem 422 for a short number that cannot be right."""
    scope = scope_of(actor)
    with workshop.engine.begin() as connection:
        try:
            asked = asked_by(typed)
        except WrongCheckCharacter:
            raise wrong_check(numbers_there(connection, perhaps_meant(typed), scope)) from None
        tickets, more = tickets_found(connection, asked, scope, MOST)
        return {
            "tickets": tickets,
            "more": more,
            "hot_issues": issues_found(connection, asked, scope, MOST),
            "projects": projects_found(connection, asked, scope, MOST),
        }
