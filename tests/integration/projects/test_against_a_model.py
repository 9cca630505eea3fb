"""Hot issues that open, are decided on, merge, are cured and come again: as a plain model of the rules has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.contracts.hot_issue_events import DecisionKind
from services.projects.app.authority import Authority
from services.projects.app.decide import CureDone, Decision
from services.projects.app.share import DistrictShare
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import OPEN, UNDECIDED, IssueState
from tests.integration.projects.events import ESTATES, START, dispatched, take, ticket_id
from tests.integration.projects.issues import empty, issues, members
from tests.integration.projects.wired import wired

HUB = Authority(DistrictShare(whole_district=True), is_hub=True)
ENOUGH = 5
APART = timedelta(hours=2)
"""Everything lies within one window, so that the model need not forget."""


@dataclass
class Expected:
    cell: Cell
    ordinal: int
    state: IssueState
    members: set[str]
    after: datetime | None
    """Only later calls count in its cell."""
    merged_into: Expected | None = None
    ended_at: datetime | None = None
    """When it was explained, or its cure was done: only later calls make it, or another, hot again."""

    @property
    def id(self) -> str:
        return hot_issue_id(self.cell, self.ordinal)


@dataclass
class Model:
    """A call: (when, ticket, caller)."""

    calls: dict[Cell, list[tuple[datetime, str, int]]] = field(default_factory=lambda: defaultdict(list))
    issues: dict[Cell, list[Expected]] = field(default_factory=lambda: defaultdict(list))

    def call(self, cell: Cell, at: datetime, ticket: str, caller: int) -> None:
        self.calls[cell].append((at, ticket, caller))
        of_cell = self.issues[cell]
        if not of_cell:
            self._raise(cell, None)
            return
        taker = of_cell[-1]
        while taker.merged_into:
            taker = taker.merged_into
        if taker.state in OPEN:
            taker.members.add(ticket)
        if taker.state is IssueState.OBSERVING:
            since = max(one for one in (taker.ended_at, of_cell[-1].after) if one)
            if self._enough(cell, since):
                taker.state = IssueState.REOPENED
                taker.members |= self._since(cell, since)
        elif taker.state is IssueState.EXPLAINED:
            self._raise(cell, taker.ended_at)

    def _raise(self, cell: Cell, after: datetime | None) -> None:
        if self._enough(cell, after):
            found = self._since(cell, after)
            self.issues[cell].append(Expected(cell, len(self.issues[cell]), IssueState.CONFIRMED, found, after))

    def _since(self, cell: Cell, after: datetime | None) -> set[str]:
        return {ticket for at, ticket, _ in self.calls[cell] if after is None or at > after}

    def _enough(self, cell: Cell, after: datetime | None) -> bool:
        return len({caller for at, _, caller in self.calls[cell] if after is None or at > after}) >= ENOUGH

    def every(self) -> Iterator[Expected]:
        for of_cell in self.issues.values():
            yield from of_cell

    def in_states(self, *states: IssueState) -> list[Expected]:
        return [one for one in self.every() if one.state in states]


def test_issues_are_those_of_a_plain_model(workshop: Workshop) -> None:
    clock = workshop.clock
    assert isinstance(clock, FixedClock)

    class District(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            empty(workshop)
            self.model, self.filed = Model(), 0

        @rule(estate=st.sampled_from(sorted(ESTATES)), caller=st.integers(1, 7))
        def call(self, estate: str, caller: int) -> None:
            clock.advance(APART)
            self.filed += 1
            day = (clock.now() - START) / timedelta(days=1)
            call = dispatched(self.filed, "MJ01", estate, by=caller, day=day)
            take(workshop, call)
            self.model.call(Cell(estate, "MJ01"), call.occurred_at, ticket_id(self.filed), caller)

        @rule(estate=st.sampled_from(sorted(ESTATES)))
        def many_call(self, estate: str) -> None:
            for caller in range(1, ENOUGH + 1):
                self.call(estate, caller)

        @precondition(lambda self: self.model.in_states(*UNDECIDED))
        @rule(data=st.data())
        def explain(self, data: st.DataObject) -> None:
            one = data.draw(st.sampled_from(self.model.in_states(*UNDECIDED)))
            self._decide(one, DecisionKind.EXPLAIN)
            one.state, one.ended_at = IssueState.EXPLAINED, clock.now()

        @precondition(lambda self: self.model.in_states(*UNDECIDED))
        @rule(data=st.data())
        def order_a_service(self, data: st.DataObject) -> None:
            one = data.draw(st.sampled_from(self.model.in_states(*UNDECIDED)))
            self._decide(one, DecisionKind.SERVICE)
            one.state = IssueState.IN_CURE

        @precondition(lambda self: self.model.in_states(IssueState.IN_CURE))
        @rule(data=st.data())
        def do_the_cure(self, data: st.DataObject) -> None:
            one = data.draw(st.sampled_from(self.model.in_states(IssueState.IN_CURE)))
            clock.advance(APART)
            with workshop.open() as work:
                wired(workshop).decide.cure_done(work, one.id, CureDone(self._version(one), "hub"), HUB)
            one.state, one.ended_at = IssueState.OBSERVING, clock.now()

        @precondition(lambda self: self.model.in_states(*UNDECIDED) and len(self.model.in_states(*OPEN)) > 1)
        @rule(data=st.data())
        def merge(self, data: st.DataObject) -> None:
            one = data.draw(st.sampled_from(self.model.in_states(*UNDECIDED)))
            into = data.draw(st.sampled_from([other for other in self.model.in_states(*OPEN) if other is not one]))
            self._decide(one, DecisionKind.MERGE, merge_into=into.id)
            one.state, one.merged_into = IssueState.MERGED, into
            into.members |= one.members

        def _decide(self, one: Expected, kind: DecisionKind, **more: Any) -> None:
            clock.advance(APART)
            with workshop.open() as work:
                decision = Decision(self._version(one), kind, "as seen on site", "hub", **more)
                wired(workshop).decide(work, one.id, decision, HUB)

        def _version(self, one: Expected) -> int:
            return next(int(row.version) for row in issues(workshop) if row.id == one.id)

        @invariant()
        def is_as_expected(self) -> None:
            found = {row.id: (row.state, set(members(workshop, row.id))) for row in issues(workshop)}
            assert found == {one.id: (one.state, one.members) for one in self.model.every()}

    run_state_machine_as_test(District, settings=settings(max_examples=25, stateful_step_count=30, deadline=None))
