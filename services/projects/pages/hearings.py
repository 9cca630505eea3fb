"""The consultations of a project in a list, its meetings, and opinions with their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, choice_of, number_of
from services.chassis.pages.look import Pages, done
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.projects.app.consultation.acts import ConsultationActs
from services.projects.app.consultation.desk import OVER
from services.projects.domain.consultation.meetings import MeetingKind, ParticipantRole
from services.projects.http.consultation_bodies import ConsultationBody
from services.projects.http.consultations_shown import consultation_shown, meeting_shown, opinion_shown
from services.projects.http.hearing_bodies import MeetingBody, OpinionAnswerBody, OpinionBody
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, authority_of, who_of
from services.projects.pages.consultation_sheet import rows_of_file
from services.projects.pages.consultations import item_entered
from services.projects.pages.counting_party import electors_entered
from services.projects.pages.forms import NOTHING, Entered, SentFile, acted, hash_of, refused
from services.projects.pages.works_context import project_of
from services.projects.store.consultation_views import consultations_of_project
from services.projects.store.consultations import meetings_of, opinions_of

BODY_LIMITS: Mapping[str, int] = {"/pages/projects/*/consultations/drafts": 8 * 2**20}


def hearing_pages(workshop: Workshop, pages: Pages, acts: ConsultationActs) -> APIRouter:
    router = pages.router()

    @router.get("/projects/{project_id}/consultations")
    def show(request: Request, actor: Reader, project_id: UUID) -> Response:
        return _page(request, actor, project_id)

    @router.post("/projects/{project_id}/consultations/drafts")
    def draft(
        request: Request,
        actor: Commander,
        project_id: UUID,
        fields: Fields,
        file: SentFile = None,
    ) -> Response:
        """A first item and who may vote, by the register or by a file; further items are added on its page."""
        try:
            with answered("project"), workshop.open() as work:
                electors, numbers = electors_entered(fields, file)
                with rows_of_file(numbers):
                    asked = {"id": fields.get("id"), "items": [item_entered(fields)], **electors}
                    body = body_of(ConsultationBody, asked)
                draft = body.draft(acts.desk.keyed)
                made = acts.drafts.draft(work, str(project_id), draft, who_of(actor))
        except Problem as problem:
            if problem.status_code not in (409, 422):
                raise
            return _page(request, actor, project_id, fields, problem)
        return done(f"/pages/consultations/{made.id}", "consultation_drafted")

    @router.post("/projects/{project_id}/consultations/meetings")
    def hold(request: Request, actor: Commander, project_id: UUID, fields: Fields, file: SentFile = None) -> Response:
        """The hash of the minutes is kept; the file stays with the unit."""

        def act(work: Work) -> None:
            present = {
                role.value: number
                for role in ParticipantRole
                if (number := number_of(fields.get(f"present.{role}"))) is not None
            }
            values = {
                "id": fields.get("id"),
                "kind": fields.get("kind"),
                "held_on": fields.get("held_on"),
                "present": present,
                "minutes": hash_of(file),
            }
            acts.hearings.hold(work, str(project_id), body_of(MeetingBody, values).meeting(), who_of(actor))

        return _done(request, actor, project_id, fields, "meeting_held", act)

    @router.post("/projects/{project_id}/consultations/opinions")
    def note(request: Request, actor: Commander, project_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            values = {name: fields.get(name) for name in ("id", "role", "item", "words")}
            acts.hearings.note(work, str(project_id), body_of(OpinionBody, values).opinion(), who_of(actor))

        return _done(request, actor, project_id, fields, "opinion_noted", act)

    @router.post("/projects/{project_id}/consultations/opinions/{opinion_id}")
    def answer(request: Request, actor: Commander, project_id: UUID, opinion_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            values = {
                "version": number_of(fields.get("version")),
                "adopted": choice_of(fields.get("adopted")),
                "why": fields.get("why"),
            }
            body = body_of(OpinionAnswerBody, values)
            acts.hearings.answer(
                work, str(project_id), str(opinion_id), body.version, body.adopted, body.why, who_of(actor)
            )

        return _done(request, actor, project_id, fields, "opinion_answered", act)

    def _done(
        request: Request, actor: Actor, project_id: UUID, fields: Entered, what: str, act: Callable[[Work], None]
    ) -> Response:
        page = f"/pages/projects/{project_id}/consultations"
        return acted(
            workshop, "project", act, page, what, lambda problem: _page(request, actor, project_id, fields, problem)
        )

    def _page(
        request: Request,
        actor: Actor,
        project_id: UUID,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        with workshop.open() as work:
            project = project_of(work, project_id, actor)
            found = consultations_of_project(work.connection, project.id, acts.desk.rules)
            meetings = meetings_of(work.connection, project.id)
            opinions = opinions_of(work.connection, project.id)
            menu = acts.desk.standing.menu(work, project.opened_at)
        today = workshop.clock.now().date()
        return pages.show(
            request,
            "consultations.html",
            actor,
            project=project,
            consultations=[consultation_shown(one) for one in found],
            meetings=[meeting_shown(one) for one in meetings],
            opinions=[opinion_shown(one) for one in opinions],
            may_act=authority_of(actor).may_act_on(project) and project.state not in OVER,
            kinds=MeetingKind,
            roles=ParticipantRole,
            rules=acts.desk.rules,
            menu=menu,
            today=today,
            fresh_id=uuid4,
            **refused(request, entered, problem),
        )

    return router
