"""Needs and plans against a plain reference: whatever is asked, decided, published and begun, in any order.

MODEL_EXAMPLES plays more of them; each is up to 60 steps.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.chassis.commands import Conflict, Unfit
from services.contracts.need_events import NeedChanged, NeedSettled
from services.contracts.plan_events import PlanEntryChanged, PlanEvent
from services.projects.app.needs.gather import NeedRequest
from services.projects.app.needs.meet_needs import MeetNeeds
from services.projects.app.needs.withdraw import WithdrawNeeds
from services.projects.app.plans.draft_plan import EntryDecision
from services.projects.domain.needs import ASKED_BY_HAND, PLANNABLE, NeedOrigin, NeedReason, NeedState
from services.projects.domain.works.repair_project import ProjectState, RepairProject
from services.projects.domain.yearly_plan import PlanDecision, PlanState
from tests.unit.projects.planning import ESTATES, HUB, START, Desk

YEAR, COST = 2027, 1000
EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "40"))
Key = tuple[str, str | None]


@dataclass
class Wanted:
    """What the reference knows of a need: its state, who asks, which project holds it, whether a plan listed it."""

    state: str = "open"
    askers: set[str] = field(default_factory=set)
    project: str | None = None
    listed: bool = False


class NeedsAndPlans(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.built: frozenset[str] | None = None
        self.follow = MeetNeeds(self.desk.gather, lambda work, project: self.built)
        self.model: dict[Key, list[Wanted]] = {}
        self.said: dict[str, tuple[str, str | None]] = {}  # by estate, of the open draft
        self.budget = 0
        self.published = 0
        self.projects: dict[str, RepairProject] = {}
        self.asked = 0

    def needs_of(self, estate: str) -> list[Wanted]:
        return [wanted[-1] for (of, _), wanted in self.model.items() if of == estate]

    def plannable(self) -> set[str]:
        """Where an acceptance is taken back, an earlier need of an element may be open beside the newest."""
        return {of for (of, _), needs in self.model.items() if any(one.state in ("open", "in_plan") for one in needs)}

    def running(self, estate: str | None) -> set[str]:
        """The projects that were begun there for what a plan listed."""
        found = (one for (of, _), wanted in self.model.items() if of == estate for one in wanted)
        return {one.project for one in found if one.listed and one.project}

    @property
    def draft(self) -> Any:
        plans = self.desk.plans.lock_year(self.desk.work, YEAR)
        return plans[-1] if plans and plans[-1].state is PlanState.DRAFT else None

    @rule(
        estate=st.sampled_from(sorted(ESTATES)),
        elements=st.lists(st.sampled_from(["E01", "E06", None]), min_size=1, max_size=3, unique=True),
        kind=st.sampled_from([NeedOrigin.COMMITTEE, NeedOrigin.FILE, NeedOrigin.TICKET]),
        again=st.booleans(),
    )
    def ask(self, estate: str, elements: list[str | None], kind: NeedOrigin, again: bool) -> None:
        self.asked += not again
        asker = str(UUID(int=10_000 + self.asked))
        asked_for = {
            key for key, needs in self.model.items() for one in needs if any(asker in said for said in one.askers)
        }
        if kind is NeedOrigin.COMMITTEE and not asked_for <= {(estate, element) for element in elements}:
            with pytest.raises(Unfit):
                self.desk.gather.ask(self.desk.work, NeedRequest(asker, kind, estate, elements), HUB)
            return
        self.desk.gather.ask(self.desk.work, NeedRequest(asker, kind, estate, elements), HUB)
        for element in elements:
            needs = self.model.setdefault((estate, element), [])
            if not needs or needs[-1].state in ("met", "refused"):
                needs.append(Wanted())
            needs[-1].askers.add(f"{kind} {asker}")

    @rule(data=st.data())
    @precondition(lambda self: self.model)
    def refuse(self, data: st.DataObject) -> None:
        (estate, element), needs = data.draw(st.sampled_from(sorted(self.model.items(), key=str)))
        need = next(one for one in self._newest() if (one.place.estate, one.element) == (estate, element))
        if needs[-1].state in ("open", "in_plan"):
            self.desk.gather.refuse(self.desk.work, need.id, need.version, NeedReason.NOT_SHOWN, HUB.authority)
            needs[-1].state = "refused"
        else:
            with pytest.raises(Conflict):
                self.desk.gather.refuse(self.desk.work, need.id, need.version, NeedReason.NOT_SHOWN, HUB.authority)

    @rule(data=st.data())
    @precondition(lambda self: self._withdrawable())
    def withdraw(self, data: st.DataObject) -> None:
        need, source = data.draw(st.sampled_from(self._withdrawable()))
        withdraw = WithdrawNeeds(self.desk.gather)
        wanted = self.model[need.place.estate, need.element][need.ordinal]
        if wanted.state not in ("open", "in_plan"):
            with pytest.raises(Conflict):
                withdraw.request(self.desk.work, need.id, need.version, source.kind, source.ref, HUB)
            return
        withdraw.request(self.desk.work, need.id, need.version, source.kind, source.ref, HUB)
        wanted.askers.remove(f"{source.kind} {source.ref}")
        if not wanted.askers and wanted.state == "open":
            wanted.state = "refused"

    @rule(budget=st.sampled_from([0, COST, 4 * COST]))
    def draft_plan(self, budget: int) -> None:
        if self.draft:
            with pytest.raises(Conflict):
                self.desk.draft.open(self.desk.work, YEAR, budget, HUB)
            return
        before = self.desk.plans.lock_year(self.desk.work, YEAR)
        self.desk.draft.open(self.desk.work, YEAR, budget, HUB)
        self.budget = budget
        self.ranks_what_asks_and_what_runs()
        if before:
            decided = {one.place.estate for one in self._entries(before[-1].id) if one.decision}
            assert decided <= {one.place.estate for one in self._entries(self.draft.id)}

    @rule(budget=st.sampled_from([0, COST, 4 * COST]))
    @precondition(lambda self: self.draft)
    def rank_again(self, budget: int) -> None:
        self.desk.draft.rank_again(self.desk.work, self.draft.id, self.draft.version, budget, HUB)
        self.budget = budget
        self.ranks_what_asks_and_what_runs()

    def ranks_what_asks_and_what_runs(self) -> None:
        entries = {one.place.estate: one for one in self._entries(self.draft.id)}
        assert {estate for estate, one in entries.items() if one.needs} == self.plannable()
        assert {estate for estate, one in entries.items() if one.projects} == {
            estate for estate in ESTATES if self.running(estate)
        }
        for estate, entry in entries.items():
            assert set(entry.projects) == self.running(estate)
            assert not entry.projects or entry.decision in (None, PlanDecision.LISTED)
            assert entry.needs or entry.projects or entry.decision is None

    @rule(data=st.data(), decision=st.sampled_from(PlanDecision))
    @precondition(lambda self: self.draft and self.desk.plans.entries(self.desk.work, self.draft.id))
    def decide(self, data: st.DataObject, decision: PlanDecision) -> None:
        self._decide(data.draw(st.sampled_from(self.desk.plans.entries(self.desk.work, self.draft.id))), decision)

    @rule(decision=st.sampled_from(PlanDecision))
    @precondition(lambda self: self.draft)
    def decide_the_rest(self, decision: PlanDecision) -> None:
        for entry in self.desk.plans.entries(self.desk.work, self.draft.id):
            if entry.decision is None:
                self._decide(entry, decision)
        self.publish()

    def _decide(self, entry: Any, decision: PlanDecision) -> None:
        listed = decision is PlanDecision.LISTED
        reason, cost = (None, COST) if listed else (NeedReason.LOWER_RANK, None)
        said = EntryDecision(entry.place.estate or "", entry.version, decision, reason, cost)
        runs = self.running(entry.place.estate)
        if (listed and not entry.needs and not runs) or (not listed and runs):
            with pytest.raises(Unfit):
                self.desk.draft.decide(self.desk.work, self.draft.id, said, HUB)
            return
        seen = self.draft
        self.desk.draft.decide(self.desk.work, self.draft.id, said, HUB)
        with pytest.raises(Conflict):
            self.desk.publish(self.desk.work, seen.id, seen.version, HUB)
        self.said[entry.place.estate or ""] = (decision.value, reason)

    @rule()
    @precondition(lambda self: self.draft)
    def publish(self) -> None:
        """By what the draft knew when it was ranked, of the needs as they are now."""
        plan, entries = self.draft, self.desk.plans.entries(self.desk.work, self.draft.id)
        before = {need.id: (need.state, need.version) for need in self._all()}
        runs = {one.place.estate for one in entries if self.running(one.place.estate)}
        open_entries = [
            one
            for one in entries
            if (one.needs and one.decision is None)
            or (one.place.estate in runs and one.decision is not PlanDecision.LISTED)
        ]
        listed = [one for one in entries if one.decision is PlanDecision.LISTED]
        too_much = sum(COST * 80 // 100 for _ in listed) > self.budget
        if open_entries or too_much:
            with pytest.raises(Unfit):
                self.desk.publish(self.desk.work, plan.id, plan.version, HUB)
            assert before == {need.id: (need.state, need.version) for need in self._all()}
            return
        self.desk.publish(self.desk.work, plan.id, plan.version, HUB)
        self.published += 1
        for entry in self._entries(plan.id):
            assert set(entry.projects) == self.running(entry.place.estate)
        decided = {need: one.decision for one in entries for need in one.needs}
        for key, needs in self.model.items():
            for ordinal, wanted in enumerate(needs):
                if wanted.state not in ("open", "in_plan"):
                    continue
                decision = decided.get(self._of(key, ordinal).id)
                wanted.state = {PlanDecision.LISTED: "in_plan", PlanDecision.REFUSED: "refused"}.get(decision, "open")
                wanted.listed = decision is PlanDecision.LISTED

    @rule(data=st.data())
    @precondition(lambda self: self.plannable())
    def begin(self, data: st.DataObject) -> None:
        estate = data.draw(st.sampled_from(sorted(self.plannable())))
        project = RepairProject(str(UUID(int=20_000 + len(self.projects))), "W", ESTATES[estate], "housing", START)
        project.state = ProjectState.NEED
        self.projects[project.id] = project
        taken = [one for one in self._newest() if one.place.estate == estate and one.state in PLANNABLE]
        self.follow.begin(self.desk.work, taken, project)
        for wanted in self.needs_of(estate):
            if wanted.state in ("open", "in_plan"):
                wanted.state, wanted.project = "in_project", project.id

    @rule(
        data=st.data(),
        state=st.sampled_from([ProjectState.BUILDING, ProjectState.ACCEPTED, ProjectState.CANCELLED]),
        built=st.sampled_from([None, frozenset(), frozenset({"E01"}), frozenset({"E01", "E06"})]),
    )
    @precondition(lambda self: any(one.state is not ProjectState.CANCELLED for one in self.projects.values()))
    def advance(self, data: st.DataObject, state: ProjectState, built: frozenset[str] | None) -> None:
        going = [one for one in self.projects.values() if one.state is not ProjectState.CANCELLED]
        project = data.draw(st.sampled_from(going))
        if state is ProjectState.CANCELLED and project.state is ProjectState.ACCEPTED:
            return  # the table of projects has no such step
        project.state, self.built = state, built
        self.follow.step(self.desk.work, project)
        for (_, element), needs in self.model.items():
            for wanted in needs:
                if wanted.project == project.id:
                    becomes = {ProjectState.ACCEPTED: "met", ProjectState.CANCELLED: "open"}.get(state, "in_project")
                    left_out = built is not None and (element not in built if element else not built)
                    if becomes == "met" and wanted.state == "in_project" and left_out:
                        becomes = "open"
                    wanted.state = becomes
                    wanted.project = project.id if becomes != "open" else None
                    wanted.listed &= becomes != "open"

    @invariant()
    def needs_are_as_the_reference_says(self) -> None:
        found = {
            ((one.place.estate or "", one.element), one.ordinal): (
                one.state.value,
                {f"{source.kind} {source.ref}" for source in one.sources},
                one.project_id,
            )
            for one in self._all()
        }
        wanted = {
            (key, ordinal): (one.state, one.askers, one.project)
            for key, needs in self.model.items()
            for ordinal, one in enumerate(needs)
        }
        assert found == wanted
        for need in self._all():
            assert need.state is not NeedState.OPEN or (need.plan_id, need.project_id) == (None, None)

    @invariant()
    def one_version_of_the_plan_is_in_force(self) -> None:
        states = [one.state for one in self.desk.plans.plans.values()]
        assert states.count(PlanState.PUBLISHED) == min(1, self.published)
        assert states.count(PlanState.SUPERSEDED) == max(0, self.published - 1)

    @invariant()
    def what_was_published_tells_the_whole_state(self) -> None:
        """Versions rise by fact, and the newest facts are what is stored."""
        newest: dict[str, Any] = {}
        for event in self.desk.memory.events:
            if isinstance(event, NeedSettled):
                continue
            known = newest.get(event.aggregate_id)
            assert known is None or known.version < event.version
            newest[event.aggregate_id] = event
        stored = {one.id: one for one in self._all()}
        latest = {one.need_id: one for one in newest.values() if isinstance(one, NeedChanged)}
        assert {key: (one.state, one.version, one.plan_id) for key, one in latest.items()} == {
            key: (one.state, one.version, one.plan_id) for key, one in stored.items()
        }
        plans = {one.plan_id: one.state for one in newest.values() if isinstance(one, PlanEvent)}
        assert plans == {one.id: one.state for one in self.desk.plans.plans.values()}
        entries = {one.aggregate_id: one.version for one in newest.values() if isinstance(one, PlanEntryChanged)}
        assert len(entries) == len(self.desk.plans.kept)

    def _withdrawable(self) -> list[Any]:
        return [(need, one) for need in self._all() for one in need.sources if one.kind in ASKED_BY_HAND]

    def _entries(self, plan_id: str) -> list[Any]:
        return self.desk.plans.entries(self.desk.work, plan_id)

    def _all(self) -> list[Any]:
        return sorted(self.desk.needs.kept.values(), key=lambda one: one.id)

    def _newest(self) -> list[Any]:
        return list(self.desk.needs.newest(self.desk.work, set(ESTATES)).values())

    def _of(self, key: Key, ordinal: int) -> Any:
        return next(one for one in self._all() if ((one.place.estate, one.element), one.ordinal) == (key, ordinal))


NeedsAndPlans.TestCase.settings = settings(max_examples=EXAMPLES, stateful_step_count=60, deadline=None)
TestNeedsAndPlans = NeedsAndPlans.TestCase


def test_states_of_the_reference_are_those_of_the_table() -> None:
    assert {"open", "in_plan", "in_project", "met", "refused"} == {state.value for state in NeedState}
