"""Meetings about a project and opinions on it, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.projects.app.consultation.hear import HearResidents
from services.projects.http.consultations_shown import meeting_shown, opinion_shown
from services.projects.http.hearing_bodies import MeetingBody, OpinionAnswerBody, OpinionBody
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, visible_project, who_of
from services.projects.store.consultations import meetings_of, opinions_of
from services.projects.store.repair_project_views import project_with_history


def hearing_routes(workshop: Workshop, hear: HearResidents) -> APIRouter:
    router = APIRouter(prefix="/projects/{project_id}", tags=["consultations"])

    @router.get("/hearings")
    def show(actor: Reader, project_id: UUID) -> dict[str, Any]:
        """Meetings, and opinions with their answers."""
        with workshop.engine.begin() as connection:
            visible_project(project_with_history(connection, str(project_id)), actor)
            meetings = meetings_of(connection, str(project_id))
            opinions = opinions_of(connection, str(project_id))
        return {
            "meetings": [meeting_shown(one) for one in meetings],
            "opinions": [opinion_shown(one) for one in opinions],
        }

    @router.post("/meetings", status_code=201)
    def hold(actor: Commander, project_id: UUID, body: MeetingBody) -> dict[str, Any]:
        """Notes a meeting that was held, with who took part and the hash of its minutes."""
        with answered("project"), workshop.open() as work:
            return meeting_shown(hear.hold(work, str(project_id), body.meeting(), who_of(actor)))

    @router.post("/opinions", status_code=201)
    def note(actor: Commander, project_id: UUID, body: OpinionBody) -> dict[str, Any]:
        """Notes an opinion, by the role of who gave it."""
        with answered("project"), workshop.open() as work:
            return opinion_shown(hear.note(work, str(project_id), body.opinion(), who_of(actor)))

    @router.post("/opinions/{opinion_id}/answer")
    def answer(actor: Commander, project_id: UUID, opinion_id: UUID, body: OpinionAnswerBody) -> dict[str, Any]:
        """Answers an opinion: adopted or not, and why."""
        with answered("opinion"), workshop.open() as work:
            return opinion_shown(
                hear.answer(work, str(project_id), str(opinion_id), body.version, body.adopted, body.why, who_of(actor))
            )

    return router
