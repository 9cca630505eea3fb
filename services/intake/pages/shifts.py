"""The pages of a shift leader: the handover list, and the bulletin of a day or a week."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.chassis.working_days import SHANGHAI
from services.intake.domain.follow_up import STAGE_OF
from services.intake.http.indicators import Day, Figured
from services.intake.http.rights import Overseer, departments_of, scope_of
from services.intake.http.shifts import Span, bulletin_csv, bulletin_of
from services.intake.pages.indicators import in_order
from services.intake.store.shifts import handover

A_DAY = timedelta(days=1)
LISTS = ("emergencies", "breached", "due", "returns_waiting", "extensions_waiting")


def shift_pages(workshop: Workshop, pages: Pages) -> APIRouter:
    router = pages.router()

    @router.get("/handover")
    def hand_over(request: Request, actor: Figured, hours: Annotated[int, Query(ge=1, le=168)] = 8) -> Response:
        now = workshop.clock.now()
        with workshop.engine.begin() as connection:
            found = handover(connection, departments_of(actor, None), scope_of(actor), now, hours)
        return pages.show(request, "handover.html", actor, found=found, lists=LISTS, hours=hours, now=now)

    @router.get("/bulletin")
    def show(request: Request, actor: Overseer, period: Span = Span.DAY, date: Day = None) -> Response:
        bulletin = bulletin_of(workshop, period, date)
        first, after = (bulletin[name].astimezone(SHANGHAI).date() for name in ("from", "to"))
        stages: Counter[str] = Counter()
        for state, count in bulletin["hot_issues"].items():
            stages[STAGE_OF[state]] += count
        return pages.show(
            request,
            "bulletin.html",
            actor,
            bulletin=bulletin,
            by_unit=in_order(bulletin["by_unit"]),
            by_sub_district=in_order(bulletin["by_sub_district"]),
            period=period,
            spans=Span,
            first=first,
            last=after - A_DAY,
            earlier=first - A_DAY,
            later=after if bulletin["to"] <= workshop.clock.now() else None,
            stages=stages,
        )

    @router.get("/bulletin.csv")
    def as_csv(_: Overseer, period: Span = Span.DAY, date: Day = None) -> Response:
        return bulletin_csv(bulletin_of(workshop, period, date))

    return router
