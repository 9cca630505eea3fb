"""The ticket walks its table and nothing else (docs/domain.md §10.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.intake.domain.steps import (
    ASIDE,
    BACK,
    CLOCKS,
    FINAL,
    SAME,
    STEPS,
    IllegalTicketStep,
    TicketState,
    TicketStep,
)
from services.intake.domain.ticket import UNREACHED_ENOUGH, NotIndependent, Ticket
from services.intake.domain.ticket_record import Extension, TicketRecord
from tests.unit.intake.tickets import START, TAKE, new_ticket, walked

GUARDS: dict[TicketStep, Callable[[Ticket], bool]] = {
    TicketStep.ASSIST: lambda ticket: bool(ticket.co_handlers),
    TicketStep.REQUEST_EXTENSION: lambda ticket: ticket.extension is None,
    TicketStep.GRANT_EXTENSION: lambda ticket: ticket.extension is Extension.REQUESTED,
    TicketStep.REFUSE_EXTENSION: lambda ticket: ticket.extension is Extension.REQUESTED,
    TicketStep.PAUSE: lambda ticket: ticket.paused_at is None,
    TicketStep.RESUME: lambda ticket: ticket.paused_at is not None,
    TicketStep.ARCHIVE: lambda ticket: ticket.state is TicketState.VISITED or ticket.unreached >= UNREACHED_ENOUGH,
}
"""What must hold beside the table."""


def facts(ticket: Ticket) -> list[object]:
    return [getattr(ticket, name) for name in TicketRecord.__slots__ if name != "steps"] + [list(ticket.steps)]


class AnyWalk(RuleBasedStateMachine):
    """Steps in any order and number; a model of what must have become of them alongside."""

    def __init__(self) -> None:
        super().__init__()
        self.ticket = new_ticket()
        self.at = START
        self.taken: list[tuple[TicketStep, TicketState, datetime]] = []
        self.aside_from: TicketState | None = None

    @rule(step=st.sampled_from(TicketStep), later=st.integers(0, 90))
    def try_any_step(self, step: TicketStep, later: int) -> None:
        self.walk(step, later)

    @rule(data=st.data(), later=st.integers(0, 90))
    def take_a_step_that_the_table_has(self, data: st.DataObject, later: int) -> None:
        possible = [step for state, step in STEPS if state == self.ticket.state]
        if possible:
            self.walk(data.draw(st.sampled_from(possible)), later)

    def walk(self, step: TicketStep, later: int) -> None:
        self.at += timedelta(minutes=later)
        before, target = facts(self.ticket), STEPS.get((self.ticket.state, step))
        if target is None or not GUARDS.get(step, lambda _: True)(self.ticket):
            with pytest.raises(IllegalTicketStep, match=step.value):
                TAKE[step](self.ticket, self.at)
            assert facts(self.ticket) == before
            return
        state = self.ticket.state
        TAKE[step](self.ticket, self.at)
        expected = state if target == SAME else self.aside_from if target == BACK else TicketState(target)
        assert expected is not None
        if expected in ASIDE and state not in ASIDE:
            self.aside_from = state
        self.taken.append((step, expected, START if step is TicketStep.RECEIVE else self.at))

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
        dispatched = any(step in (TicketStep.DISPATCH, TicketStep.REDISPATCH) for step, _, _ in self.taken)
        assert (self.ticket.lead is not None) == dispatched
        assert self.ticket.lead not in self.ticket.co_handlers
        assert len(set(self.ticket.co_handlers)) == len(self.ticket.co_handlers)

    @invariant()
    def a_ticket_in_review_has_a_reason(self) -> None:
        assert (self.ticket.review_reason is not None) >= (self.ticket.state is TicketState.IN_REVIEW)

    @invariant()
    def it_goes_back_to_where_it_was_taken_aside_from(self) -> None:
        assert (self.ticket.came_from is not None) == (self.ticket.state in ASIDE)

    @invariant()
    def the_units_word_and_the_callers_are_kept_apart(self) -> None:
        steps = [step for step, _, _ in self.taken]
        assert self.ticket.unit_solved is (False if TicketStep.SETTLE in steps else None)
        assert self.ticket.caller_solved is (True if TicketStep.VISIT in steps else None)

    @invariant()
    def nothing_is_archived_without_the_callers_word_or_three_tries(self) -> None:
        if self.ticket.state is TicketState.ARCHIVED:
            before = [state for _, state, _ in self.taken if state is not TicketState.ARCHIVED][-1]
            assert before is TicketState.VISITED or self.ticket.unreached >= UNREACHED_ENOUGH


TestAnyWalk = AnyWalk.TestCase


def test_what_a_co_handler_reports_is_no_contact_of_the_leads() -> None:
    ticket = walked(TicketStep.RECEIVE, TicketStep.CLASSIFY, TicketStep.DISPATCH)
    ticket.assist(START, "helper", "housing", "spoke with the caller", contacted=True)
    assert (ticket.state, ticket.signed_at, ticket.contacted_at) == (TicketState.DISPATCHED, None, None)
    with pytest.raises(IllegalTicketStep, match="market is no co-handler"):
        ticket.assist(START, "helper", "market", "cleared", contacted=False)


@pytest.mark.parametrize("visitor", ["office", "desk"])
def test_whoever_settled_a_ticket_does_not_visit_its_caller(visitor: str) -> None:
    ticket = walked(TicketStep.RECEIVE, TicketStep.CLASSIFY, TicketStep.DISPATCH, TicketStep.SETTLE)
    before = facts(ticket)
    if visitor == "office":
        with pytest.raises(NotIndependent, match="office settled the ticket"):
            ticket.visit(START, visitor, True, None)
        assert facts(ticket) == before
    else:
        ticket.visit(START, visitor, True, None)
        assert ticket.state is TicketState.VISITED


def targets(state: TicketState | None) -> set[TicketState]:
    """Where one step may lead; what goes back may go to wherever it was taken aside from."""
    found = set[TicketState]()
    for (source, step), target in STEPS.items():
        if source != state:
            continue
        if target == BACK:
            aside = TicketStep.MERGE if step is TicketStep.UNMERGE else TicketStep.REQUEST_RETURN
            found |= {origin for origin, other in STEPS if other is aside and origin is not None}
        elif target != SAME:
            found.add(TicketState(target))
    return found


def test_every_state_can_be_reached_and_every_step_be_taken() -> None:
    reached: set[TicketState] = set()
    edge = targets(None)
    while edge:
        reached |= edge
        edge = set[TicketState]().union(*(targets(state) for state in edge)) - reached
    assert reached == set(TicketState)
    assert {step for _, step in STEPS} == set(TicketStep) == TAKE.keys()


@pytest.mark.parametrize("state", TicketState)
def test_no_state_is_without_an_exit_but_the_final_ones_and_from_everywhere_a_ticket_can_end(
    state: TicketState,
) -> None:
    assert bool(targets(state)) == (state not in FINAL)
    reached, edge = {state}, {state}
    while edge:
        edge = set[TicketState]().union(*(targets(one) for one in edge)) - reached
        reached |= edge
    assert reached & FINAL


@pytest.mark.parametrize("aside", [TicketStep.REQUEST_RETURN, TicketStep.MERGE])
@pytest.mark.parametrize(
    "way",
    [(), (TicketStep.SIGN,), (TicketStep.SIGN, TicketStep.CONTACT), (TicketStep.SIGN, TicketStep.REPORT)],
    ids=lambda way: str(len(way)),
)
def test_what_was_taken_aside_goes_back_to_where_it_was(aside: TicketStep, way: tuple[TicketStep, ...]) -> None:
    ticket = walked(TicketStep.RECEIVE, TicketStep.CLASSIFY, TicketStep.DISPATCH, *way)
    before = ticket.state
    TAKE[aside](ticket, START)
    TAKE[TicketStep.REFUSE_RETURN if aside is TicketStep.REQUEST_RETURN else TicketStep.UNMERGE](ticket, START)
    assert (ticket.state, ticket.came_from) == (before, None)


def test_an_illegal_step_says_what_the_ticket_is_and_what_it_cannot() -> None:
    ticket = new_ticket()
    with pytest.raises(IllegalTicketStep, match="the step 'dispatch' does not fit a ticket that is new"):
        TAKE[TicketStep.DISPATCH](ticket, START)
    TAKE[TicketStep.RECEIVE](ticket, START)
    with pytest.raises(IllegalTicketStep, match="the step 'receive' does not fit a ticket that is received"):
        TAKE[TicketStep.RECEIVE](ticket, START)
