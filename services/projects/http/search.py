"""`/search`: hot issues and repair projects by their numbers, and by an estate's name."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor
from services.chassis.web.searching import Typed, wrong_check
from services.contracts.numbers import WrongCheckCharacter, perhaps_meant, read_short_number
from services.contracts.writing import plain
from services.projects.http.issues_shown import issue_shown, project_shown
from services.projects.http.rights import Reader, share_of
from services.projects.http.wording import Wording
from services.projects.store.search import issues_found, numbers_there, projects_found

MOST = 50
"""Of each kind."""


def search_routes(workshop: Workshop, words: Wording) -> APIRouter:
    router = APIRouter(tags=["search"])

    @router.get("/search")
    def search(actor: Reader, typed: Typed) -> dict[str, Any]:
        """By a number, with or without blanks and dashes, or by a part of an estate's name.

        What the reader may not see is not found. At most 50 of each kind, the newest first.

        422 `wrong-check-character`: a number that cannot be right; `meant` are those of which two neighbours changed
        places.
        """
        return found(workshop, typed, actor, words)

    return router


def found(workshop: Workshop, typed: str, actor: Actor, words: Wording) -> dict[str, Any]:
    """Raises Problem 422 for a number that cannot be right."""
    share, name = share_of(actor), plain(typed).strip()
    with workshop.engine.begin() as connection:
        try:
            short = read_short_number(typed)
        except WrongCheckCharacter:
            raise wrong_check(numbers_there(connection, perhaps_meant(typed), share)) from None
        if not name:
            return {"hot_issues": [], "projects": []}
        issues = issues_found(connection, short, name, share, MOST)
        projects = projects_found(connection, short, name, share, MOST)
    return {
        "hot_issues": [issue_shown(one, words) for one in issues],
        "projects": [project_shown(one, words) for one in projects],
    }
