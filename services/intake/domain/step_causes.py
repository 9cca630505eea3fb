"""Why a ticket was dispatched, returned or has to be done again: a code with values, for events without free text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from services.contracts.ticket_events import Satisfaction, StepCause
from services.intake.domain.review import ReviewReason
from services.intake.domain.steps import TicketStep
from services.intake.domain.ticket import Ticket


class Why(StrEnum):
    BY_CATALOGUE = "by_catalogue"
    AFTER_REVIEW = "after_review"
    SENT_ELSEWHERE = "sent_elsewhere"
    RETURN_REQUESTED = "return_requested"
    RETURN_UPHELD = "return_upheld"
    RETURN_REFUSED = "return_refused"
    NOT_SOLVED = "not_solved"
    NOT_SATISFIED = "not_satisfied"
    REDO_ORDERED = "redo_ordered"


def by_catalogue(ticket: Ticket) -> StepCause:
    """By its type, and by its place where that is known."""
    place = ticket.place.sub_district if ticket.place else None
    named = {"type_code": ticket.type_code, "sub_district": place}
    return StepCause(code=Why.BY_CATALOGUE, values={name: code for name, code in named.items() if code})


def after_review(reason: ReviewReason | None) -> StepCause:
    """By a person; `review` says why the catalogue could not, unless a person had written it."""
    return StepCause(code=Why.AFTER_REVIEW, values={"review": reason.code} if reason and reason.code else {})


def moved(why: Why, unit: str | None) -> StepCause:
    """`from`: the unit that had it until then."""
    return StepCause(code=why, values={"from": unit} if unit else {})


def redone(ticket: Ticket) -> StepCause:
    """By what the caller said at the last visit. `redos` counts this one."""
    discontent = ticket.satisfaction in (Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED)
    why = Why.NOT_SOLVED if not ticket.caller_solved else Why.NOT_SATISFIED if discontent else Why.REDO_ORDERED
    grade = {"satisfaction": ticket.satisfaction} if ticket.satisfaction else {}
    return StepCause(code=why, values={"redos": ticket.redos, **grade})


PLAIN_CAUSES: Final[Mapping[TicketStep, Callable[[Ticket], StepCause]]] = {
    TicketStep.REQUEST_RETURN: lambda ticket: StepCause(code=Why.RETURN_REQUESTED, values={"returns": ticket.returns}),
    TicketStep.REFUSE_RETURN: lambda ticket: StepCause(code=Why.RETURN_REFUSED, values={"returns": ticket.returns}),
}
"""Of the steps that have no use case of their own. `returns`: how often one was asked for."""
