"""What a shift leader reads: the handover list, and the bulletin of a day or a week."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.chassis.pages.look import Pages
from services.chassis.work import Workshop
from services.chassis.working_days import SHANGHAI
from services.intake.adapters.indicator_routes import Day, Figured, departments_of
from services.intake.adapters.pages.figure_pages import in_order
from services.intake.adapters.rights import Overseer
from services.intake.adapters.shift import handover
from services.intake.adapters.shift_routes import Span, bulletin_csv, bulletin_of
from services.intake.domain.follow_up import STAGE_OF

A_DAY = timedelta(days=1)
LISTS = ("emergencies", "breached", "due", "returns_waiting", "extensions_waiting")


def shift_pages(workshop: Workshop, pages: Pages) -> APIRouter:
    router = pages.router()

    @router.get("/handover")
    def hand_over(request: Request, actor: Figured, hours: Annotated[int, Query(ge=1, le=168)] = 8) -> Response:
        now = workshop.clock.now()
        with workshop.engine.begin() as connection:
            told = handover(connection, departments_of(actor, None), now, hours)
        return pages.show(request, "handover.html", actor, told=told, lists=LISTS, hours=hours, now=now)

    @router.get("/bulletin")
    def show(request: Request, actor: Overseer, period: Span = Span.DAY, date: Day = None) -> Response:
        told = bulletin_of(workshop, period, date)
        first, after = (told[name].astimezone(SHANGHAI).date() for name in ("from", "to"))
        stages: Counter[str] = Counter()
        for state, count in told["hot_issues"].items():
            stages[STAGE_OF[state]] += count
        return pages.show(
            request,
            "bulletin.html",
            actor,
            told=told,
            by_unit=in_order(told["by_unit"]),
            by_sub_district=in_order(told["by_sub_district"]),
            period=period,
            spans=Span,
            first=first,
            last=after - A_DAY,
            earlier=first - A_DAY,
            later=after if told["to"] <= workshop.clock.now() else None,
            stages=stages,
        )

    @router.get("/bulletin.csv")
    def as_csv(_: Overseer, period: Span = Span.DAY, date: Day = None) -> Response:
        return bulletin_csv(bulletin_of(workshop, period, date))

    return router
