"""Publishes a version of a year's plan: its needs are planned or refused, and those who asked are notified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.chassis.commands import Unfit
from services.chassis.database.work import Work
from services.projects.app.needs.gather import GatherNeeds, settled
from services.projects.app.plans.draft_plan import locked_draft, must_lead
from services.projects.app.plans.ports import PlanBook
from services.projects.app.plans.publishing import TOPIC, changed, entry_changed, published
from services.projects.app.works.desk import Who
from services.projects.domain.needs import PLANNABLE, Need, NeedState
from services.projects.domain.yearly_plan import (
    PlanDecision,
    PlanEntry,
    PlanState,
    YearlyPlan,
    public_money,
    running,
    undecided,
)

NAMED = 20
"""As many estates a refusal names."""


@dataclass(frozen=True, slots=True)
class PublishPlan:
    """All in one transaction: the plan, the version that it supersedes, and the needs of both."""

    book: PlanBook
    gather: GatherNeeds

    def __call__(self, work: Work, plan_id: str, version: int, who: Who) -> YearlyPlan:
        """Raises Unknown, Forbidden, Conflict, and Unfit where an estate is undecided or the budget is exceeded."""
        plan = locked_draft(self.book, work, plan_id, version)
        must_lead(plan.lead, who.authority)
        versions = self.book.lock_year(work, plan.year)
        before = next((one for one in versions if one.state is PlanState.PUBLISHED), None)
        said_before = _by_need(self.book.entries(work, before.id)) if before else {}
        drafted = self.book.entries(work, plan.id)
        listed_before = self.book.needs_of(work, before.id) if before else []
        needs = self.gather.book.lock(work, {*_by_need(drafted), *listed_before})
        entries = self._as_of_now(work, plan, drafted, who.actor)
        _publishable(plan, entries)
        if before:
            before.state, before.version = PlanState.SUPERSEDED, before.version + 1
            work.publish(TOPIC, changed(before, who.actor))
        plan.state, plan.published_at = PlanState.PUBLISHED, work.clock.now()
        plan.supersedes = before.id if before else None
        plan.version += 1
        self.book.save(work, [*([before] if before else ()), plan])
        work.publish(TOPIC, published(plan, entries, who.actor))
        self._settle(work, plan, needs, _by_need(entries), said_before)
        return plan

    def _as_of_now(self, work: Work, plan: YearlyPlan, drafted: Sequence[PlanEntry], actor: str) -> Sequence[PlanEntry]:
        """With the works that were begun since the estates were ranked: a version says so for ever."""
        begun = self.book.begun(work, plan.year)
        entries = [running(one, begun.get(one.place.estate or "", ())) for one in drafted]
        moved = [entry for entry, was in zip(entries, drafted, strict=True) if entry != was]
        for entry in moved:
            entry.version += 1
            work.publish(TOPIC, entry_changed(entry, actor))
        if moved:
            self.book.save_entries(work, moved)
        return entries

    def _settle(
        self,
        work: Work,
        plan: YearlyPlan,
        needs: Mapping[str, Need],
        said: Mapping[str, PlanEntry],
        said_before: Mapping[str, PlanEntry],
    ) -> None:
        moved, events = [], []
        for need in (needs[one] for one in sorted(needs)):
            entry = said.get(need.id)
            if need.state not in PLANNABLE:
                continue
            if _take(need, plan, entry):
                moved.append(need)
            if entry and entry.decision and need.tickets and not _same(entry, said_before.get(need.id)):
                events.append(settled(need, entry.decision, entry.reason, plan.year, plan.id))
        self.gather.keep(work, moved)
        for event in events:
            work.publish(TOPIC, event)


def _publishable(plan: YearlyPlan, entries: Sequence[PlanEntry]) -> None:
    if left := undecided(entries):
        raise Unfit("entries", f"are not all decided: {len(left)} are left; {'; '.join(map(_to_do, left[:NAMED]))}")
    over = public_money(entries) - plan.budget_fen
    if over > 0:
        why = f"is exceeded by {over} fen of public money: raise it, or postpone works"
        raise Unfit("budget_fen", why)


def _to_do(entry: PlanEntry) -> str:
    if entry.projects:
        return f"{entry.place.estate} has works that were begun since: rank the plan again, and list it"
    return f"{entry.place.estate}: list, postpone or refuse it"


def _take(need: Need, plan: YearlyPlan, entry: PlanEntry | None) -> bool:
    """What the plan makes of a need that can be planned; whether that changed it."""
    if entry and entry.decision is PlanDecision.LISTED:
        need.plan(plan.id)
        return True
    if entry and entry.decision is PlanDecision.REFUSED:
        assert entry.reason
        need.refuse(entry.reason)
        return True
    if need.state is NeedState.IN_PLAN:
        need.unplan()
        return True
    return False


def _by_need(entries: Sequence[PlanEntry]) -> dict[str, PlanEntry]:
    return {need: entry for entry in entries for need in entry.needs}


def _same(entry: PlanEntry, before: PlanEntry | None) -> bool:
    return before is not None and (entry.decision, entry.reason) == (before.decision, before.reason)
