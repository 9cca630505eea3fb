"""Who may see a ticket, and to whom it may be given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.contracts.ticket_events import Place
from services.intake.domain.scope import TicketScope, helpers_of
from services.intake.domain.steps import IllegalTicketStep, TicketStep
from services.intake.domain.ticket import Ticket
from tests.unit.intake.tickets import START, walked

PLAIN = replace(
    walked(TicketStep.RECEIVE, TicketStep.CLASSIFY),
    place=Place(sub_district="310109016"),
    lead="housing",
    co_handlers=("fire",),
    assignee="li",
)
RESTRICTED = replace(PLAIN, restricted=True)
ABOUT_FIRE = replace(PLAIN, about_unit="fire")
ABOUT_THE_OFFICE = replace(PLAIN, about_unit="liangcheng")

LEAD, HELPER, OTHER = (TicketScope(frozenset({code})) for code in ("housing", "fire", "market"))
THERE, ELSEWHERE = (TicketScope(sub_districts=frozenset({code})) for code in ("310109016", "310109010"))
SUPERVISOR = TicketScope(whole_district=True)
ASSIGNEE = TicketScope(subject="li")


@pytest.mark.parametrize(
    ("ticket", "seen_by"),
    [
        (PLAIN, (LEAD, HELPER, THERE, SUPERVISOR, ASSIGNEE)),
        (RESTRICTED, (LEAD, ASSIGNEE)),
        (ABOUT_FIRE, (LEAD, THERE, SUPERVISOR, ASSIGNEE)),
        (ABOUT_THE_OFFICE, (LEAD, HELPER, SUPERVISOR, ASSIGNEE)),
        (replace(ABOUT_FIRE, restricted=True), (LEAD, ASSIGNEE)),
        (replace(ABOUT_FIRE, lead="fire"), (THERE, SUPERVISOR, ASSIGNEE)),
    ],
    ids=["plain", "restricted", "about a helper", "about the office", "both", "about a unit that led it"],
)
def test_a_ticket_is_seen_by(ticket: Ticket, seen_by: tuple[TicketScope, ...]) -> None:
    readers = (LEAD, HELPER, OTHER, THERE, ELSEWHERE, SUPERVISOR, ASSIGNEE)
    assert [reader for reader in readers if reader.holds(ticket)] == list(seen_by)


def test_a_person_of_the_reported_unit_does_not_see_what_is_assigned_to_them() -> None:
    assert not TicketScope(frozenset({"fire"}), subject="li").holds(ABOUT_FIRE)


def test_nobody_helps_with_a_restricted_ticket_and_no_unit_with_one_about_itself() -> None:
    units = ("housing", "fire", "market")
    assert helpers_of(units, "housing", restricted=False, about_unit=None) == ("fire", "market")
    assert helpers_of(units, "housing", restricted=False, about_unit="fire") == ("market",)
    assert helpers_of(units, "housing", restricted=True, about_unit=None) == ()


@pytest.mark.parametrize("hidden", [{"restricted": True}, {"about_unit": "fire"}])
def test_a_hidden_ticket_calls_nobody_in_who_may_not_see_it(hidden: dict[str, object]) -> None:
    ticket = replace(PLAIN, co_handlers=(), **hidden)  # type: ignore[arg-type]
    ticket.dispatch(START, "hub", "housing", ("fire",))
    assert ticket.co_handlers == ()
    with pytest.raises(IllegalTicketStep, match="its lead alone, or about that unit"):
        ticket.call_in(START, "hub", "fire", "needed")


def test_the_reported_unit_helps_no_more_and_a_correction_takes_the_report_back() -> None:
    ticket = replace(PLAIN)
    ticket.dispatch(START, "hub", "housing", ("fire", "market"))
    ticket.reclassify(START, "hub", "a report", about_unit="fire")
    assert (ticket.about_unit, ticket.co_handlers) == ("fire", ("market",))
    ticket.reclassify(START, "hub", "unchanged")
    assert ticket.about_unit == "fire"
    ticket.reclassify(START, "hub", "a mistake", about_unit="nobody")
    assert ticket.about_unit is None


def test_a_linked_ticket_is_hidden_like_the_one_whose_answer_it_gets() -> None:
    linked = replace(PLAIN)
    linked.keep_apart(replace(PLAIN, restricted=True, about_unit="market"))
    assert (linked.restricted, linked.about_unit, linked.co_handlers) == (True, "market", ())
