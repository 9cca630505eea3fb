"""The ticket walks its table and nothing else (domain.md §10.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.contracts.ticket_events import Channel, Place, RequestKind, Satisfaction, Urgency
from services.intake.domain.steps import ASIDE, BACK, CLOCKS, FINAL, SAME, STEPS, IllegalStep, State, Step
from services.intake.domain.ticket import UNREACHED_ENOUGH, Extension, NotIndependent, Ticket

START = datetime(2026, 7, 1, tzinfo=UTC)
PLACE = Place(sub_district="310109009", estate="liangcheng-2")
OTHER_TICKET = "7d2f0a3e-58b1-4f6e-9c1d-0b7a4f3e2d10"

TAKE: dict[Step, Callable[[Ticket, datetime], object]] = {
    Step.RECEIVE: lambda ticket, _: ticket.receive("operator"),
    Step.CLASSIFY: lambda ticket, at: ticket.classify(at, "model:1", "XQ01", PLACE, Urgency.URGENT, "XQ01 0.90: 物业"),
    Step.FILE_AWAY: lambda ticket, at: ticket.file_away(at, "import"),
    Step.SEND_TO_REVIEW: lambda ticket, at: ticket.send_to_review(at, "catalogue", "doubtful"),
    Step.RECLASSIFY: lambda ticket, at: ticket.reclassify(at, "hub", "it is noise", kind=RequestKind.COMPLAINT),
    Step.REJECT: lambda ticket, at: ticket.reject(at, "hub", "in court"),
    Step.RECONSIDER: lambda ticket, at: ticket.reconsider(at, "hub", "the caller objects"),
    Step.TRANSFER: lambda ticket, at: ticket.transfer(at, "hub", "119", "fire"),
    Step.DISPATCH: lambda ticket, at: ticket.dispatch(at, "catalogue", "liangcheng", ("housing",), "liangcheng"),
    Step.REDISPATCH: lambda ticket, at: ticket.redispatch(at, "hub", "fire", ("housing", "fire"), "fire: duty"),
    Step.CALL_IN: lambda ticket, at: ticket.call_in(at, "hub", f"unit-{ticket.version}", "needed"),
    Step.ASSIGN: lambda ticket, at: ticket.assign(at, "chief", "li"),
    Step.SIGN: lambda ticket, at: ticket.sign(at, "office"),
    Step.CONTACT: lambda ticket, at: ticket.contact(at, "office", "spoke with the caller"),
    Step.REPORT: lambda ticket, at: ticket.report(at, "office", "on site"),
    Step.REQUEST_RETURN: lambda ticket, at: ticket.request_return(at, "office", "not ours"),
    Step.UPHOLD_RETURN: lambda ticket, at: ticket.uphold_return(at, "hub", "true"),
    Step.REFUSE_RETURN: lambda ticket, at: ticket.refuse_return(at, "hub", "it is yours"),
    Step.REQUEST_EXTENSION: lambda ticket, at: ticket.request_extension(at, "office", "parts are late"),
    Step.GRANT_EXTENSION: lambda ticket, at: ticket.grant_extension(at, "hub", "complex"),
    Step.REFUSE_EXTENSION: lambda ticket, at: ticket.refuse_extension(at, "hub", "plain"),
    Step.PAUSE: lambda ticket, at: ticket.pause(at, "hub", "appraisal"),
    Step.RESUME: lambda ticket, at: ticket.resume(at, "hub", "appraised"),
    Step.SUPERVISE: lambda ticket, at: ticket.supervise(at, "hub", "third time"),
    Step.MERGE: lambda ticket, at: ticket.merge(at, "hub", OTHER_TICKET, "the same leak"),
    Step.UNMERGE: lambda ticket, at: ticket.unmerge(at, "hub", "another block"),
    Step.WARN: lambda ticket, at: ticket.warn(at, "clock", "settle"),
    Step.BREACH: lambda ticket, at: ticket.breach(at, "clock", "settle"),
    Step.SETTLE: lambda ticket, at: ticket.settle(at, "office", False, "not solved: entered the repair plan"),
    Step.MISS: lambda ticket, at: ticket.miss(at, "desk", "no answer"),
    Step.VISIT: lambda ticket, at: ticket.visit(at, "desk", True, Satisfaction.SATISFIED, "solved"),
    Step.ORDER_REDO: lambda ticket, at: ticket.order_redo(at, "hub", "still leaks"),
    Step.ARCHIVE: lambda ticket, at: ticket.archive(at, "archive"),
}

GUARDS: dict[Step, Callable[[Ticket], bool]] = {
    Step.REQUEST_EXTENSION: lambda ticket: ticket.extension is None,
    Step.GRANT_EXTENSION: lambda ticket: ticket.extension is Extension.REQUESTED,
    Step.REFUSE_EXTENSION: lambda ticket: ticket.extension is Extension.REQUESTED,
    Step.PAUSE: lambda ticket: ticket.paused_at is None,
    Step.RESUME: lambda ticket: ticket.paused_at is not None,
    Step.ARCHIVE: lambda ticket: ticket.state is State.VISITED or ticket.unreached >= UNREACHED_ENOUGH,
}
"""What must hold beside the table."""


def new_ticket() -> Ticket:
    return Ticket(id="t", channel=Channel.PHONE, caller_ref=None, occurred_at=START, received_at=START)


def facts(ticket: Ticket) -> list[object]:
    return [getattr(ticket, name) for name in Ticket.__slots__ if name != "steps"] + [list(ticket.steps)]


class AnyWalk(RuleBasedStateMachine):
    """Steps in any order and number; a model of what must have become of them alongside."""

    def __init__(self) -> None:
        super().__init__()
        self.ticket = new_ticket()
        self.at = START
        self.taken: list[tuple[Step, State, datetime]] = []
        self.aside_from: State | None = None

    @rule(step=st.sampled_from(Step), later=st.integers(0, 90))
    def try_any_step(self, step: Step, later: int) -> None:
        self.walk(step, later)

    @rule(data=st.data(), later=st.integers(0, 90))
    def take_a_step_that_the_table_has(self, data: st.DataObject, later: int) -> None:
        possible = [step for state, step in STEPS if state == self.ticket.state]
        if possible:
            self.walk(data.draw(st.sampled_from(possible)), later)

    def walk(self, step: Step, later: int) -> None:
        self.at += timedelta(minutes=later)
        before, target = facts(self.ticket), STEPS.get((self.ticket.state, step))
        if target is None or not GUARDS.get(step, lambda _: True)(self.ticket):
            with pytest.raises(IllegalStep, match=step.value):
                TAKE[step](self.ticket, self.at)
            assert facts(self.ticket) == before
            return
        state = self.ticket.state
        TAKE[step](self.ticket, self.at)
        expected = state if target == SAME else self.aside_from if target == BACK else State(target)
        assert expected is not None
        if expected in ASIDE and state not in ASIDE:
            self.aside_from = state
        self.taken.append((step, expected, START if step is Step.RECEIVE else self.at))

    @invariant()
    def each_step_is_one_line_of_history_and_one_version(self) -> None:
        assert [(one.step, one.state, one.at) for one in self.ticket.steps] == self.taken
        assert [one.version for one in self.ticket.steps] == [*range(1, len(self.taken) + 1)]
        assert self.ticket.version == len(self.taken)

    @invariant()
    def what_a_clock_notes_outdates_nobody(self) -> None:
        acted = [number for number, (step, _, _) in enumerate(self.taken, start=1) if step not in CLOCKS]
        assert self.ticket.acted_version == (acted[-1] if acted else 0)

    @invariant()
    def the_state_is_where_the_last_step_led(self) -> None:
        assert self.ticket.state == (self.taken[-1][1] if self.taken else None)

    @invariant()
    def there_is_one_lead_from_dispatch_on_who_does_not_help_himself(self) -> None:
        dispatched = any(step in (Step.DISPATCH, Step.REDISPATCH) for step, _, _ in self.taken)
        assert (self.ticket.lead is not None) == dispatched
        assert self.ticket.lead not in self.ticket.co_handlers
        assert len(set(self.ticket.co_handlers)) == len(self.ticket.co_handlers)

    @invariant()
    def whoever_reviews_is_told_why(self) -> None:
        assert (self.ticket.review_reason is not None) >= (self.ticket.state is State.IN_REVIEW)

    @invariant()
    def it_goes_back_to_where_it_was_taken_aside_from(self) -> None:
        assert (self.ticket.came_from is not None) == (self.ticket.state in ASIDE)

    @invariant()
    def the_units_word_and_the_callers_are_kept_apart(self) -> None:
        steps = [step for step, _, _ in self.taken]
        assert self.ticket.unit_solved is (False if Step.SETTLE in steps else None)
        assert self.ticket.caller_solved is (True if Step.VISIT in steps else None)

    @invariant()
    def nothing_is_archived_without_the_callers_word_or_three_tries(self) -> None:
        if self.ticket.state is State.ARCHIVED:
            assert self.taken[-2][1] is State.VISITED or self.ticket.unreached >= UNREACHED_ENOUGH


TestAnyWalk = AnyWalk.TestCase


@pytest.mark.parametrize("visitor", ["office", "desk"])
def test_whoever_settled_a_ticket_does_not_visit_its_caller(visitor: str) -> None:
    ticket = walked(Step.RECEIVE, Step.CLASSIFY, Step.DISPATCH, Step.SETTLE)
    before = facts(ticket)
    if visitor == "office":
        with pytest.raises(NotIndependent, match="office settled the ticket"):
            ticket.visit(START, visitor, True, None, "solved")
        assert facts(ticket) == before
    else:
        ticket.visit(START, visitor, True, None, "solved")
        assert ticket.state is State.VISITED


def walked(*steps: Step) -> Ticket:
    ticket = new_ticket()
    for step in steps:
        TAKE[step](ticket, START)
    return ticket


def targets(state: State | None) -> set[State]:
    """Where one step may lead; what goes back may go to wherever it was taken aside from."""
    found = set[State]()
    for (source, step), target in STEPS.items():
        if source != state:
            continue
        if target == BACK:
            aside = Step.MERGE if step is Step.UNMERGE else Step.REQUEST_RETURN
            found |= {origin for origin, other in STEPS if other is aside and origin is not None}
        elif target != SAME:
            found.add(State(target))
    return found


def test_every_state_can_be_reached_and_every_step_be_taken() -> None:
    reached: set[State] = set()
    edge = targets(None)
    while edge:
        reached |= edge
        edge = set[State]().union(*(targets(state) for state in edge)) - reached
    assert reached == set(State)
    assert {step for _, step in STEPS} == set(Step) == TAKE.keys()


@pytest.mark.parametrize("state", State)
def test_no_state_is_without_an_exit_but_the_final_ones_and_from_everywhere_a_ticket_can_end(state: State) -> None:
    assert bool(targets(state)) == (state not in FINAL)
    reached, edge = {state}, {state}
    while edge:
        edge = set[State]().union(*(targets(one) for one in edge)) - reached
        reached |= edge
    assert reached & FINAL


@pytest.mark.parametrize("aside", [Step.REQUEST_RETURN, Step.MERGE])
@pytest.mark.parametrize(
    "way", [(), (Step.SIGN,), (Step.SIGN, Step.CONTACT), (Step.SIGN, Step.REPORT)], ids=lambda way: str(len(way))
)
def test_what_was_taken_aside_goes_back_to_where_it_was(aside: Step, way: tuple[Step, ...]) -> None:
    ticket = walked(Step.RECEIVE, Step.CLASSIFY, Step.DISPATCH, *way)
    before = ticket.state
    TAKE[aside](ticket, START)
    TAKE[Step.REFUSE_RETURN if aside is Step.REQUEST_RETURN else Step.UNMERGE](ticket, START)
    assert (ticket.state, ticket.came_from) == (before, None)


def test_an_illegal_step_says_what_the_ticket_is_and_what_it_cannot() -> None:
    ticket = new_ticket()
    with pytest.raises(IllegalStep, match="a ticket that is new cannot dispatch"):
        TAKE[Step.DISPATCH](ticket, START)
    TAKE[Step.RECEIVE](ticket, START)
    with pytest.raises(IllegalStep, match="a ticket that is received cannot receive"):
        TAKE[Step.RECEIVE](ticket, START)
