"""A form is offered exactly when its step is possible: by the table, the step's own guards, the actor's rights."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.web.identity import Actor, Role
from services.intake.app.plain_step import UNIT_STEPS
from services.intake.domain.steps import CLOCKS, STEPS, IllegalTicketStep, TicketState, TicketStep
from services.intake.domain.ticket import Ticket
from services.intake.domain.ticket_record import TicketRecord
from services.intake.pages.step_forms import FORMS, Seen, comes_next, forms_for
from tests.unit.intake.tickets import START, TAKE, new_ticket

HUB = Actor(subject="desk", name="desk", roles=frozenset({Role.HUB}))
LEADS = frozenset({"liangcheng", "fire"})
UNIT = Actor(subject="li", name="li", roles=frozenset({Role.DEPARTMENT}), departments=LEADS)
HELPER = Actor(subject="wu", name="wu", roles=frozenset({Role.DEPARTMENT}), departments=frozenset({"housing"}))
FOREIGN = Actor(subject="zhao", name="zhao", roles=frozenset({Role.DEPARTMENT}), departments=frozenset({"market"}))
OVERSEER = Actor(subject="sun", name="sun", roles=frozenset({Role.SUPERVISOR}))

BY_MACHINE = CLOCKS | {TicketStep.RECEIVE, TicketStep.CLASSIFY, TicketStep.FILE_AWAY, TicketStep.SEND_TO_REVIEW}
PASSING = {TicketState.CLASSIFIED, TicketState.VISITED}
"""No ticket stays there: the next step is taken together with the one before."""


OF_UNITS = {*UNIT_STEPS, TicketStep.MISS_CONTACT, TicketStep.SETTLE, TicketStep.ASSIGN}


def shown(ticket: Ticket, **more: Any) -> dict[str, Any]:
    facts = {name: getattr(ticket, name) for name in TicketRecord.__slots__ if name != "steps"}
    history = [{"step": line.step, "actor": line.actor} for line in ticket.steps]
    return facts | {"history": history, "clocks": [], "merged": []} | more


def possible(ticket: Ticket) -> set[TicketStep]:
    found = set()
    for step, take in TAKE.items():
        try:
            take(replace(ticket, steps=[]), START)
        except IllegalTicketStep:
            continue
        found.add(step)
    return found


def offered(ticket: Ticket, actor: Actor) -> set[TicketStep]:
    return {form.step for form in forms_for(Seen(shown(ticket), actor, START))}


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_along_any_walk_what_is_offered_is_what_is_possible(data: st.DataObject) -> None:
    ticket, at = new_ticket(), START
    TAKE[TicketStep.RECEIVE](ticket, at)
    for _ in range(data.draw(st.integers(0, 25), "length")):
        if ticket.state not in PASSING:
            for_people = possible(ticket) - BY_MACHINE
            helped = for_people & {TicketStep.ASSIST}
            assert offered(ticket, HUB) == for_people - helped
            assert offered(ticket, UNIT) == (for_people & OF_UNITS if ticket.lead in LEADS else set()) | (
                set() if LEADS.isdisjoint(ticket.co_handlers) else helped
            )
            assert offered(ticket, HELPER) == (helped if "housing" in ticket.co_handlers else set())
            assert offered(ticket, FOREIGN) == offered(ticket, OVERSEER) == set()
        steps = sorted(possible(ticket))
        if not steps:
            return
        at += timedelta(minutes=1)
        TAKE[data.draw(st.sampled_from(steps), "step")](ticket, at)


def test_every_step_of_the_table_that_people_take_has_a_form() -> None:
    assert {step for _, step in STEPS} - BY_MACHINE - {TicketStep.ORDER_REDO} == {form.step for form in FORMS.values()}


def test_the_form_that_comes_next_is_open_for_whose_it_is() -> None:
    ticket = new_ticket()
    for step in (
        TicketStep.RECEIVE,
        TicketStep.CLASSIFY,
        TicketStep.DISPATCH,
        TicketStep.SIGN,
        TicketStep.REQUEST_EXTENSION,
    ):
        TAKE[step](ticket, START)

    def opened(actor: Actor) -> set[TicketStep]:
        seen = Seen(shown(ticket), actor, START)
        return {form.step for form in forms_for(seen) if comes_next(form, seen)}

    assert opened(UNIT) == {TicketStep.CONTACT}
    assert opened(HUB) == {TicketStep.GRANT_EXTENSION, TicketStep.REFUSE_EXTENSION}
    TAKE[TicketStep.REQUEST_RETURN](ticket, START)
    assert opened(UNIT) == set()
    assert opened(HUB) >= {TicketStep.UPHOLD_RETURN, TicketStep.REFUSE_RETURN}


def settled_by(actor: str, lead: str) -> Ticket:
    ticket = new_ticket()
    TAKE[TicketStep.RECEIVE](ticket, START)
    TAKE[TicketStep.CLASSIFY](ticket, START)
    ticket.dispatch(START, "catalogue", lead, ())
    ticket.settle(START, actor, True)
    return ticket


@pytest.mark.parametrize(
    ("actor", "lead", "may"), [("li", "fire", True), ("desk", "fire", False), ("li", "market", False)]
)
def test_the_caller_is_asked_by_somebody_who_had_no_part(actor: str, lead: str, may: bool) -> None:
    desk = Actor(subject="desk", name="desk", roles=HUB.roles | {Role.DEPARTMENT}, departments=FOREIGN.departments)
    assert (TicketStep.VISIT in offered(settled_by(actor, lead), desk)) is may


@pytest.mark.parametrize(("hours", "may"), [(1, True), (-1, False)])
def test_a_return_is_offered_while_its_own_days_run(hours: int, may: bool) -> None:
    ticket = new_ticket()
    for step in (TicketStep.RECEIVE, TicketStep.CLASSIFY, TicketStep.DISPATCH):
        TAKE[step](ticket, START)
    now = datetime(2026, 7, 3, tzinfo=UTC)
    clock = {"kind": "return", "due_at": now + timedelta(hours=hours), "stopped_at": None}
    forms = forms_for(Seen(shown(ticket, clocks=[clock]), UNIT, now))
    assert (TicketStep.REQUEST_RETURN in {form.step for form in forms}) is may


def test_a_ticket_to_which_others_are_linked_is_not_linked_on() -> None:
    ticket = new_ticket()
    for step in (TicketStep.RECEIVE, TicketStep.CLASSIFY, TicketStep.DISPATCH):
        TAKE[step](ticket, START)
    assert TicketStep.MERGE in offered(ticket, HUB)
    forms = forms_for(Seen(shown(ticket, merged=["another"]), HUB, START))
    assert TicketStep.MERGE not in {form.step for form in forms}
