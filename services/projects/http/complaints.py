"""Complaints about the works of a project over HTTP."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.chassis.database.work import Work, Workshop
from services.chassis.web.identity import Actor, Role
from services.chassis.working_days import Calendar
from services.projects.domain.works.complaints import Colour, WhyNoDefect, colour, why_apart, why_no_defect
from services.projects.domain.works.repair_project import RepairProject
from services.projects.domain.works.rules import WorksRules
from services.projects.http.rights import Reader, visible_project
from services.projects.store.complaints import ComplaintLine, apart_from, complaints_of, spans_of
from services.projects.store.repair_project_views import project_with_history
from services.projects.store.works import works_of


def complaint_routes(workshop: Workshop, rules: WorksRules, calendar: Calendar) -> APIRouter:
    router = APIRouter(tags=["works"])

    @router.get("/projects/{project_id}/complaints")
    def show_complaints(actor: Reader, project_id: UUID) -> dict[str, Any]:
        """What residents complain of about these works, apart from the complaints that they are to cure.

        Green: answered, or there is time; yellow: due soon; red: over the limit. `why_no_defect`: of a complaint that
        shows a defect and opened none. `apart`: such tickets of the estate that are not about these works, and why.
        """
        with workshop.open() as work:
            project, _ = visible_project(project_with_history(work.connection, str(project_id)), actor)
            return complaints_shown(work, project, actor, rules, calendar)

    return router


def complaints_shown(
    work: Work, project: RepairProject, actor: Actor, rules: WorksRules, calendar: Calendar
) -> dict[str, Any]:
    """`counts` by colour. A ticket that is for few is listed for the hub alone."""
    all_of_them = Role.HUB in actor.roles
    lines = complaints_of(work.connection, project.id, all_of_them=all_of_them)
    warranties = works_of(work.connection, project.id).warranties
    now = work.clock.now()

    def of(line: ComplaintLine) -> Colour:
        rule = rules.complaint_rules[line.type_code]
        answered = line.answered_at is not None
        return colour(line.occurred_at, answered, now, rule, lambda at, days: calendar.after_working_days(at, days).due)

    def why(line: ComplaintLine) -> WhyNoDefect | None:
        opens = line.type_code in rules.defect_complaints and line.defect_id is None
        return why_no_defect(line.occurred_at, warranties) if opens else None

    shown = [
        {**line._asdict(), "colour": of(line), "why_no_defect": why(line)}
        for line in lines
        if line.type_code in rules.complaint_rules
    ]
    counts = Counter(one["colour"] for one in shown)
    apart = _apart(work, project, rules, all_of_them)
    return {"counts": {one: counts[one] for one in Colour}, "complaints": shown, "apart": apart}


def _apart(work: Work, project: RepairProject, rules: WorksRules, all_of_them: bool) -> list[dict[str, Any]]:
    estate = project.place.estate
    spans = spans_of(work.connection, [estate])[estate] if estate else ()
    span = next((one for one in spans if one.project_id == project.id), None)
    if estate is None or span is None:
        return []
    lines = apart_from(work.connection, project.id, estate, rules.defect_complaints, all_of_them=all_of_them)
    found = (
        (line, why_apart(line.evidence, line.of_another, line.occurred_at, span, rules.complaint_rules[line.type_code]))
        for line in lines
    )
    return [
        {
            "ticket_id": line.ticket_id,
            "number": line.number,
            "type_code": line.type_code,
            "occurred_at": line.occurred_at,
            "why_no_defect": why,
        }
        for line, why in found
        if why
    ]
