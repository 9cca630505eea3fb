"""One class of problems on one sheet: case, causes, standard, and what the eight sub-districts made of it."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from services.chassis.database.work import Work
from services.chassis.working_days import SHANGHAI
from services.contracts.districts import sub_districts
from services.projects.app.cases.publishing import case_facts
from services.projects.app.share import DistrictShare
from services.projects.domain.cases.typical_case import TypicalCase
from services.projects.domain.standards.standard import Standard
from services.projects.http.standards_shown import rollouts_shown, standard_shown
from services.projects.store.case_views import (
    complaints_around,
    floor_areas,
    issues_of_case,
    number_of_project,
    numbers_of_tickets,
    tickets_counted,
    tickets_of_case,
)
from services.projects.store.standard_views import standard_by_id
from services.projects.store.standards import checks_of, rollouts_of

PER_AREA = 10_000 * 100
"""10,000 m² in 0.01 m²."""


def case_shown(case: TypicalCase) -> dict[str, Any]:
    facts = case_facts(case)
    return facts | {
        "criteria": {one.code: one.evidence for one in facts["criteria"]},
        "causes": [one.model_dump() for one in facts["causes"]],
    }


def sheet(work: Work, case: TypicalCase, share: DistrictShare) -> dict[str, Any]:
    """`tickets`: the newest that the reader may list; their texts are read where tickets are. `ticket_count`: all that
    its hot issues have, of which `later_ticket_count` belong to issues alone that came after the proposal.

    `sub_districts`: complaints of the type as long before the adoption as after it, per 10,000 m² of registered floor
    area and year; None where nothing was adopted yet, no day has passed, or no floor area is registered.
    """
    connection = work.connection
    named = {ticket for cause in case.causes for ticket in cause.tickets}
    standard = standard_by_id(connection, case.standard_id) if case.standard_id else None
    counted = tickets_counted(connection, case, share)
    return {
        "case": case_shown(case),
        "issues": issues_of_case(connection, case, share),
        "tickets": tickets_of_case(connection, case, share),
        "ticket_count": counted[False] + counted[True],
        "later_ticket_count": counted[True],
        "ticket_numbers": dict(numbers_of_tickets(connection, named, share)),
        "pilot_number": number_of_project(connection, case.pilot) if case.pilot else None,
        "standard": standard_shown(standard) if standard else None,
        "rollout": _rollout(work, case, standard) if standard else None,
    }


def _rollout(work: Work, case: TypicalCase, standard: Standard) -> dict[str, Any]:
    connection, now = work.connection, work.clock.now()
    rollouts, checks = rollouts_of(connection, standard.id), checks_of(connection, standard.id)
    shown = rollouts_shown(standard, rollouts, checks, now)
    areas = floor_areas(connection)
    for item in shown["items"]:
        code, adopted_on = item["sub_district"], item["adopted_on"]
        item["name"] = sub_districts()[code].name_cn
        item["complaints"] = _complaints(work, case, code, adopted_on, areas.get(code)) if adopted_on else None
    return shown


def _complaints(work: Work, case: TypicalCase, code: str, adopted_on: date, area: int | None) -> dict[str, Any]:
    begin = datetime.combine(adopted_on, time.min, SHANGHAI)
    found = complaints_around(work.connection, (case.type_code,), code, begin, work.clock.now())
    return {
        "days": found.days,
        "before": found.before,
        "after": found.after,
        "floor_area": area,
        "before_rate": _rate(found.before, area, found.days),
        "after_rate": _rate(found.after, area, found.days),
    }


def _rate(complaints: int, area: int | None, days: int) -> Decimal | None:
    """Per 10,000 m² and year, to two decimals."""
    if not area or not days:
        return None
    return round(Decimal(complaints) * PER_AREA * 365 / (area * days), 2)
