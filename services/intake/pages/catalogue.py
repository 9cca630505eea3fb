"""The pages of the dispatch catalogue: the hub edits it with a reason and may try an edit on the last month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import ImmutableMultiDict

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages, done, faults_of
from services.chassis.web.identity import Actor, Role
from services.chassis.web.problems import Problem
from services.contracts.departments import departments
from services.contracts.districts import sub_districts
from services.contracts.taxonomy import taxonomy
from services.intake.app.edit_catalogue import EditCatalogue
from services.intake.http.catalogue import LOOK_BACK, VersionBody
from services.intake.http.refusals import answered
from services.intake.http.rights import SEE_ALL, Operator, Reader
from services.intake.store.catalogue_views import moved_tickets, versions_of, whole

Row = Mapping[str, Any]
OFFICE = "office"
"""Stands for the office of the ticket's sub-district."""


def catalogue_pages(workshop: Workshop, pages: Pages, catalogue: EditCatalogue) -> APIRouter:
    router = pages.router()

    @router.get("/catalogue")
    def show(request: Request, actor: Reader) -> Response:
        with workshop.open() as work:
            table = whole(catalogue.catalogues.current(work))
            versions = versions_of(work.connection) if not actor.roles.isdisjoint(SEE_ALL) else []
        rows = [(row, _usual(row)) for row in table["types"]]
        return pages.show(request, "catalogue.html", actor, rows=rows, version=table["version"], versions=versions)

    @router.get("/catalogue/{type_code}")
    def one(request: Request, actor: Reader, type_code: str) -> Response:
        return _one(request, actor, type_code)

    @router.post("/catalogue/{type_code}/versions")
    def edit(request: Request, actor: Operator, type_code: str, fields: Fields) -> Response:
        def take(work: Work, body: VersionBody) -> None:
            edits = [change.edit() for change in body.changes]
            catalogue.edit(work, body.base_version, edits, actor.subject, body.reason)

        try:
            _sent(type_code, fields, take)
        except Problem as problem:
            return _one(request, actor, type_code, fields, problem)
        return done(f"/pages/catalogue/{type_code}", "version")

    @router.post("/catalogue/{type_code}/dry-run")
    def dry_run(request: Request, actor: Operator, type_code: str, fields: Fields) -> Response:
        """Shows what the change would have moved; the form keeps what was entered."""

        def take(work: Work, body: VersionBody) -> dict[str, Any]:
            edits = [change.edit() for change in body.changes]
            before, after = catalogue.tried(work, body.base_version, edits)
            since = work.clock.now() - LOOK_BACK
            return moved_tickets(work.connection, before, after, {type_code}, since)

        try:
            trial = _sent(type_code, fields, take)
        except Problem as problem:
            return _one(request, actor, type_code, fields, problem)
        return _one(request, actor, type_code, fields, trial=trial)

    def _sent(type_code: str, fields: ImmutableMultiDict[str, str], take: Callable[[Work, VersionBody], Any]) -> Any:
        change = {
            "type_code": type_code,
            "sub_district": fields.get("sub_district"),
            "lead": fields.get("lead"),
            "co_handlers": [code for code in fields.getlist("co_handlers") if code != fields.get("lead")],
        }
        body = body_of(
            VersionBody,
            {
                "base_version": number_of(fields.get("version")),
                "changes": [{name: value for name, value in change.items() if value is not None}],
                "reason": fields.get("reason"),
            },
        )
        with answered(_no_such_type), workshop.open() as work:
            return take(work, body)

    def _one(
        request: Request,
        actor: Actor,
        type_code: str,
        entered: ImmutableMultiDict[str, str] | None = None,
        problem: Problem | None = None,
        trial: dict[str, Any] | None = None,
    ) -> Response:
        if problem and problem.status_code not in (409, 422):
            raise problem
        if type_code not in taxonomy().types:
            raise _no_such_type()
        with workshop.open() as work:
            table = whole(catalogue.catalogues.current(work))
        (row,) = (row for row in table["types"] if row["type_code"] == type_code)
        usual = _usual(row) or {"lead": OFFICE, "co_handlers": ()}
        return pages.show(
            request,
            "catalogue_type.html",
            actor,
            status=problem.status_code if problem else 200,
            row=row,
            version=table["version"],
            may_edit=Role.HUB in actor.roles,
            departments=list(departments()),
            sub_districts=list(sub_districts()),
            entered=entered or {"lead": usual["lead"]},
            helpers=entered.getlist("co_handlers") if entered else usual["co_handlers"],
            problem=problem,
            faults=faults_of(problem) if problem else [],
            trial=trial,
            what=request.query_params.get("done"),
        )

    return router


def _usual(row: Row) -> Row | None:
    """The units of a type if they are the same in every sub-district, with each one's own office as OFFICE."""

    def units(place: Row) -> Row:
        office = sub_districts()[place["sub_district"]].office
        lead, *helpers = (OFFICE if code == office else code for code in (place["lead"], *place["co_handlers"]))
        return {"lead": lead, "co_handlers": helpers}

    first, *others = (units(place) for place in row["places"] if place["sub_district"])
    return first if all(one == first for one in others) else None


def _no_such_type() -> Problem:
    return Problem(404, "not-found", "No such type", "type_code: take it from GET /catalogue.")
