"""The inbox of a unit, by what is to be done next."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.chassis.identity import Actor
from services.chassis.pages.look import Pages
from services.chassis.work import Workshop
from services.contracts.departments import departments
from services.intake.adapters.pages.inbox import (
    OF_THE_HUB,
    OVER,
    Tab,
    assignees,
    chosen,
    count_by_tab,
    page_of_inbox,
    units_of,
)
from services.intake.adapters.pages.telling import reason
from services.intake.adapters.rights import Reader

MOST_PAGES = 200


def inbox_pages(workshop: Workshop, pages: Pages) -> APIRouter:
    router = pages.router()

    @router.get("/inbox")
    def inbox(
        request: Request,
        actor: Reader,
        of: Annotated[str, Query(max_length=40)] = "",
        tab: Tab | None = None,
        assignee: Annotated[str, Query(max_length=100)] = "",
        page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
    ) -> Response:
        return _inbox(request, actor, of, tab, assignee, page)

    def _inbox(request: Request, actor: Actor, of: str, tab: Tab | None, assignee: str, page: int) -> Response:
        unit = chosen(of, actor)
        own, sub_districts = units_of(actor)
        tabs = [one for one in Tab if own is None or one not in OF_THE_HUB]
        open_tab = tab or Tab.TO_SIGN
        with workshop.engine.connect() as connection:
            items, more = page_of_inbox(connection, unit, open_tab, assignee, page)
            counts = count_by_tab(connection, unit)
            people = assignees(connection, unit, open_tab)
        say = pages.speech(request)
        return pages.show(
            request,
            "inbox.html",
            actor,
            items=items,
            reasons={one["id"]: reason(say, one["review_reason"] or "") for one in items},
            unit=unit,
            departments=list(departments()) if own is None else own,
            sub_districts=sub_districts,
            whole_district=own is None,
            tab=open_tab,
            tabs=tabs,
            counts=counts,
            over=open_tab in OVER,
            assignee=assignee,
            people=people,
            number=page,
            more=more and page < MOST_PAGES,
            now=workshop.clock.now(),
        )

    return router
