"""Plans and their entries as events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.contracts.plan_events import (
    PlanChanged,
    PlanEntryChanged,
    PlanPayers,
    PlanPublished,
    PublishedEntry,
    RankShare,
)
from services.projects.domain.yearly_plan import PlanEntry, YearlyPlan, in_order

TOPIC = "projects"


def plan_facts(plan: YearlyPlan) -> dict[str, Any]:
    """A plan's public state, as its events carry it."""
    return {
        "version": plan.version,
        "plan_id": plan.id,
        "year": plan.year,
        "number": plan.number,
        "state": plan.state,
        "lead": plan.lead,
        "budget_fen": plan.budget_fen,
        "rules_version": plan.rules_version,
        "supersedes": plan.supersedes,
        "opened_at": plan.opened_at,
        "published_at": plan.published_at,
    }


def changed(plan: YearlyPlan, actor: str) -> PlanChanged:
    return PlanChanged(**plan_facts(plan), actor=actor)


def published(plan: YearlyPlan, entries: Sequence[PlanEntry], actor: str) -> PlanPublished:
    """With every estate that was decided on, the most pressing first."""
    event = [
        PublishedEntry(
            place=one.place,
            rank=one.rank,
            decision=one.decision.value,
            reason=one.reason,
            cost_fen=one.cost_fen,
            projects=one.projects,
        )
        for one in in_order(entries)
        if one.decision
    ]
    return PlanPublished(**plan_facts(plan), actor=actor, entries=tuple(event))


def entry_facts(entry: PlanEntry) -> dict[str, Any]:
    """An entry's public state, as its events carry it."""
    return {
        "version": entry.version,
        "plan_id": entry.plan_id,
        "place": entry.place,
        "property_kind": entry.property_kind,
        "rank": entry.rank,
        "parts": tuple(RankShare(part=one.part, value=one.value, tenths=one.tenths) for one in entry.shares),
        "needs": entry.needs,
        "projects": entry.projects,
        "agreement": entry.agreement,
        "cost_fen": entry.cost_fen,
        "payers": PlanPayers(**entry.payers._asdict()) if entry.payers else None,
        "decided_by": entry.decided_by,
        "decision": entry.decision,
        "reason": entry.reason,
    }


def entry_changed(entry: PlanEntry, actor: str) -> PlanEntryChanged:
    return PlanEntryChanged(**entry_facts(entry), actor=actor)
