"""What an estate asks for, as a page: needs and surveys, with the forms to record and withdraw them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Path, Request, Response
from starlette.datastructures import UploadFile as SentFile

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, choice_of, number_of
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Actor, Role
from services.chassis.web.problems import Problem, invalid
from services.contracts.elements import elements
from services.contracts.estate_events import EstateCode
from services.projects.app.needs.gather import GatherNeeds
from services.projects.app.needs.withdraw import WithdrawNeeds
from services.projects.domain.needs import ASKED_BY_HAND, PLANNABLE, NeedOrigin
from services.projects.domain.photographs import is_photograph
from services.projects.domain.surveys import SurveyRole
from services.projects.http.need_bodies import NeedBody, SurveyBody, WithdrawalBody
from services.projects.http.needs import Gatherer, need_shown, survey_shown
from services.projects.http.rights import Reader, not_found, share_of, who_of
from services.projects.pages.consultations import moment_entered
from services.projects.pages.forms import NOTHING, Entered, acted, refused
from services.projects.store.estate_views import estate_by_id
from services.projects.store.need_views import page_of_needs, surveys_of, ticket_numbers

LISTED = 100
FINDINGS = (1, 2, 3)
"""So many findings a form of a survey has room for."""
BODY_LIMITS: Mapping[str, int] = {"/pages/estates/*/needs/survey": 64 * 2**20}
EstateNamed = Annotated[EstateCode, Path()]


async def photographs_of(request: Request) -> Mapping[int, list[str | None]]:
    """The hash of each photograph by its finding, None for what is none; the files stay with who looked."""
    form, found = await request.form(), dict[int, list[str | None]]()
    for number in FINDINGS:
        for file in form.getlist(f"photographs-{number}"):
            if isinstance(file, SentFile) and file.filename:
                content = await file.read()
                sha256 = hashlib.sha256(content).hexdigest() if is_photograph(content) else None
                found.setdefault(number, []).append(sha256)
    return found


Photographs = Annotated[Mapping[int, list[str | None]], Depends(photographs_of)]


def estate_need_pages(workshop: Workshop, pages: Pages, gather: GatherNeeds) -> APIRouter:
    router, withdraw = pages.router(), WithdrawNeeds(gather)

    @router.get("/estates/{estate_id}/needs")
    def of_estate(request: Request, actor: Reader, estate_id: EstateNamed) -> Response:
        return _estate(request, actor, estate_id)

    @router.post("/estates/{estate_id}/needs/request")
    def ask(request: Request, actor: Gatherer, estate_id: EstateNamed, fields: Fields) -> Response:
        """A committee asks."""
        values = {"id": fields.get("id"), "source": NeedOrigin.COMMITTEE, "estate": estate_id}

        def act(work: Work) -> None:
            body = body_of(NeedBody, {**values, "elements": fields.getlist("elements")})
            gather.ask(work, body.asked(), who_of(actor))

        return _done(request, actor, estate_id, fields, "need_asked", act)

    @router.post("/estates/{estate_id}/needs/survey")
    def survey(
        request: Request, actor: Gatherer, estate_id: EstateNamed, fields: Fields, photographs: Photographs
    ) -> Response:
        values = {
            **{name: fields.get(name) for name in ("id", "role", "unit")},
            "estate": estate_id,
            "on_site": choice_of(fields.get("on_site")),
            "made_at": moment_entered(fields.get("made_at")),
            "findings": _findings(fields, photographs),
        }

        def act(work: Work) -> None:
            if any(None in of_finding for of_finding in photographs.values()):
                why = "is no photograph: choose JPEG, PNG, WebP or HEIC files"
                raise invalid([{"loc": ("body", "photographs"), "type": "value_error", "msg": why}])
            gather.survey(work, body_of(SurveyBody, values).survey(), who_of(actor))

        return _done(request, actor, estate_id, fields, "surveyed", act)

    @router.post("/estates/{estate_id}/needs/withdrawal")
    def take_back(request: Request, actor: Gatherer, estate_id: EstateNamed, fields: Fields) -> Response:
        def act(work: Work) -> None:
            values = {"version": number_of(fields.get("version")), **{n: fields.get(n) for n in ("source", "ref")}}
            body = body_of(WithdrawalBody, values)
            asked = body.source, str(body.ref)
            withdraw.request(work, fields.get("need_id", ""), body.version, *asked, who_of(actor))

        return _done(request, actor, estate_id, fields, "need_withdrawn", act)

    @router.post("/estates/{estate_id}/needs/survey-withdrawal")
    def take_back_survey(request: Request, actor: Gatherer, estate_id: EstateNamed, fields: Fields) -> Response:
        def act(work: Work) -> None:
            withdraw.survey(work, fields.get("survey_id", ""), who_of(actor))

        return _done(request, actor, estate_id, fields, "survey_withdrawn", act)

    def _done(
        request: Request, actor: Actor, estate_id: str, fields: Entered, what: str, act: Callable[[Work], None]
    ) -> Response:
        return acted(
            workshop,
            "need",
            act,
            f"/pages/estates/{estate_id}/needs",
            what,
            lambda problem: _estate(request, actor, estate_id, fields, problem),
        )

    def _estate(
        request: Request, actor: Actor, estate_id: str, entered: Entered = NOTHING, problem: Problem | None = None
    ) -> Response:
        share = share_of(actor)
        with workshop.engine.begin() as connection:
            estate = estate_by_id(connection, estate_id, share)
            if estate is None:
                raise not_found("estate")
            needs = page_of_needs(connection, None, estate_id, None, share, None, LISTED)
            surveys = surveys_of(connection, estate_id, share)
            numbers = ticket_numbers(connection, needs, share)
        may_ask = gathers(actor) and share.holds(gather.lead(workshop.clock.now()), estate.facts.sub_district)
        return pages.show(
            request,
            "estate_needs.html",
            actor,
            estate=estate.facts,
            needs=[need_shown(one) for one in needs],
            surveys=[survey_shown(one) for one in surveys],
            may_ask=may_ask,
            plannable=PLANNABLE,
            by_hand=ASKED_BY_HAND,
            roles=SurveyRole,
            elements=elements(),
            findings=FINDINGS,
            numbers=numbers,
            fresh_id=uuid4,
            **refused(request, entered, problem),
        )

    return router


def gathers(actor: Actor) -> bool:
    """Whether they may ask for estates, of their own area."""
    return bool(actor.roles & {Role.HUB, Role.DEPARTMENT, Role.SUBDISTRICT})


def _findings(fields: Entered, photographs: Mapping[int, list[str | None]]) -> list[dict[str, Any]]:
    """Those of which anything was entered."""
    found = []
    for number in FINDINGS:
        named, note = fields.getlist(f"elements-{number}"), fields.get(f"note-{number}")
        if named or note or number in photographs:
            found.append({"elements": named, "note": note or "", "photographs": photographs.get(number, [])})
    return found
