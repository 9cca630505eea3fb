"""What pages do with what their forms send: the act, its refusal in the form as it was, values as people enter them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from fastapi import File, Request, Response, UploadFile
from starlette.datastructures import ImmutableMultiDict

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.look import done, faults_of
from services.chassis.web.problems import Problem
from services.chassis.working_days import SHANGHAI
from services.projects.http.refusals import answered

Entered = ImmutableMultiDict[str, str]
NOTHING: Entered = ImmutableMultiDict()


def acted(
    workshop: Workshop,
    on: str,
    act: Callable[[Work], None],
    page: str,
    what: str,
    again: Callable[[Problem], Response],
) -> Response:
    """Runs an act on a project, a case, a plan … and leads to `page`.

    A refusal is shown by `again`: the page as it is now, with what was entered. Raises any other Problem.
    """
    try:
        with answered(on), workshop.open() as work:
            act(work)
    except Problem as problem:
        if problem.status_code not in (409, 422):
            raise
        return again(problem)
    return done(page, what)


def refused(request: Request, entered: Entered, problem: Problem | None) -> dict[str, Any]:
    """What a page says of a form that was refused, or of what was done."""
    return {
        "status": problem.status_code if problem else 200,
        "entered": entered,
        "problem": problem,
        "faults": faults_of(problem) if problem else [],
        "what": request.query_params.get("done"),
    }


SentFile = Annotated[UploadFile | None, File()]
"""A file of a form, with None as its default: a browser sends the field without a name where none was chosen, which is
missing to the framework. Required, it would refuse the form before the page could show it again."""


def hash_of(file: UploadFile | None) -> str | None:
    """Of its content, which it reads to the end. None: no file was chosen, which a body that needs one then misses."""
    return hashlib.sha256(file.file.read()).hexdigest() if file and file.filename else None


def content_of(file: UploadFile | None) -> tuple[str, bytes]:
    """Its name and its content; of no file both are empty, which its reader then refuses."""
    return (file.filename or "", file.file.read()) if file else ("", b"")


def fen_of(yuan: str | None) -> int | None:
    """Yuan as a form sends them, in fen; None for what is no amount, which the body then misses."""
    try:
        fen = Decimal(yuan or "") * 100
    except InvalidOperation:
        return None
    return int(fen) if fen.is_finite() and fen == int(fen) else None


def moment_of(entered: str | None) -> str | None:
    """A local time as a form sends it, with its zone."""
    try:
        return datetime.fromisoformat(entered or "").replace(tzinfo=SHANGHAI).isoformat()
    except ValueError:
        return entered
