"""The follow-up walks its table, tells and asks once a round, and listens to its caller (docs/domain.md §10.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.contracts.hot_issue_events import DecisionKind
from services.intake.domain.calls import Calling, CallResult
from services.intake.domain.follow_up import ASK_AFTER, CURED, MOVES, STAGE_OF, FollowUp, IllegalMove, Stage, stage_of
from services.projects.domain.causes import Why
from services.projects.domain.hot_issue import IssueState

START = datetime(2026, 7, 1, tzinfo=UTC)
ISSUES_ARE = sorted(set(Stage) - {Stage.ASKED, Stage.NOT_REACHED, Stage.SOLVED, Stage.NOT_SOLVED})
WHERE_ISSUES_ARE = st.sampled_from(ISSUES_ARE)
BEFORE_THE_END = {
    Stage.NOTED, Stage.REOPENED, Stage.CANCELLED, Stage.PLANNED, Stage.UNDER_WAY, Stage.SUSPENDED, Stage.IN_WORKS
}  # fmt: skip


def follow_up(stage: Stage = Stage.NOTED, ticket_id: str = "first") -> FollowUp:
    return FollowUp("f", "issue", "caller", ticket_id, START, START, stage)


class AnyWalk(RuleBasedStateMachine):
    """What hot issues, time and callers do, in any order and number."""

    def __init__(self) -> None:
        super().__init__()
        self.one = follow_up()
        self.now = START
        self.stages = [Stage.NOTED]
        self.asked = 0
        self.answers: list[bool] = []

    @rule(where=WHERE_ISSUES_ARE)
    def the_issue_moves(self, where: Stage) -> None:
        before = (self.one.stage, self.one.version, self.one.called_again)
        moved = self.one.follow(where, self.now)
        assert moved == (where in MOVES[before[0]] and (before[0] is not Stage.SOLVED or before[2]))
        if moved:
            self.stages.append(where)
        else:
            assert (self.one.stage, self.one.version, self.one.called_again) == before

    @rule(days=st.integers(1, 400))
    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days)
        if self.one.stage in CURED and self.one.ask_at and self.one.ask_at < self.now:
            self.one.ask()
            self.asked += 1
            self.stages.append(Stage.ASKED)

    @rule(solved=st.booleans())
    def the_caller_answers(self, solved: bool) -> None:
        if self.one.stage not in (Stage.ASKED, Stage.NOT_REACHED):
            with pytest.raises(IllegalMove, match=self.one.stage.value):
                self.one.answer(self.now, solved)
            return
        self.one.answer(self.now, solved, None if solved else "next")
        self.answers.append(solved)
        self.stages.append(self.one.stage)

    @rule()
    def nobody_is_reached_by_telephone(self) -> None:
        once = Calling(tries=1, again_after_h=1)
        if self.one.stage is not Stage.ASKED:
            with pytest.raises(IllegalMove, match=self.one.stage.value):
                self.one.miss(self.now, CallResult.NOT_REACHED, once)
            return
        self.one.miss(self.now, CallResult.NOT_REACHED, once)
        self.stages.append(Stage.NOT_REACHED)

    @rule()
    def the_caller_calls_again(self) -> None:
        self.now += timedelta(hours=1)
        self.one.call("later", self.now)

    @invariant()
    def each_move_is_one_version(self) -> None:
        assert self.one.version == len(self.stages)
        assert self.one.stage is self.stages[-1]

    @invariant()
    def no_stage_comes_twice_in_a_round(self) -> None:
        order, rounds = list(Stage), [0]
        for before, after in zip(self.stages, self.stages[1:], strict=False):
            rounds.append(rounds[-1] + (order.index(after) < order.index(before)))
        pairs = list(zip(rounds, self.stages, strict=True))
        assert len(set(pairs)) == len(pairs)
        assert self.one.round == rounds[-1]

    @invariant()
    def only_who_was_asked_has_answered(self) -> None:
        assert self.asked - len(self.answers) in (0, 1) or Stage.ASKED in self.stages
        assert len(self.answers) <= self.asked
        assert (self.one.answered_at is not None) == bool(self.answers)

    @invariant()
    def the_day_of_asking_is_known_from_the_acceptance_until_the_next_round(self) -> None:
        if self.one.stage in {*CURED, Stage.ASKED, Stage.NOT_REACHED, Stage.SOLVED, Stage.NOT_SOLVED}:
            assert self.one.ask_at is not None
        else:
            assert self.one.ask_at is None


TestAnyWalk = AnyWalk.TestCase


def test_every_stage_can_be_reached() -> None:
    reached = {Stage.NOTED}
    for _ in Stage:
        reached |= {target for stage in reached for target in MOVES[stage]}
    assert reached == set(Stage) == MOVES.keys()


def test_every_state_of_a_hot_issue_is_known() -> None:
    assert STAGE_OF.keys() == {state.value for state in IssueState}


@pytest.mark.parametrize("decision", [DecisionKind.SERVICE, DecisionKind.RULE])
def test_without_works_nobody_is_notified_of_works(decision: DecisionKind) -> None:
    for state in IssueState:
        for suspended in (False, True):
            stage = stage_of(state, decision, suspended=suspended)
            assert stage not in {Stage.IN_WORKS, Stage.ACCEPTED, Stage.SUSPENDED}
    assert stage_of("in cure", decision) is Stage.UNDER_WAY
    assert stage_of("verified", decision) is Stage.CARRIED_OUT


def test_works_stop_and_are_cancelled_by_name() -> None:
    project = DecisionKind.PROJECT
    assert [stage_of(state, project, suspended=True) for state in ("decided", "in cure", "observing")] == [
        Stage.SUSPENDED,
        Stage.SUSPENDED,
        Stage.ACCEPTED,
    ]
    assert stage_of("reopened", None, cause=Why.PROJECT_CANCELLED) is Stage.CANCELLED
    assert stage_of("reopened", None, cause=Why.FULFILLED_AFTER_WORKS) is Stage.REOPENED


def test_a_joiner_enters_where_the_issue_is_and_is_asked_90_days_after_the_acceptance() -> None:
    one = follow_up()
    assert one.follow(Stage.ACCEPTED, START)
    assert (one.stage, one.ask_at) == (Stage.ACCEPTED, START + timedelta(days=90))
    assert timedelta(days=90) == ASK_AFTER


def answered(solved: bool) -> FollowUp:
    one = follow_up()
    one.follow(Stage.ACCEPTED, START)
    one.ask()
    one.answer(START + ASK_AFTER, solved, None if solved else "next")
    return one


@pytest.mark.parametrize("target", ISSUES_ARE)
def test_whoever_said_solved_stays_out_until_they_call_again(target: Stage) -> None:
    one = answered(solved=True)
    one.call("before the answer", START)
    assert not one.follow(target, START)
    one.call("again", START + ASK_AFTER + timedelta(seconds=1))
    assert one.follow(target, START) == (target in BEFORE_THE_END)
    assert (one.ticket_id, one.round) == ("again", target in BEFORE_THE_END)


@pytest.mark.parametrize("target", ISSUES_ARE)
def test_whoever_said_not_solved_goes_on_with_the_ticket_that_went_on(target: Stage) -> None:
    one = answered(solved=False)
    moved = one.follow(target, START)
    assert moved == (target in BEFORE_THE_END)
    assert one.ticket_id == ("next" if moved else "first")


def test_of_a_callers_calls_the_first_stands_whatever_the_order() -> None:
    for order in (["b", "a"], ["a", "b"]):
        one = follow_up(ticket_id="c")
        for number, ticket_id in enumerate(order):
            one.call(ticket_id, START - timedelta(hours=1))
            assert number or one.ticket_id == ticket_id
        assert one.ticket_id == "a"
