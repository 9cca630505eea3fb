"""`GET /handover` and `GET /bulletin`: what the shift leader reads."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.chassis.database.work import Workshop
from services.chassis.web.csv_answers import csv_answer
from services.chassis.working_days import SHANGHAI
from services.intake.http.indicators import Day, Figured, begin_of
from services.intake.http.rights import Overseer, departments_of, scope_of
from services.intake.store.shifts import bulletin, handover


class Span(StrEnum):
    DAY = "day"
    WEEK = "week"


def shift_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["shift"])

    @router.get("/handover")
    def hand_over(actor: Figured, hours: Annotated[int, Query(ge=1, le=168)] = 8) -> dict[str, Any]:
        """Open tickets by unit and person; those due within `hours`, breached, waiting for a decision, and emergencies.

        A department sees what it leads.
        """
        with workshop.engine.begin() as connection:
            return handover(connection, departments_of(actor, None), scope_of(actor), workshop.clock.now(), hours)

    @router.get("/bulletin")
    def show_bulletin(_: Overseer, period: Span = Span.DAY, date: Day = None) -> dict[str, Any]:
        """The day, or the week from Monday on, that holds `date` in Shanghai; today, if left out."""
        found = bulletin_of(workshop, period, date)
        return found | {
            name: [{"group": group} | one for group, one in sorted(found[name].items(), key=lambda each: each[0] or "")]
            for name in ("by_unit", "by_sub_district")
        }

    @router.get("/bulletin.csv", response_class=Response)
    def bulletin_as_csv(_: Overseer, period: Span = Span.DAY, date: Day = None) -> Response:
        """The same, a line for each unit and each sub-district, and one for all."""
        return bulletin_csv(bulletin_of(workshop, period, date))

    return router


def bulletin_of(workshop: Workshop, span: Span, day: date | None) -> dict[str, Any]:
    """The bulletin of the day, or of the week from Monday on, that holds `day`; of today, if left out."""
    now = workshop.clock.now()
    first = day or now.astimezone(SHANGHAI).date()
    if span is Span.WEEK:
        first -= timedelta(days=first.weekday())
    begin, end = begin_of(first), begin_of(first + timedelta(days=7 if span is Span.WEEK else 1))
    assert begin
    assert end
    with workshop.engine.begin() as connection:
        return bulletin(connection, begin, end, now)


def bulletin_csv(found: dict[str, Any]) -> Response:
    groups = [("all", "", found["total"])]
    for name in ("by_unit", "by_sub_district"):
        by_name = sorted(found[name].items(), key=lambda each: each[0] or "")
        groups += [(name.removeprefix("by_"), group or "", one) for group, one in by_name]
    lines = [
        (by, group, *(one[name] for name in ("new", "due", "overdue", "settled")), *_grades(one))
        for by, group, one in groups
    ]
    head = ("by", "group", "new", "due", "overdue", "settled", "satisfied", "graded")
    return csv_answer("bulletin.csv", head, lines)


def _grades(line: dict[str, Any]) -> tuple[int, int]:
    grades = line["satisfaction"]
    return (grades["numerator"], grades["denominator"]) if grades else (0, 0)
