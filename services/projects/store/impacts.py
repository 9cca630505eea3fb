"""Disturbances in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.contracts.impact_events import NoiseBan, WorksImpactChanged, WorksImpactsPlanned
from services.projects.app.works.impact_ports import KeptPlan
from services.projects.domain.works.disturbance import Disturbance
from services.projects.domain.works.impact import BanPeriod, Breach, Impact, ImpactKind, ImpactPlan, ImpactState
from services.projects.store.impact_tables import impact_plans, impacts

_PLAN = frozenset(WorksImpactsPlanned.model_fields) - {"version", "project_id", "actor", "at"}
_AS_THEY_ARE = frozenset(impacts.c.keys()) - {"id", "blocks", "asked", "breaches"}
_plan = insert(impact_plans)
_SAVE_PLAN = _plan.on_conflict_do_update(
    index_elements=["project_id"], set_={one.name: _plan.excluded[one.name] for one in impact_plans.c}
)
_impact = insert(impacts)
_SAVE = _impact.on_conflict_do_update(
    index_elements=["id"],
    set_={one.name: _impact.excluded[one.name] for one in impacts.c},
)
_OF_PROJECT = (
    select(impacts).where(impacts.c.project_id == bindparam("project_id")).order_by(impacts.c.starts, impacts.c.id)
)
_PLANNED = select(exists().where(impact_plans.c.project_id == bindparam("project_id")))


class SqlImpacts:
    """Implements the port ImpactBook."""

    def plan(self, work: Work, project_id: str) -> KeptPlan | None:
        found = select(impact_plans).where(impact_plans.c.project_id == project_id)
        row = work.connection.execute(found).one_or_none()
        return KeptPlan(_plan_of(row.plan), row.version) if row else None

    def save_plan(self, work: Work, event: WorksImpactsPlanned) -> None:
        work.connection.execute(_SAVE_PLAN, plan_row(event))

    def disturbances(self, work: Work, project_id: str) -> Sequence[Disturbance]:
        return disturbances_of(work.connection, project_id)

    def save(self, work: Work, event: WorksImpactChanged) -> None:
        work.connection.execute(_SAVE, impact_row(event))


def disturbances_of(connection: Connection, project_id: str) -> list[Disturbance]:
    return [_disturbance(row) for row in connection.execute(_OF_PROJECT, {"project_id": project_id})]


def has_planned_impacts(connection: Connection, project_id: str) -> bool:
    return bool(connection.execute(_PLANNED, {"project_id": project_id}).scalar_one())


def plan_row(event: WorksImpactsPlanned) -> dict[str, Any]:
    return {
        "project_id": event.project_id,
        "version": event.version,
        "plan": event.model_dump(mode="json", include=set(_PLAN)),
        "actor": event.actor,
        "at": event.at,
    }


def impact_row(event: WorksImpactChanged) -> dict[str, Any]:
    lists = {name: list(getattr(event, name)) for name in ("blocks", "asked", "breaches")}
    return {"id": event.impact_id, **lists, **{name: getattr(event, name) for name in _AS_THEY_ARE}}


def _plan_of(kept: dict[str, Any]) -> ImpactPlan:
    return ImpactPlan(
        {ImpactKind(kind): days for kind, days in kept["notice_days"].items()},
        time.fromisoformat(kept["noise_from"]),
        time.fromisoformat(kept["noise_to"]),
        kept["scaffold_days"],
        tuple(
            BanPeriod(ban.first, ban.last, ban.reason, ban.nights) for ban in map(NoiseBan.model_validate, kept["bans"])
        ),
        kept["permit"],
        frozenset(kept["quiet"]),
        kept["scaffold_by_block"],
        kept["parking_replaced"],
    )


def _disturbance(row: Row[Any]) -> Disturbance:
    impact = Impact(
        ImpactKind(row.kind),
        frozenset(row.blocks),
        row.announced_at,
        row.starts,
        row.ends,
        frozenset(row.asked),
        row.rescue,
    )
    found = tuple(map(Breach, row.breaches))
    return Disturbance(row.id, impact, ImpactState(row.state), row.begun_at, row.ended_at, found, row.version)
