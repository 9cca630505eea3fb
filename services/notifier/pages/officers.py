"""The directory of officers as a page: who is notified by name, who would not be reached, and a form to add one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.datastructures import ImmutableMultiDict

from services.chassis.database.work import Workshop
from services.chassis.pages.forms import Fields, body_of
from services.chassis.pages.look import Pages, done, faults_of
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.notifier.domain.directory_findings import units
from services.notifier.domain.leaving import Leaving
from services.notifier.domain.officer import OfficerChannel, Post
from services.notifier.http.officer_bodies import OfficerIn
from services.notifier.http.officers import Keeper, add, directory_of, own_units, remove_own

HERE = "/pages/officers"
Entered = ImmutableMultiDict[str, str]
NOTHING: Entered = ImmutableMultiDict()
WAYS = (1, 2, 3)
"""How many ways the form offers; an import may give more."""


class OfficerNamed(BaseModel):
    officer_id: UUID


def officer_pages(workshop: Workshop, pages: Pages, leaving: Leaving) -> APIRouter:
    router = pages.router()

    def page(request: Request, actor: Actor, entered: Entered = NOTHING, problem: Problem | None = None) -> Response:
        with workshop.open() as work:
            directory, found = directory_of(work, actor, None)
        own = own_units(actor)
        return pages.show(
            request,
            "officers.html",
            actor,
            status=problem.status_code if problem else 200,
            directory=directory,
            findings=found,
            absent=leaving.absent,
            units=[one for one in units() if own is None or one in own],
            posts=list(Post),
            channels=list(OfficerChannel),
            ways=WAYS,
            entered=entered,
            problem=problem,
            faults=faults_of(problem) if problem else [],
            what=request.query_params.get("done"),
        )

    @router.get("/officers")
    def show(request: Request, actor: Keeper) -> Response:
        return page(request, actor)

    @router.post("/officers/addition")
    def add_one(request: Request, actor: Keeper, fields: Fields) -> Response:
        try:
            body = body_of(OfficerIn, _entered(fields))
            with workshop.open() as work:
                _, added = add(work, actor, body, leaving.own)
        except Problem as problem:
            if problem.status_code != 422:
                raise
            return page(request, actor, fields, problem)
        return done(HERE, "officer_added" if added else "officer_changed")

    @router.post("/officers/removal")
    def remove(actor: Keeper, fields: Fields) -> Response:
        body = body_of(OfficerNamed, fields)
        with workshop.open() as work:
            remove_own(work, actor, body.officer_id)
        return done(HERE, "officer_removed")

    return router


def _entered(fields: Entered) -> dict[str, Any]:
    """As the API takes it; a way without an address was left blank."""
    ways = [
        {"channel": fields.get(f"channel_{number}"), "address": fields.get(f"address_{number}")}
        for number in WAYS
        if fields.get(f"address_{number}")
    ]
    return {**{name: fields.get(name) for name in ("unit", "post", "name", "language")}, "ways": ways}
