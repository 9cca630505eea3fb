"""The indicators as charts: each rate with what it is made of, by unit, place, type, kind or month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.chassis.pages.speech import Speech
from services.chassis.web.csv_answers import csv_answer
from services.chassis.web.identity import Actor
from services.chassis.web.problems import invalid
from services.chassis.working_days import SHANGHAI
from services.contracts.departments import departments
from services.intake.http.indicators import Figured, First, Last, begin_of
from services.intake.http.rights import departments_of, inboxes_of
from services.intake.store.indicators import INDICATORS, Grouping, IndicatorQuery, Period, figures

USUAL = timedelta(days=29)
MONTHS = 6
MONTH = "month"
BY = (*Grouping, MONTH)

NAMED: Mapping[str, Callable[[Speech, str], str]] = {
    Grouping.UNIT: Speech.department,
    Grouping.SUB_DISTRICT: Speech.sub_district,
    Grouping.TYPE: lambda say, code: f"{code} {say.kind(code)}",
    Grouping.KIND: lambda say, kind: say(f"kind.{kind}"),
    MONTH: lambda _, month: month,
}

Rates = Mapping[str, Mapping[str | None, Any]]
"""By indicator and group."""


def figure_pages(workshop: Workshop, pages: Pages) -> APIRouter:
    router = pages.router()

    def found(actor: Actor, first: date, last: date, unit: str, by: str) -> tuple[Rates, Rates]:
        """The rates of all in one, and by group."""
        if last < first:
            raise invalid([{"loc": ("query", "from"), "type": "value_error", "msg": "is after `to`: swap them"}])
        departments_shown, now = departments_of(actor, unit or None), workshop.clock.now()
        with workshop.engine.begin() as connection:

            def rates(begin: date, end: date, group: Grouping | None = None) -> Rates:
                period = Period(begin_of(begin), begin_of(end + timedelta(days=1)))
                return figures(IndicatorQuery(connection, period, departments_shown, now, group))

            whole = rates(first, last)
            if by != MONTH:
                return whole, rates(first, last, Grouping(by))
            months = {f"{begin:%Y-%m}": rates(begin, end) for begin, end in _months(last)}
        return whole, {name: {month: one[name].get(None) for month, one in months.items()} for name in INDICATORS}

    def period_of(first: date | None, last: date | None) -> tuple[date, date]:
        end = last or workshop.clock.now().astimezone(SHANGHAI).date()
        return first or end - USUAL, end

    @router.get("/indicators")
    def show(
        request: Request, actor: Figured, first: First = None, last: Last = None, of: str = "", by: str = Grouping.UNIT
    ) -> Response:
        (begin, end), own = period_of(first, last), inboxes_of(actor)[0]
        by = by if by in BY else Grouping.UNIT
        whole, groups = found(actor, begin, end, of, by)
        return pages.show(
            request,
            "indicators.html",
            actor,
            first=begin,
            last=end,
            unit=of,
            units=list(departments()) if own is None else own,
            by=by,
            bys=BY,
            whole={name: one[None] for name, one in whole.items()},
            groups={name: in_order(one) for name, one in groups.items()},
            named=NAMED[by],
        )

    @router.get("/indicators.csv")
    def as_csv(
        actor: Figured, first: First = None, last: Last = None, of: str = "", by: str = Grouping.UNIT
    ) -> Response:
        _, groups = found(actor, *period_of(first, last), of, by if by in BY else Grouping.UNIT)
        lines = [
            (group or "", name, one["rate"], one["numerator"], one["denominator"])
            for name, rates in groups.items()
            for group, one in rates.items()
            if one
        ]
        return csv_answer("indicators.csv", ("group", "indicator", "rate", "numerator", "denominator"), lines)

    return router


def in_order(groups: Mapping[str | None, Any]) -> list[tuple[str | None, Any]]:
    """By group; the unknown one comes last."""
    return sorted(groups.items(), key=lambda each: (each[0] is None, each[0]))


def _months(last: date) -> list[tuple[date, date]]:
    """The (first, last) days of the months up to that of `last`, which ends there."""
    months = []
    end = last
    for _ in range(MONTHS):
        begin = end.replace(day=1)
        months.append((begin, end))
        end = begin - timedelta(days=1)
    return months[::-1]
