"""Complaints about the works of a project over HTTP."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.chassis.database.work import Work, Workshop
from services.chassis.web.identity import Actor, Role
from services.chassis.working_days import Calendar
from services.projects.domain.works.complaints import Colour, colour
from services.projects.domain.works.rules import WorksRules
from services.projects.http.rights import Reader, visible_project
from services.projects.store.complaints import ComplaintLine, complaints_of
from services.projects.store.repair_project_views import project_with_history


def complaint_routes(workshop: Workshop, rules: WorksRules, calendar: Calendar) -> APIRouter:
    router = APIRouter(tags=["works"])

    @router.get("/projects/{project_id}/complaints")
    def show_complaints(actor: Reader, project_id: UUID) -> dict[str, Any]:
        """What residents complain of about these works, apart from the complaints that they are to cure.

        Green: answered, or there is time; yellow: due soon; red: over the limit.
        """
        with workshop.open() as work:
            project, _ = visible_project(project_with_history(work.connection, str(project_id)), actor)
            return complaints_shown(work, project.id, actor, rules, calendar)

    return router


def complaints_shown(
    work: Work, project_id: str, actor: Actor, rules: WorksRules, calendar: Calendar
) -> dict[str, Any]:
    """`counts` by colour. A ticket that is for few is listed for the hub alone."""
    lines = complaints_of(work.connection, project_id, all_of_them=Role.HUB in actor.roles)
    now = work.clock.now()

    def of(line: ComplaintLine) -> Colour:
        rule = rules.complaint_rules[line.type_code]
        answered = line.answered_at is not None
        return colour(line.occurred_at, answered, now, rule, lambda at, days: calendar.after_working_days(at, days).due)

    shown = [{**line._asdict(), "colour": of(line)} for line in lines if line.type_code in rules.complaint_rules]
    counts = Counter(one["colour"] for one in shown)
    return {"counts": {one: counts[one] for one in Colour}, "complaints": shown}
