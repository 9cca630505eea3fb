"""A chain, walked at random: each step at most once and in order, nothing after it was read, and an end always."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.notifier.domain.escalation import (
    ChainTurn,
    Escalation,
    EscalationState,
    Telling,
    escalation_id,
)
from services.notifier.domain.officer import Post
from services.notifier.domain.officer_notice import Pressure, Subject

START = datetime(2026, 7, 1, tzinfo=UTC)
EVENT = UUID(int=1)


def chain_of(waits: list[int], reached: int) -> Escalation:
    return Escalation(
        escalation_id(EVENT, "urgent-ticket"),
        EVENT,
        "urgent-ticket",
        1,
        Subject("ticket", "1", None),
        Telling("ticket-given", {}, Pressure.URGENT, "urgent-ticket", None),
        [ChainTurn([("housing", Post.LEADER)], timedelta(minutes=wait)) for wait in waits],
        done_by=[],
        started_at=START,
        due_at=START + timedelta(hours=1) if reached else START,
    )


class Chains(RuleBasedStateMachine):
    """Deadlines come early, late and twice; somebody reads at any time."""

    @initialize(waits=st.lists(st.integers(1, 600), min_size=1, max_size=6), reached=st.integers(0, 3))
    def begin(self, waits: list[int], reached: int) -> None:
        self.chain, self.now, self.notified_steps, self.read_at_step = chain_of(waits, reached), START, [0], None

    @rule(minutes=st.integers(0, 900))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(back=st.integers(0, 2), reached=st.integers(0, 3))
    def fire(self, back: int, reached: int) -> None:
        """The deadline of this step, or one of an earlier step that comes again."""
        step = max(0, self.chain.step - back)
        due = self.chain.due_at
        if not self.chain.awaits(step) or due is None or due > self.now:
            return
        before, self.chain = self.chain, self.chain.advanced(self.now, reached)
        if self.chain.step > before.step:
            self.notified_steps.append(self.chain.step)
            assert before.due_at is not None
            assert self.chain.due_at is not None
            wait = self.chain.due_at - self.now
            assert wait == (self.chain.chain[self.chain.step - 1].within if reached else timedelta(0))

    @precondition(lambda self: self.read_at_step is None)
    @rule()
    def read(self) -> None:
        if self.chain.awaits(self.chain.step):
            self.read_at_step = self.chain.step
            self.chain = self.chain.stopped(self.now)

    @invariant()
    def each_step_once_and_in_order(self) -> None:
        if hasattr(self, "chain"):
            assert self.notified_steps == list(range(self.chain.step + 1))
            assert self.chain.step <= len(self.chain.chain)

    @invariant()
    def whoever_reads_ends_it(self) -> None:
        if hasattr(self, "chain") and self.read_at_step is not None:
            assert self.notified_steps[-1] == self.read_at_step
            assert self.chain.state is EscalationState.READ

    @invariant()
    def it_runs_if_and_only_if_something_follows(self) -> None:
        if hasattr(self, "chain"):
            assert (self.chain.state is EscalationState.RUNNING) == (self.chain.due_at is not None)
            assert (self.chain.ended_at is None) == (self.chain.due_at is not None)


TestChains = Chains.TestCase


@given(waits=st.lists(st.integers(1, 600), min_size=1, max_size=8), reached=st.lists(st.booleans(), max_size=9))
def test_unread_it_always_ends_after_all_its_waits(waits: list[int], reached: list[bool]) -> None:
    chain, steps, elapsed = chain_of(waits, 1), 0, timedelta(hours=1)
    answers = iter([*reached, *[True] * (len(waits) + 1)])
    while chain.due_at is not None:
        steps += 1
        assert steps <= len(waits) + 1
        assert chain.due_at == START + elapsed
        turn, there = chain.next_turn, next(answers)
        chain = chain.advanced(chain.due_at, int(there))
        elapsed += turn.within if turn and there else timedelta(0)
    assert chain.state is EscalationState.EXHAUSTED
    assert chain.step == len(waits)
