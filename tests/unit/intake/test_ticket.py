"""The ticket walks its table and nothing else (domain.md §10.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.contracts.ticket_events import Channel, Place, Satisfaction, Urgency
from services.intake.domain.ticket import STEPS, IllegalStep, NotIndependent, State, Step, Ticket

START = datetime(2026, 7, 1, tzinfo=UTC)
LIMIT = timedelta(minutes=60)
PLACE = Place(sub_district="310109009", estate="liangcheng-2")

TAKE: dict[Step, Callable[[Ticket, datetime], None]] = {
    Step.RECEIVE: lambda ticket, _: ticket.receive("operator"),
    Step.CLASSIFY: lambda ticket, at: ticket.classify(at, "model:1", "XQ01", PLACE, Urgency.URGENT, "XQ01 0.90: 物业"),
    Step.DISPATCH: lambda ticket, at: ticket.dispatch(
        at, "catalogue", "liangcheng", ("housing",), at + LIMIT, "liangcheng"
    ),
    Step.FILE_AWAY: lambda ticket, at: ticket.file_away(at, "import"),
    Step.BREACH: lambda ticket, at: ticket.breach(at, "clock", "not settled in time"),
    Step.SETTLE: lambda ticket, at: ticket.settle(at, "office", False, "not solved: entered the repair plan"),
    Step.VISIT: lambda ticket, at: ticket.visit(at, "desk", True, Satisfaction.SATISFIED, "solved"),
    Step.ARCHIVE: lambda ticket, at: ticket.archive(at, "archive"),
    Step.SEND_TO_REVIEW: lambda ticket, at: ticket.send_to_review(at, "catalogue", "doubtful"),
}


def new_ticket() -> Ticket:
    return Ticket(id="t", channel=Channel.PHONE, caller_ref=None, occurred_at=START, received_at=START)


def facts(ticket: Ticket) -> list[object]:
    return [getattr(ticket, name) for name in Ticket.__slots__ if name != "steps"] + [list(ticket.steps)]


class AnyWalk(RuleBasedStateMachine):
    """Steps in any order and number; a model of what must have become of them alongside."""

    def __init__(self) -> None:
        super().__init__()
        self.ticket = new_ticket()
        self.taken: list[tuple[Step, State, datetime]] = []
        self.at = START

    @rule(step=st.sampled_from(Step), later=st.integers(0, 90))
    def try_a_step(self, step: Step, later: int) -> None:
        self.at += timedelta(minutes=later)
        allowed = STEPS.get((self.ticket.state, step))
        before = facts(self.ticket)
        if allowed is None:
            with pytest.raises(IllegalStep, match=step.value):
                TAKE[step](self.ticket, self.at)
            assert facts(self.ticket) == before
        else:
            TAKE[step](self.ticket, self.at)
            self.taken.append((step, allowed, START if step is Step.RECEIVE else self.at))

    @invariant()
    def each_step_is_one_line_of_history_and_one_version_unless_it_is_the_clocks(self) -> None:
        versions = list(accumulate(step is not Step.BREACH for step, _, _ in self.taken))
        assert [(one.step, one.state, one.at) for one in self.ticket.steps] == self.taken
        assert [one.version for one in self.ticket.steps] == versions
        assert self.ticket.version == (versions[-1] if versions else 0)

    @invariant()
    def the_state_is_where_the_last_step_led(self) -> None:
        assert self.ticket.state == (self.taken[-1][1] if self.taken else None)

    @invariant()
    def there_is_one_lead_from_dispatch_on_and_none_before(self) -> None:
        dispatched = any(step is Step.DISPATCH for step, _, _ in self.taken)
        assert self.ticket.lead == ("liangcheng" if dispatched else None)
        assert self.ticket.co_handlers == (("housing",) if dispatched else ())

    @invariant()
    def whoever_reviews_is_told_why(self) -> None:
        assert (self.ticket.review_reason is not None) == (self.ticket.state is State.IN_REVIEW)

    def when(self, wanted: Step) -> datetime | None:
        """When the step was taken last."""
        return next((at for step, _, at in reversed(self.taken) if step is wanted), None)

    @invariant()
    def the_settle_clock_runs_from_the_dispatch_and_judges_the_settlement(self) -> None:
        dispatched, settled = self.when(Step.DISPATCH), self.when(Step.SETTLE)
        assert self.ticket.settle_by == (dispatched + LIMIT if dispatched else None)
        assert self.ticket.settled_at == settled
        assert self.ticket.on_time == bool(dispatched and settled and settled - dispatched <= LIMIT)

    @invariant()
    def the_units_word_and_the_callers_are_kept_apart(self) -> None:
        settled, visited = self.when(Step.SETTLE), self.when(Step.VISIT)
        assert self.ticket.unit_solved is (False if settled else None)
        assert self.ticket.caller_solved is (True if visited else None)
        assert self.ticket.satisfaction == (Satisfaction.SATISFIED if visited else None)

    @invariant()
    def the_type_is_known_from_classification_on(self) -> None:
        classified = any(step is Step.CLASSIFY for step, _, _ in self.taken)
        assert (self.ticket.type_code, self.ticket.place) == (("XQ01", PLACE) if classified else (None, None))


TestAnyWalk = AnyWalk.TestCase


@pytest.mark.parametrize("visitor", ["office", "desk"])
def test_whoever_settled_a_ticket_does_not_visit_its_caller(visitor: str) -> None:
    ticket = new_ticket()
    for step in (Step.RECEIVE, Step.CLASSIFY, Step.DISPATCH, Step.SETTLE):
        TAKE[step](ticket, START)
    before = facts(ticket)
    if visitor == "office":
        with pytest.raises(NotIndependent, match="office settled the ticket"):
            ticket.visit(START, visitor, True, None, "solved")
        assert facts(ticket) == before
    else:
        ticket.visit(START, visitor, True, None, "solved")
        assert ticket.state is State.VISITED


def test_every_state_can_be_reached_and_every_step_be_taken() -> None:
    reached: set[State | None] = {None}
    for _ in State:
        reached |= {target for (source, _), target in STEPS.items() if source in reached}
    assert reached == {None, *State}
    assert {step for _, step in STEPS} == set(Step) == TAKE.keys()


def test_an_illegal_step_says_what_the_ticket_is_and_what_it_cannot() -> None:
    ticket = new_ticket()
    with pytest.raises(IllegalStep, match="a ticket that is new cannot dispatch"):
        TAKE[Step.DISPATCH](ticket, START)
    TAKE[Step.RECEIVE](ticket, START)
    with pytest.raises(IllegalStep, match="a ticket that is received cannot receive"):
        TAKE[Step.RECEIVE](ticket, START)
