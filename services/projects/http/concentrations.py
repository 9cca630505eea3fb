"""`GET /concentrations`: where calls add up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem
from services.contracts.ticket_events import SubDistrictCode, TypeCode
from services.projects.domain.evidence import Cell
from services.projects.domain.windows import WINDOWS
from services.projects.http.rights import WHOLE_DISTRICT
from services.projects.store.concentrations import Scope, concentrations


def _known_window(days: int) -> int:
    if days not in WINDOWS:
        raise ValueError(f"is not one of {', '.join(map(str, WINDOWS))}")
    return days


WindowDays = Annotated[int, AfterValidator(_known_window), Query(description="Length of the window in days.")]
EventTime = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC))]


class ConcentrationOut(BaseModel):
    estate: str
    type_code: TypeCode
    calls: int = Field(description="Tickets, anonymous ones and repeats among them.")
    callers: int = Field(description="Distinct callers; an anonymous call proves none.")
    first: datetime = Field(description="Event time of the window's first call.")
    last: datetime


class ConcentrationPage(BaseModel):
    """`next` is the cursor of the following page; absent on the last."""

    as_of: datetime
    window_days: int
    items: list[ConcentrationOut]
    next: str | None = None


def concentration_routes(workshop: Workshop) -> APIRouter:
    router = APIRouter(tags=["concentrations"])

    @router.get("/concentrations")
    def list_concentrations(
        actor: Annotated[Actor, Depends(require(*WHOLE_DISTRICT, Role.SUBDISTRICT))],
        estate: Annotated[str | None, Query(max_length=100)] = None,
        type_code: Annotated[TypeCode | None, Query(alias="type")] = None,
        sub_district: SubDistrictCode | None = None,
        window_days: WindowDays = 30,
        as_of: Annotated[EventTime | None, Query(description="End of the window; now, if absent.")] = None,
        cursor: Annotated[str | None, Query(pattern=r"^.+/[A-Z]{2}\d{0,2}$", max_length=110)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> ConcentrationPage:
        """Calls and distinct callers by estate and type in the window of event time that ends at `as_of`."""
        scope = Scope(estate, type_code, _visible(actor, sub_district))
        with workshop.open() as work:
            end = as_of or work.clock.now()
            found = concentrations(work.connection, scope, WINDOWS[window_days], end, _cell(cursor), limit + 1)
        page = found[:limit]
        return ConcentrationPage(
            as_of=end,
            window_days=window_days,
            items=[
                ConcentrationOut(
                    estate=one.cell.estate,
                    type_code=one.cell.type_code,
                    calls=one.calls,
                    callers=one.callers,
                    first=one.first,
                    last=one.last,
                )
                for one in page
            ],
            next=f"{page[-1].cell.estate}/{page[-1].cell.type_code}" if len(found) > limit else None,
        )

    return router


def _visible(actor: Actor, asked: SubDistrictCode | None) -> frozenset[str] | None:
    """The sub-districts to count in: the one asked for, or all that the actor may see (None: the whole district)."""
    if actor.roles & WHOLE_DISTRICT:
        return None if asked is None else frozenset({asked})
    if asked is None:
        return actor.sub_districts
    if asked not in actor.sub_districts:
        raise Problem(
            403, "not-yours", "Another sub-district's figures", f"Leave sub_district={asked} out to see your own."
        )
    return frozenset({asked})


def _cell(cursor: str | None) -> Cell | None:
    return None if cursor is None else Cell(*cursor.rsplit("/", 1))
