"""The dossier of a project: from the first call to the warranty on one sheet that can be printed and filed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.projects.app.consultation.acts import ConsultationActs
from services.projects.app.works.acts import WorksActs
from services.projects.domain.consultation.course import ConsultationState
from services.projects.http.complaints import complaints_shown
from services.projects.http.consultations_shown import (
    consultation_shown,
    meeting_shown,
    opinion_shown,
    result_shown,
)
from services.projects.http.impacts import impact_shown
from services.projects.http.issues_shown import issue_shown, project_in_full_shown
from services.projects.http.needs import need_shown, survey_shown
from services.projects.http.rights import Reader, share_of, visible_project
from services.projects.http.visits import ending_shown
from services.projects.http.wording import Wording, cause_in_words
from services.projects.http.works_shown import works_shown
from services.projects.pages.works_context import menu_rows_of
from services.projects.store.consultation_views import StepTaken, consultations_of_project, steps_of
from services.projects.store.consultations import meetings_of, opinions_of, results_of
from services.projects.store.hot_issue_views import IssueInFull, issue_in_full
from services.projects.store.project_origins import beginnings_of
from services.projects.store.repair_project_views import project_with_history
from services.projects.store.warranty_visits import rounds_of_project


def dossier_pages(
    workshop: Workshop, pages: Pages, acts: WorksActs, voting: ConsultationActs, words: Wording
) -> APIRouter:
    router = pages.router()

    @router.get("/projects/{project_id}/dossier")
    def dossier(request: Request, actor: Reader, project_id: UUID) -> Response:
        """Everything that its reader may see of the project, as one HTML file without scripts or links outside."""
        with workshop.open() as work:
            found = visible_project(project_with_history(work.connection, str(project_id)), actor)
            share = share_of(actor)
            begun = beginnings_of(work.connection, found[0].id, share)
            issues = [issue_in_full(work.connection, one, share) for one in found[0].hot_issues]
            works = acts.desk.works_of(work, found[0].id)
            rows = menu_rows_of(work, works, acts)
            visits = rounds_of_project(work.connection, found[0].id)
            votes = [
                (vote, results_of(work.connection, vote.id) if vote.seal else [], steps_of(work.connection, vote.id))
                for vote in consultations_of_project(work.connection, found[0].id, voting.desk.rules)
            ]
            meetings = meetings_of(work.connection, found[0].id)
            opinions = opinions_of(work.connection, found[0].id)
            disturbances = acts.disturb.book.disturbances(work, found[0].id)
            complaints = complaints_shown(work, found[0], actor, acts.desk.rules, acts.disturb.calendar)
        say = pages.speech(request)

        def issue(one: IssueInFull) -> dict[str, Any]:
            history = [(line, cause_in_words(say, line.cause, line.note)) for line in one.history]
            return {**issue_shown(one.issue, words), "members": one.members, "history": history}

        return pages.show(
            request,
            "dossier.html",
            actor,
            project=project_in_full_shown(*found, words),
            issues=[issue(one) for one in issues if one],
            needs=[need_shown(one) for one in begun.needs],
            surveys=[survey_shown(one) for one in begun.surveys],
            planned=begun.planned,
            votes=[
                (consultation_shown(vote), result_shown(vote, results)["items"], _annulment(steps))
                for vote, results, steps in votes
            ],
            meetings=[meeting_shown(one) for one in meetings],
            opinions=[opinion_shown(one) for one in opinions],
            works=works_shown(works, acts.desk.rules, {}),
            impacts=[impact_shown(one) for one in disturbances],
            complaints=complaints["complaints"],
            visits=[ending_shown(one, acts.desk.rules) for one in visits],
            defects={one.id: one for one in works.defects},
            rows=rows,
            printed_at=workshop.clock.now(),
        )

    return router


def _annulment(steps: Sequence[StepTaken]) -> StepTaken | None:
    return next((one for one in steps if one.state is ConsultationState.ANNULLED), None)
