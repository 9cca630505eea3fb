"""What a project began from: the needs that it meets, the surveys that found them, and its entry of the yearly plan."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select, tuple_

from services.projects.app.share import DistrictShare
from services.projects.domain.needs import Need, NeedOrigin
from services.projects.domain.surveys import NeedsSurvey
from services.projects.domain.yearly_plan import PlanEntry, PlanState, YearlyPlan, in_order
from services.projects.store.need_tables import needs, needs_surveys
from services.projects.store.needs import need_of, survey_of
from services.projects.store.plan_tables import plan_entries, plans
from services.projects.store.plans import entries_of, plan_of
from services.projects.store.shares import visible


class Planned(NamedTuple):
    """An entry of a plan that was published, and its place among all of them, from 1."""

    plan: YearlyPlan
    entry: PlanEntry
    place: int


class Beginnings(NamedTuple):
    needs: list[Need]
    surveys: list[NeedsSurvey]
    planned: list[Planned]


def beginnings_of(connection: Connection, project_id: str, share: DistrictShare) -> Beginnings:
    """As far as their reader may see it; the oldest need and survey first."""
    asked = select(needs).where(needs.c.project_id == project_id, visible(needs, share))
    met = [need_of(row) for row in connection.execute(asked.order_by(needs.c.opened_at, needs.c.id))]
    found_by = {one.ref for need in met for one in need.sources if one.kind is NeedOrigin.SURVEY}
    made = select(needs_surveys).where(needs_surveys.c.id.in_(found_by), visible(needs_surveys, share))
    surveys = [survey_of(row) for row in connection.execute(made.order_by(needs_surveys.c.made_at))]
    return Beginnings(met, surveys, _planned(connection, met))


def _planned(connection: Connection, met: list[Need]) -> list[Planned]:
    named = {(need.plan_id, need.place.estate) for need in met if need.plan_id}
    if not named:
        return []
    entry = plan_entries.c
    held = select(plans).where(
        plans.c.state != PlanState.DRAFT,
        plans.c.id.in_(select(entry.plan_id).where(tuple_(entry.plan_id, entry.estate).in_(named))),
    )
    found = []
    for row in connection.execute(held.order_by(plans.c.year, plans.c.number)):
        ranked = in_order(entries_of(connection, row.id))
        found += [
            Planned(plan_of(row), one, place)
            for place, one in enumerate(ranked, start=1)
            if (row.id, one.place.estate) in named
        ]
    return found
