"""`GET /kpi`: what the loop is measured by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BeforeValidator, Field

from services.chassis.database.work import Workshop
from services.chassis.web.csv_answers import csv_answer
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem, invalid
from services.contracts.estate_events import EstateCode
from services.contracts.ticket_events import SubDistrictCode, TypeCode
from services.projects.app.ports import CurrentRules
from services.projects.app.share import DistrictShare
from services.projects.domain.months import Month
from services.projects.files.effect_rules import effect_rules
from services.projects.http.rights import WHOLE_DISTRICT, share_of
from services.projects.store.kpi import KpiAsked, starts_by_quarter, tickets_by_month

MOST_MONTHS = 240
SHOWN_MONTHS = 36
HEAD = ("period", "projects", "started_floor_area_m2", "tickets", "repair_complaints", "nuisance")
Unset = BeforeValidator(lambda value: value or None)
"""A field of a form that is left empty restricts nothing."""
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]
Asked = Callable[..., KpiAsked]
Measured = Annotated[Actor, Depends(require(*WHOLE_DISTRICT, Role.SUBDISTRICT, Role.DEPARTMENT))]


def kpi_routes(workshop: Workshop, rules: CurrentRules) -> APIRouter:
    router = APIRouter(tags=["figures"])

    @router.get("/kpi")
    def kpi(asked: KpiAsked = Depends(asking_kpi(workshop, rules))) -> dict[str, Any]:
        """By quarter the newly started floor area, by month the complaints: the whole months of `from` to `to`.

        For who supervises, the hub, the department that leads repair, and each sub-district for its own. Without `to`
        up to this month, without `from` the 36 months up to `to`. `type`: one type of problem and the works against it.
        """
        return kpi_view(workshop, asked)

    @router.get("/kpi.csv", response_class=Response)
    def as_csv(asked: KpiAsked = Depends(asking_kpi(workshop, rules))) -> Response:
        """The same as a file: a row for each quarter, and one for each month."""
        return kpi_csv(workshop, asked)

    return router


def asking_kpi(workshop: Workshop, rules: CurrentRules) -> Asked:
    """Dependency: what is asked, the same for the API, the page and the files. Raises Problem 403, 422."""

    def asked(
        actor: Measured,
        first: Annotated[Day | None, Unset, Query(alias="from")] = None,
        last: Annotated[Day | None, Unset, Query(alias="to")] = None,
        sub_district: Annotated[SubDistrictCode | None, Unset] = None,
        estate: Annotated[EstateCode | None, Unset] = None,
        type_code: Annotated[TypeCode | None, Unset, Query(alias="type")] = None,
    ) -> KpiAsked:
        end = Month(last.year, last.month) if last else Month.of(workshop.clock.now())
        begin = Month(first.year, first.month) if first else end.plus(1 - SHOWN_MONTHS)
        if not begin <= end < begin.plus(MOST_MONTHS):
            fault = f"lies before `to`, by less than {MOST_MONTHS} months"
            raise invalid([{"loc": ("query", "from"), "type": "value_error", "msg": fault}])
        share = kpi_share(actor, rules.book().newest.project.lead)
        return KpiAsked(begin, end, share, sub_district, estate, type_code)

    return asked


def kpi_share(actor: Actor, lead: str) -> DistrictShare:
    """The department that leads repair answers for the figures of the whole district. Raises Problem 403 for others."""
    share = share_of(actor)
    if share.whole_district or share.sub_districts:
        return share
    if lead in share.departments:
        return DistrictShare(whole_district=True)
    raise Problem(403, "not-yours", "The figures are for who leads repair", "Ask the department that leads repair.")


def kpi_view(workshop: Workshop, asked: KpiAsked) -> dict[str, Sequence[dict[str, Any]]]:
    with workshop.engine.begin() as connection:
        return {
            "quarters": starts_by_quarter(connection, asked),
            "months": tickets_by_month(connection, asked, effect_rules().apart),
        }


def kpi_csv(workshop: Workshop, asked: KpiAsked, words: Mapping[str, str] | None = None) -> Response:
    """`words`: what each column is called by its reader, in brackets beside its name."""
    view = kpi_view(workshop, asked)
    rows = [
        *({**one, "period": one["quarter"]} for one in view["quarters"]),
        *({**one, "period": one["month"]} for one in view["months"]),
    ]
    head = [f"{name} ({words[name]})" for name in HEAD] if words else HEAD
    return csv_answer("kpi.csv", head, ([row.get(name, "") for name in HEAD] for row in rows))
