"""Folds what projects published of plans, their entries and the maintenance fund into their rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from services.contracts.event import Event
from services.contracts.plan_events import FundUseChanged, PlanEntryChanged, PlanEvent
from services.projects.store.fund_uses import AS_THEY_ARE
from services.projects.store.plan_tables import fund_uses, plan_entries, plans
from services.projects.store.register_rebuilt import replace_rows

PlanFact = PlanEvent | PlanEntryChanged | FundUseChanged
Row = dict[str, Any]

_PLAN = (
    *("version", "year", "number", "state", "lead", "budget_fen", "rules_version", "supersedes", "opened_at"),
    "published_at",
)
_ENTRY = ("version", "plan_id", "property_kind", "cost_fen", "decided_by", "decision", "reason")


@dataclass(slots=True)
class OwnPlans:
    """Events of a version that was folded before change nothing."""

    _plans: dict[str, Row] = field(default_factory=dict)
    _entries: dict[str, Row] = field(default_factory=dict)
    _uses: dict[str, Row] = field(default_factory=dict)

    def fold(self, event: PlanFact) -> None:
        rows, row = self._of(event)
        if rows.get(event.aggregate_id, {"version": 0})["version"] < event.version:
            rows[event.aggregate_id] = row

    def write(self, connection: Connection) -> None:
        for table in (plan_entries, plans):
            replace_rows(connection, table, [])
        for table, rows in ((plans, self._plans), (plan_entries, self._entries), (fund_uses, self._uses)):
            replace_rows(connection, table, list(rows.values()))

    def _of(self, event: PlanFact) -> tuple[dict[str, Row], Row]:
        if isinstance(event, PlanEvent):
            return self._plans, {"id": event.plan_id, **_named(event, _PLAN)}
        place: Row = {name: getattr(event.place, name) for name in ("estate", "estate_name", "sub_district")}
        if isinstance(event, FundUseChanged):
            return self._uses, {
                **place,
                **_named(event, (*AS_THEY_ARE, "state")),
                "id": event.fund_use_id,
            }
        return self._entries, {
            **place,
            **_named(event, _ENTRY),
            "parts": [[one.part, one.value, one.tenths] for one in event.parts],
            "needs": list(event.needs),
            "projects": list(event.projects),
            "payers": list(event.payers.model_dump().values()) if event.payers else None,
        }


def _named(event: Event, names: tuple[str, ...]) -> Row:
    return {name: getattr(event, name, None) for name in names}
