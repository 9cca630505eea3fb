"""Requests to the maintenance fund in PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.contracts.ticket_events import Place
from services.projects.domain.fund_use import FundUse, FundUseState
from services.projects.store.plan_tables import fund_uses

AS_THEY_ARE = ("id", "version", "lead", "kind", "element", "cost_fen", "safety", "asked_at", "answer_by", "done_on")
_LOCK = select(fund_uses).where(fund_uses.c.id == bindparam("fund_use_id")).with_for_update()
_insert = insert(fund_uses)
_SAVE = _insert.on_conflict_do_update(
    index_elements=["id"], set_={column.name: _insert.excluded[column.name] for column in fund_uses.c}
)


class SqlFundUses:
    """Implements the port FundUses."""

    def lock(self, work: Work, fund_use_id: str) -> FundUse | None:
        row = work.connection.execute(_LOCK, {"fund_use_id": fund_use_id}).one_or_none()
        return fund_use_of(row) if row else None

    def save(self, work: Work, use: FundUse) -> None:
        row = {
            "estate": use.place.estate,
            "estate_name": use.place.estate_name,
            "sub_district": use.place.sub_district,
            "state": use.state,
            **{name: getattr(use, name) for name in AS_THEY_ARE},
        }
        work.connection.execute(_SAVE, row)


def fund_use_of(row: Row[Any]) -> FundUse:
    return FundUse(
        place=Place(sub_district=row.sub_district, estate=row.estate, estate_name=row.estate_name),
        state=FundUseState(row.state),
        **{name: row._mapping[name] for name in AS_THEY_ARE},
    )
