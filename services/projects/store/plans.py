"""Yearly plans in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.contracts.ticket_events import Place
from services.projects.app.plans.ports import Candidate
from services.projects.domain.needs import NeedReason
from services.projects.domain.plan_rules import RankPart
from services.projects.domain.yearly_plan import Payers, PlanDecision, PlanEntry, PlanState, Share, YearlyPlan
from services.projects.store.need_tables import needs
from services.projects.store.plan_candidates import candidates
from services.projects.store.plan_tables import plan_entries, plans

_PLAN = (
    *("id", "year", "number", "version", "lead", "budget_fen", "rules_version", "supersedes", "opened_at"),
    "published_at",
)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('plan of ' || :year))")
_insert_plan = insert(plans)
_SAVE = _insert_plan.on_conflict_do_update(
    index_elements=["id"], set_={column.name: _insert_plan.excluded[column.name] for column in plans.c}
)
_insert_entry = insert(plan_entries)
_SAVE_ENTRY = _insert_entry.on_conflict_do_update(
    index_elements=["plan_id", "estate"],
    set_={column.name: _insert_entry.excluded[column.name] for column in plan_entries.c},
)
_BEGUN = text(
    """
    SELECT estate, array_agg(DISTINCT project_id ORDER BY project_id) AS projects
      FROM needs WHERE project_id IS NOT NULL AND plan_id IN (SELECT id FROM plans WHERE year = :year) GROUP BY estate
    """
)
_ENTRIES = select(plan_entries).where(plan_entries.c.plan_id == bindparam("plan_id")).order_by(plan_entries.c.estate)


class SqlPlanBook:
    """Implements the port PlanBook."""

    def lock_year(self, work: Work, year: int) -> list[YearlyPlan]:
        work.connection.execute(_LOCK, {"year": str(year)})
        rows = work.connection.execute(select(plans).where(plans.c.year == year).order_by(plans.c.number))
        return [plan_of(row) for row in rows]

    def year_of(self, work: Work, plan_id: str) -> int | None:
        year: int | None = work.connection.execute(select(plans.c.year).where(plans.c.id == plan_id)).scalar()
        return year

    def entries(self, work: Work, plan_id: str) -> list[PlanEntry]:
        return entries_of(work.connection, plan_id)

    def save(self, work: Work, plans: Sequence[YearlyPlan]) -> None:
        work.connection.execute(_SAVE, [{"state": one.state, **_columns(one)} for one in plans])

    def save_entries(self, work: Work, entries: Sequence[PlanEntry]) -> None:
        work.connection.execute(_SAVE_ENTRY, [_entry_columns(one) for one in entries])

    def candidates(self, work: Work) -> list[Candidate]:
        return candidates(work.connection, work.clock.now())

    def begun(self, work: Work, year: int) -> Mapping[str, tuple[str, ...]]:
        return begun_of(work.connection, year)

    def needs_of(self, work: Work, plan_id: str) -> list[str]:
        return list(work.connection.execute(select(needs.c.id).where(needs.c.plan_id == plan_id)).scalars())


def begun_of(connection: Connection, year: int) -> dict[str, tuple[str, ...]]:
    return {row.estate: tuple(row.projects) for row in connection.execute(_BEGUN, {"year": year})}


def entries_of(connection: Connection, plan_id: str) -> list[PlanEntry]:
    return [entry_of(row) for row in connection.execute(_ENTRIES, {"plan_id": plan_id})]


def plan_of(row: Row[Any]) -> YearlyPlan:
    fields: Mapping[str, Any] = {name: row._mapping[name] for name in _PLAN}
    return YearlyPlan(state=PlanState(row.state), **fields)


def entry_of(row: Row[Any]) -> PlanEntry:
    shares = tuple(Share(RankPart(part), value, tenths) for part, value, tenths in row.parts)
    return PlanEntry(
        row.plan_id,
        Place(sub_district=row.sub_district, estate=row.estate, estate_name=row.estate_name),
        row.property_kind,
        {share.part: share.value for share in shares},
        tuple(row.needs),
        shares,
        row.cost_fen,
        Payers(*row.payers) if row.payers else None,
        row.decided_by,
        PlanDecision(row.decision) if row.decision else None,
        NeedReason(row.reason) if row.reason else None,
        row.version,
        tuple(row.projects),
    )


def _columns(plan: YearlyPlan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in _PLAN}


def _entry_columns(entry: PlanEntry) -> dict[str, Any]:
    return {
        "plan_id": entry.plan_id,
        "estate": entry.place.estate,
        "estate_name": entry.place.estate_name,
        "sub_district": entry.place.sub_district,
        "version": entry.version,
        "property_kind": entry.property_kind,
        "parts": [[one.part, one.value, one.tenths] for one in entry.shares],
        "needs": list(entry.needs),
        "projects": list(entry.projects),
        "cost_fen": entry.cost_fen,
        "payers": list(entry.payers) if entry.payers else None,
        "decided_by": entry.decided_by,
        "decision": entry.decision,
        "reason": entry.reason,
    }
