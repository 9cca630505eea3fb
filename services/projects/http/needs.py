"""What estates need, over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.chassis.database.work import Workshop
from services.chassis.web.cursors import read_cursor, write_cursor
from services.chassis.web.identity import Actor, Role, require
from services.contracts.elements import ElementCode
from services.contracts.estate_events import EstateCode
from services.projects.app.needs.gather import GatherNeeds, need_facts
from services.projects.app.needs.open_project import Begun, OpenForNeeds
from services.projects.app.needs.withdraw import WithdrawNeeds
from services.projects.domain.needs import Need, NeedState
from services.projects.domain.surveys import NeedsSurvey
from services.projects.http.issues_shown import project_shown
from services.projects.http.need_bodies import NeedBody, NewProjectBody, RefusalBody, SurveyBody, WithdrawalBody
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, authority_of, share_of, who_of
from services.projects.http.wording import Wording
from services.projects.store.need_views import page_of_needs, surveys_of

Gatherer = Annotated[Actor, Depends(require(Role.HUB, Role.DEPARTMENT, Role.SUBDISTRICT))]


def need_routes(workshop: Workshop, gather: GatherNeeds, open_project: OpenForNeeds, words: Wording) -> APIRouter:
    router = APIRouter(tags=["needs"])
    withdrawing = WithdrawNeeds(gather)

    @router.get("/needs")
    def list_needs(
        actor: Reader,
        estate: EstateCode | None = None,
        element: ElementCode | None = None,
        state: NeedState | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """The newest first. `next` is the cursor of the following page, null after the last."""
        with workshop.engine.begin() as connection:
            page = page_of_needs(connection, state, estate, element, share_of(actor), read_cursor(cursor), limit)
        last = page[-1] if len(page) == limit else None
        return {"items": [need_shown(one) for one in page], "next": last and write_cursor(last.opened_at, last.id)}

    @router.post("/needs", status_code=201)
    def ask(actor: Gatherer, body: NeedBody) -> dict[str, Any]:
        """A committee, or a row of a file, asks for elements: each begins a need, or joins the one that is there."""
        with answered("need"), workshop.open() as work:
            return {"items": [need_shown(one) for one in gather.ask(work, body.asked(), who_of(actor))]}

    @router.post("/needs/{need_id}/refusal")
    def refuse(actor: Commander, need_id: UUID, body: RefusalBody) -> dict[str, Any]:
        """Refuses a need that no plan holds; for the hub or the department that leads repair."""
        with answered("need"), workshop.open() as work:
            return need_shown(gather.refuse(work, str(need_id), body.version, body.reason, authority_of(actor)))

    @router.post("/needs/{need_id}/withdrawal")
    def withdraw(actor: Gatherer, need_id: UUID, body: WithdrawalBody) -> dict[str, Any]:
        """Takes back one request of a committee or a file; a need that nobody else asks for is refused."""
        with answered("need"), workshop.open() as work:
            need = withdrawing.request(work, str(need_id), body.version, body.source, str(body.ref), who_of(actor))
            return need_shown(need)

    @router.post("/surveys/{survey_id}/withdrawal")
    def withdraw_survey(actor: Gatherer, survey_id: UUID) -> dict[str, Any]:
        """What the survey found asks for nothing any more, except where works run or ran. Idempotent."""
        with answered("survey"), workshop.open() as work:
            return survey_shown(withdrawing.survey(work, str(survey_id), who_of(actor)))

    @router.get("/surveys")
    def list_surveys(actor: Reader, estate: EstateCode) -> dict[str, Any]:
        """Of one estate, the newest first."""
        with workshop.engine.begin() as connection:
            return {"items": [survey_shown(one) for one in surveys_of(connection, estate, share_of(actor))]}

    @router.post("/surveys", status_code=201)
    def survey(actor: Gatherer, body: SurveyBody) -> dict[str, Any]:
        """Keeps a survey; each element that it found begins a need, or joins the one that is there."""
        with answered("survey"), workshop.open() as work:
            return {"items": [need_shown(one) for one in gather.survey(work, body.survey(), who_of(actor))]}

    @router.post("/projects", status_code=201)
    def open_for_needs(actor: Commander, body: NewProjectBody) -> dict[str, Any]:
        """Opens a project for needs, without a hot issue; for the hub or the department that leads repair. Needs whose
        element it has not stay open, and are named in `needs_left`.

        409 carries `current_version` and `current_state` of the need that changed since it was read.
        """
        with answered("need"), workshop.open() as work:
            return begun_shown(open_project(work, body.wanted(), body.plan(), who_of(actor)), words)

    return router


def begun_shown(begun: Begun, words: Wording) -> dict[str, Any]:
    left = [{"need_id": one.id, "element": one.element} for one in begun.left]
    return {**project_shown(begun.project, words), "needs_left": left}


def need_shown(need: Need) -> dict[str, Any]:
    facts = need_facts(need)
    return facts | {
        "place": need.place.model_dump(exclude={"building"}),
        "sources": [one.model_dump() for one in facts["sources"]],
    }


def survey_shown(survey: NeedsSurvey) -> dict[str, Any]:
    return {
        "survey_id": survey.id,
        "estate": survey.estate,
        "role": survey.role,
        "unit": survey.unit,
        "on_site": survey.on_site,
        "made_at": survey.made_at,
        "withdrawn_at": survey.withdrawn_at,
        "findings": [
            {"elements": list(one.elements), "note": one.note, "photographs": list(one.photographs)}
            for one in survey.findings
        ],
    }
