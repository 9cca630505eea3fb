"""A ticket of the domain, and how each step is taken on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from services.contracts.ticket_events import Channel, Place, RequestKind, Satisfaction, Urgency
from services.intake.domain.review import ReviewCode, ReviewReason
from services.intake.domain.steps import TicketStep
from services.intake.domain.ticket import Ticket

START = datetime(2026, 7, 1, tzinfo=UTC)
PLACE = Place(sub_district="310109009", estate="liangcheng-2")
NUMBER = "260701080000000001"
OTHER_TICKET = "7d2f0a3e-58b1-4f6e-9c1d-0b7a4f3e2d10"

DOUBT = ReviewReason(ReviewCode.NO_TYPE)

TAKE: dict[TicketStep, Callable[[Ticket, datetime], object]] = {
    TicketStep.RECEIVE: lambda ticket, _: ticket.receive("operator", NUMBER),
    TicketStep.CLASSIFY: lambda ticket, at: ticket.classify(at, "model:1", "XQ01", PLACE, Urgency.URGENT),
    TicketStep.FILE_AWAY: lambda ticket, at: ticket.file_away(at, "import"),
    TicketStep.SEND_TO_REVIEW: lambda ticket, at: ticket.send_to_review(
        at, "catalogue", ReviewReason(ReviewCode.NO_TYPE)
    ),
    TicketStep.RECLASSIFY: lambda ticket, at: ticket.reclassify(at, "hub", "it is noise", kind=RequestKind.COMPLAINT),
    TicketStep.REJECT: lambda ticket, at: ticket.reject(at, "hub", "in court"),
    TicketStep.RECONSIDER: lambda ticket, at: ticket.reconsider(at, "hub", "the caller objects"),
    TicketStep.TRANSFER: lambda ticket, at: ticket.transfer(at, "hub", "119", "fire"),
    TicketStep.DISPATCH: lambda ticket, at: ticket.dispatch(at, "catalogue", "liangcheng", ("housing",)),
    TicketStep.REDISPATCH: lambda ticket, at: ticket.redispatch(at, "hub", "fire", ("housing", "fire"), "duty"),
    TicketStep.CALL_IN: lambda ticket, at: ticket.call_in(at, "hub", f"unit-{ticket.version}", "needed"),
    TicketStep.ASSIGN: lambda ticket, at: ticket.assign(at, "chief", "li"),
    TicketStep.SIGN: lambda ticket, at: ticket.sign(at, "office"),
    TicketStep.CONTACT: lambda ticket, at: ticket.contact(at, "office", "spoke with the caller"),
    TicketStep.MISS_CONTACT: lambda ticket, at: ticket.miss_contact(at, "office", "not reached"),
    TicketStep.REPORT: lambda ticket, at: ticket.report(at, "office", "on site"),
    TicketStep.ASSIST: lambda ticket, at: ticket.assist(
        at, "helper", ticket.co_handlers[0] if ticket.co_handlers else "nobody", "cleared", contacted=False
    ),
    TicketStep.REQUEST_RETURN: lambda ticket, at: ticket.request_return(at, "office", "not ours"),
    TicketStep.UPHOLD_RETURN: lambda ticket, at: ticket.uphold_return(at, "hub", "true"),
    TicketStep.REFUSE_RETURN: lambda ticket, at: ticket.refuse_return(at, "hub", "it is yours"),
    TicketStep.REQUEST_EXTENSION: lambda ticket, at: ticket.request_extension(at, "office", "parts are late"),
    TicketStep.GRANT_EXTENSION: lambda ticket, at: ticket.grant_extension(at, "hub", "complex"),
    TicketStep.REFUSE_EXTENSION: lambda ticket, at: ticket.refuse_extension(at, "hub", "plain"),
    TicketStep.PAUSE: lambda ticket, at: ticket.pause(at, "hub", "appraisal"),
    TicketStep.RESUME: lambda ticket, at: ticket.resume(at, "hub", "appraised"),
    TicketStep.SUPERVISE: lambda ticket, at: ticket.supervise(at, "hub", "third time"),
    TicketStep.MERGE: lambda ticket, at: ticket.merge(at, "hub", OTHER_TICKET, "the same leak"),
    TicketStep.UNMERGE: lambda ticket, at: ticket.unmerge(at, "hub", "another block"),
    TicketStep.WARN: lambda ticket, at: ticket.warn(at, "clock", "settle", at),
    TicketStep.BREACH: lambda ticket, at: ticket.breach(at, "clock", "settle", at),
    TicketStep.RECOUNT: lambda ticket, at: ticket.recount(at, "clock", "settle", at, at, taken_back=True),
    TicketStep.SETTLE: lambda ticket, at: ticket.settle(at, "office", False, "entered the repair plan"),
    TicketStep.MISS: lambda ticket, at: ticket.miss(at, "desk", "no answer"),
    TicketStep.VISIT: lambda ticket, at: ticket.visit(at, "desk", True, Satisfaction.SATISFIED),
    TicketStep.ORDER_REDO: lambda ticket, at: ticket.order_redo(at, "hub", "still leaks"),
    TicketStep.ARCHIVE: lambda ticket, at: ticket.archive(at, "archive"),
}


def new_ticket() -> Ticket:
    return Ticket(id="t", channel=Channel.PHONE, caller_ref=None, occurred_at=START, received_at=START)


def walked(*steps: TicketStep) -> Ticket:
    ticket = new_ticket()
    for step in steps:
        TAKE[step](ticket, START)
    return ticket
