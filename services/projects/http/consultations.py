"""The consultations of a repair project over HTTP (docs/consultation.md, ADR 42)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.commands import Conflict, Unknown
from services.chassis.database.work import Work, Workshop
from services.chassis.web.identity import Actor
from services.projects.app.consultation.acts import ConsultationActs
from services.projects.app.consultation.recording import record_of_consultation
from services.projects.domain.consultation.course import Consultation, ConsultationState
from services.projects.http.consultation_bodies import (
    AnnulmentBody,
    BallotsBody,
    ConsultationBody,
    ConsultationStepBody,
    ElectorateBody,
    NoticeBody,
    RoundBody,
    TextsBody,
)
from services.projects.http.consultations_shown import (
    consultation_shown,
    result_shown,
    standing_shown,
    taken_shown,
)
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, visible_project, who_of
from services.projects.store.consultation_views import consultation_seen, consultations_of_project
from services.projects.store.consultations import results_of
from services.projects.store.repair_project_views import project_with_history

CONSULTATION = "consultation"
BODY_LIMITS: Mapping[str, int] = {
    "/projects/*/consultations": 8 * 2**20,
    "/consultations/*/rounds": 8 * 2**20,
    "/consultations/*/ballots": 8 * 2**20,
    "/consultations/*/deliveries": 8 * 2**20,
    "/consultations/*/electorate": 8 * 2**20,
}


def consultation_routes(workshop: Workshop, acts: ConsultationActs) -> APIRouter:
    router = APIRouter(tags=["consultations"])
    keyed = acts.desk.keyed

    @router.post("/projects/{project_id}/consultations", status_code=201)
    def draft(actor: Commander, project_id: UUID, body: ConsultationBody) -> dict[str, Any]:
        """Drafts what is asked and takes the snapshot of who may vote; for the hub or the department that leads, like
        every act at a consultation. Owners are hashed at once."""
        with answered("project"), workshop.open() as work:
            return consultation_shown(acts.drafts.draft(work, str(project_id), body.draft(keyed), who_of(actor)))

    @router.post("/consultations/{consultation_id}/electorate")
    def ask_others(actor: Commander, consultation_id: UUID, body: ElectorateBody) -> dict[str, Any]:
        """Takes a new snapshot of a draft: from the register, or from parts that are held against it. 409 once it
        was announced."""
        with answered(CONSULTATION), workshop.open() as work:
            asked = body.electors(keyed)
            return consultation_shown(
                acts.drafts.ask_others(work, str(consultation_id), body.version, asked, who_of(actor))
            )

    @router.get("/projects/{project_id}/consultations")
    def list_consultations(actor: Reader, project_id: UUID) -> dict[str, Any]:
        """All of a project, in the order in which they were drafted."""
        with workshop.engine.begin() as connection:
            visible_project(project_with_history(connection, str(project_id)), actor)
            found = consultations_of_project(connection, str(project_id), acts.desk.rules)
        return {"items": [consultation_shown(one) for one in found]}

    @router.get("/consultations/{consultation_id}")
    def show(actor: Reader, consultation_id: UUID) -> dict[str, Any]:
        """What is asked, of whom, when and by which rules; never how it stands."""
        with answered(CONSULTATION), workshop.open() as work:
            return consultation_shown(seen_by(work, acts, str(consultation_id), actor))

    @router.post("/consultations/{consultation_id}/texts")
    def rewrite(actor: Commander, consultation_id: UUID, body: TextsBody) -> dict[str, Any]:
        """Replaces the items of a draft. 409 once it was announced: a change then takes a further round."""
        asked = [one.asked() for one in body.items]
        with answered(CONSULTATION), workshop.open() as work:
            return consultation_shown(
                acts.drafts.rewrite(work, str(consultation_id), body.version, asked, who_of(actor))
            )

    @router.post("/consultations/{consultation_id}/rounds", status_code=201)
    def further_round(actor: Commander, consultation_id: UUID, body: RoundBody) -> dict[str, Any]:
        """Drafts a further round of one that has ended; `changed` names what differs. 422 when nothing does."""
        asked = [one.asked() for one in body.items]
        with answered(CONSULTATION), workshop.open() as work:
            return consultation_shown(
                acts.drafts.again(
                    work, str(consultation_id), body.version, asked, body.other_electors(keyed), who_of(actor)
                )
            )

    @router.post("/consultations/{consultation_id}/notice")
    def notice(actor: Commander, consultation_id: UUID, body: NoticeBody) -> dict[str, Any]:
        """Announces it: from now on nothing of it changes. 422 names the period that its rules do not allow."""
        with answered(CONSULTATION), workshop.open() as work:
            return consultation_shown(
                acts.steps.notice(work, str(consultation_id), body.version, body.announced(), who_of(actor))
            )

    @router.post("/consultations/{consultation_id}/steps")
    def step(actor: Commander, consultation_id: UUID, body: ConsultationStepBody) -> dict[str, Any]:
        """Opens, closes, counts or publishes it. 409 when its time has not come, or another was faster."""
        with answered(CONSULTATION), workshop.open() as work:
            return consultation_shown(
                acts.steps.step(
                    work, str(consultation_id), body.version, ConsultationState(body.to), None, who_of(actor)
                )
            )

    @router.post("/consultations/{consultation_id}/annulment")
    def annul(actor: Commander, consultation_id: UUID, body: AnnulmentBody) -> dict[str, Any]:
        """Ends it without a result, or takes back one that was published (a court annulled it, say)."""
        with answered(CONSULTATION), workshop.open() as work:
            return consultation_shown(
                acts.steps.step(
                    work,
                    str(consultation_id),
                    body.version,
                    ConsultationState.ANNULLED,
                    body.reason,
                    who_of(actor),
                )
            )

    @router.post("/consultations/{consultation_id}/ballots")
    def take_ballots(actor: Commander, consultation_id: UUID, body: BallotsBody) -> dict[str, Any]:
        """Adds ballots with their evidence; bad rows are named and the others taken. The same id adds nothing again."""
        with answered(CONSULTATION), workshop.open() as work:
            return taken_shown(acts.ballots.take(work, str(consultation_id), str(body.id), body.rows(), who_of(actor)))

    @router.get("/consultations/{consultation_id}/standing")
    def standing(actor: Commander, consultation_id: UUID) -> dict[str, Any]:
        """How it stands, and how many more it takes; for the counting party alone, the hub and the lead. While voting
        is open each look is noted; from its end until entering has ended (`to`: sealed) 409."""
        with answered(CONSULTATION), workshop.open() as work:
            return standing_shown(acts.steps.standing(work, str(consultation_id), who_of(actor)))

    @router.get("/consultations/{consultation_id}/result")
    def result(actor: Reader, consultation_id: UUID) -> dict[str, Any]:
        """The published result: both countings and the verdict with its reasons. 409 before it is published."""
        with answered(CONSULTATION), workshop.open() as work:
            found = seen_by(work, acts, str(consultation_id), actor)
            if found.seal is None:
                raise Conflict("its result is not published", found.version, found.state)
            return result_shown(found, results_of(work.connection, found.id))

    @router.get("/consultations/{consultation_id}/record")
    def record(actor: Commander, consultation_id: UUID) -> Response:
        """The whole record, which `closedloop consultation verify` recounts; for the counting party, once counted."""
        with answered(CONSULTATION), workshop.open() as work:
            found = acts.desk.look(work, str(consultation_id), who_of(actor))
            return record_file(record_of_consultation(work, acts.desk.book, found))

    return router


def seen_by(work: Work, acts: ConsultationActs, consultation_id: str, actor: Actor) -> Consultation:
    """Raises Unknown for one of a project that the actor may not see."""
    found = consultation_seen(work.connection, consultation_id, acts.desk.rules)
    if found is None:
        raise Unknown
    visible_project(project_with_history(work.connection, found.project_id), actor)
    return found


def record_file(record: Mapping[str, Any]) -> Response:
    return Response(json.dumps(record, ensure_ascii=False), media_type="application/json")
