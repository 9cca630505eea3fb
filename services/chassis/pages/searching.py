"""The page of the search, which is in the head of every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query, Request, Response

from services.chassis.pages.look import Pages
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.chassis.web.searching import MOST_TYPED

TypedOrNothing = Annotated[str, Query(alias="q", max_length=MOST_TYPED)]


def show_search(
    pages: Pages, request: Request, actor: Actor, typed: str, find: Callable[[str], dict[str, Any]]
) -> Response:
    """What `find` finds, or why what was typed cannot be right; the empty page if nothing was typed."""
    results: dict[str, Any] | None = None
    problem: Problem | None = None
    if typed.strip():
        try:
            results = find(typed)
        except Problem as wrong:
            problem = wrong
    status = problem.status_code if problem else 200
    shown = {"results": results, "problem": problem, "searched": typed}
    return pages.show(request, "search.html", actor, status=status, **shown)
