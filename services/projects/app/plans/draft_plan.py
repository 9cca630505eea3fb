"""Drafts a version of a year's plan: ranks the estates that have needs, and takes the decision on each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.chassis.commands import Conflict, Forbidden, Unfit, Unknown, must_be_at
from services.chassis.database.work import Work
from services.contracts.districts import SHANGHAI
from services.projects.app.authority import Authority
from services.projects.app.plans.ports import Candidate, PlanBook
from services.projects.app.plans.publishing import TOPIC, changed, entry_changed
from services.projects.app.plans.rank_estates import RankEstates
from services.projects.app.ports import CurrentRules
from services.projects.app.works.desk import Who
from services.projects.domain.needs import NeedReason
from services.projects.domain.plan_rules import PlanRules, RankPart
from services.projects.domain.yearly_plan import (
    PlanDecision,
    PlanEntry,
    PlanState,
    YearlyPlan,
    ranked,
    running,
    without_needs,
)

NO_KIND = "its property kind is not registered, so nobody knows who pays: import it, then rank the plan again"
NO_PLACE = "lies in no known sub-district, so nobody knows who decides: import it with one, then rank the plan again"


class NotInPlan(Unknown):
    """The plan is there, and has no such estate."""


@dataclass(frozen=True, slots=True)
class EntryDecision:
    """`version` is the entry's as the person saw it. `agreement`: per cent, as it was reported."""

    estate: str
    version: int
    decision: PlanDecision
    reason: NeedReason | None = None
    cost_fen: int | None = None
    agreement: int | None = None


@dataclass(frozen=True, slots=True)
class DraftPlan:
    book: PlanBook
    ranker: RankEstates
    plan_rules: PlanRules
    rules: CurrentRules
    new_id: Callable[[], str]

    def open(self, work: Work, year: int, budget_fen: int, who: Who) -> YearlyPlan:
        """The next version of a year's plan. What the version before it decided stays decided until it is changed;
        every estate that it decided on is in the new one, too.

        Raises Forbidden, Unfit for a year that is over, and Conflict while another draft of the year is open.
        """
        now = work.clock.now()
        lead = self.rules.book().at(now).project.lead
        must_lead(lead, who.authority)
        if year < now.astimezone(SHANGHAI).year:
            raise Unfit("year", "is over: plan this year or a later one")
        before = self.book.lock_year(work, year)
        if before and before[-1].state is PlanState.DRAFT:
            draft = before[-1]
            raise Conflict(
                "a draft of this year is open: publish it, or go on with it",
                draft.version,
                draft.state,
                "plan_draft_open",
            )
        number = before[-1].number + 1 if before else 1
        plan = YearlyPlan(self.new_id(), year, number, lead, budget_fen, self.plan_rules.version, now, version=1)
        known = self.book.entries(work, before[-1].id) if before else []
        self.book.save(work, [plan])
        work.publish(TOPIC, changed(plan, who.actor))
        self._rank(work, plan, [replace(one, plan_id=plan.id, version=0) for one in known], who.actor)
        return plan

    def rank_again(self, work: Work, plan_id: str, version: int, budget_fen: int | None, who: Who) -> YearlyPlan:
        """Takes in what is known by now, and another budget. Decisions stay. Raises as `open`, and Unknown."""
        plan = locked_draft(self.book, work, plan_id, version)
        must_lead(plan.lead, who.authority)
        plan.budget_fen = plan.budget_fen if budget_fen is None else budget_fen
        plan.rules_version = self.plan_rules.version
        plan.version += 1
        self.book.save(work, [plan])
        work.publish(TOPIC, changed(plan, who.actor))
        self._rank(work, plan, self.book.entries(work, plan.id), who.actor)
        return plan

    def decide(self, work: Work, plan_id: str, said: EntryDecision, who: Who) -> PlanEntry:
        """Decides on one estate, which makes the plan another one for whoever is about to publish it.

        Raises Unknown, Forbidden for a size that others decide on, Conflict, Unfit.
        """
        plan = locked_draft(self.book, work, plan_id, None)
        found = next((one for one in self.book.entries(work, plan.id) if one.place.estate == said.estate), None)
        if found is None:
            raise NotInPlan
        self._may_decide(plan, found, said, who.authority)
        is_listed = said.decision is PlanDecision.LISTED
        cost = said.cost_fen if is_listed or said.cost_fen is not None else found.cost_fen
        works = self.book.begun(work, plan.year).get(said.estate, ())
        entry = replace(found, cost_fen=cost, decision=said.decision, reason=said.reason, projects=works)
        must_be_at(said.version, found.version, found.decision or "undecided")
        if said.agreement is not None:
            entry.values = {**entry.values, RankPart.AGREEMENT: said.agreement}
        ranked(entry, self.plan_rules)
        _whole(entry)
        entry.version += 1
        plan.version += 1
        self.book.save_entries(work, [entry])
        self.book.save(work, [plan])
        work.publish(TOPIC, entry_changed(entry, who.actor))
        work.publish(TOPIC, changed(plan, who.actor))
        return entry

    def _may_decide(self, plan: YearlyPlan, found: PlanEntry, said: EntryDecision, authority: Authority) -> None:
        """Nobody overturns by a lower cost, or without one, what a larger unit decides on."""
        place = found.place.sub_district
        is_first = found.decision is None and said.decision is PlanDecision.LISTED
        if found.cost_fen is None and not is_first:
            unit: str | None = plan.lead
        else:
            unit = self.plan_rules.decided_by(max(found.cost_fen or 0, said.cost_fen or 0), place)
        if authority.is_hub or (unit and authority.speaks_for({unit})):
            return
        office = self.plan_rules.decided_by(0, place)
        if not authority.share.holds(plan.lead, place) and office not in authority.share.departments:
            raise Unknown
        raise Forbidden("not-yours", "Another unit decides on works of this size", f"This is for {unit} or the hub.")

    def _rank(self, work: Work, plan: YearlyPlan, known: Sequence[PlanEntry], actor: str) -> None:
        """Entries that stay as they were are not published again; those of version 0 are the version before's."""
        was, begun = {one.place.estate: one for one in known}, self.book.begun(work, plan.year)
        found = []
        for candidate in self.book.candidates(work):
            entry = self._entry(work, plan, candidate, was.pop(candidate.place.estate, None))
            found.append(running(entry, begun.get(entry.place.estate or "", ())))
        for gone in was.values():
            works = begun.get(gone.place.estate or "", ())
            if gone.version or gone.decision or works:
                found.append(running(replace(gone, needs=()), works) if works else without_needs(gone))
        kept = {one.place.estate: one for one in known if one.version}
        entries = [replace(one, version=one.version + 1) for one in found if one != kept.get(one.place.estate)]
        if entries:
            self.book.save_entries(work, entries)
        for entry in entries:
            work.publish(TOPIC, entry_changed(entry, actor))

    def _entry(self, work: Work, plan: YearlyPlan, candidate: Candidate, was: PlanEntry | None) -> PlanEntry:
        values = self.ranker.values_of(work, candidate, plan.year, was.agreement if was else None)
        entry = PlanEntry(plan.id, candidate.place, candidate.property_kind, values, candidate.needs)
        if was:
            entry.cost_fen, entry.decision, entry.reason = was.cost_fen, was.decision, was.reason
            entry.version = was.version
        ranked(entry, self.plan_rules)
        return entry


def locked_draft(book: PlanBook, work: Work, plan_id: str, version: int | None) -> YearlyPlan:
    """Raises Unknown, and Conflict for what is published or has changed since."""
    plan = locked_plan(book, work, plan_id)
    if version is not None:
        must_be_at(version, plan.version, plan.state)
    if plan.state is not PlanState.DRAFT:
        raise Conflict(
            f"it is {plan.state} and never changes: draft the next version", plan.version, plan.state, "plan_final"
        )
    return plan


def locked_plan(book: PlanBook, work: Work, plan_id: str) -> YearlyPlan:
    year = book.year_of(work, plan_id)
    if year is None:
        raise Unknown
    return next(one for one in book.lock_year(work, year) if one.id == plan_id)


def must_lead(lead: str, authority: Authority) -> None:
    if not (authority.is_hub or lead in authority.share.departments):
        raise Forbidden("not-yours", "Another department leads", f"This is for the hub or department:{lead}.")


def _whole(entry: PlanEntry) -> None:
    """Raises Unfit for a decision that lacks what belongs to it."""
    if entry.projects and entry.decision is not PlanDecision.LISTED:
        raise Unfit("decision", "must be listed: works that the plan listed are begun there; cancel them first")
    if entry.decision is not PlanDecision.LISTED:
        if entry.reason is None:
            raise Unfit("reason", "is missing: say why it is not listed")
        return
    if entry.reason is not None:
        raise Unfit("reason", "belongs to what is postponed or refused: leave it out")
    if entry.cost_fen is None:
        raise Unfit("cost_fen", "is missing: give the estimated cost")
    if entry.payers is None:
        raise Unfit("estate", NO_KIND)
    if entry.decided_by is None:
        raise Unfit("estate", NO_PLACE)
    if not entry.needs and not entry.projects:
        raise Unfit("estate", "has no need left that could be planned")
