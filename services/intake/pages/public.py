"""Pages for callers, without a login: the one-time link in a message, and the state of a ticket by its code.

Whoever has no valid link or code learns nothing: not what is unknown, expired, erased or merely mistyped. Nothing is
changed by opening a page, which mail scanners do. No cookie is set.
"""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.forms import Fields, choice_of
from services.chassis.pages.look import Pages
from services.chassis.web.rate_limit import Guesses
from services.chassis.working_days import SHANGHAI
from services.contracts.ticket_events import Satisfaction
from services.intake.app.answer_link import AnswerLink, LinkAnswer
from services.intake.domain.links import LinkOutcome, LinkPurpose, is_code, status_code_of
from services.intake.domain.steps import TicketState
from services.intake.store.public_status import PublicStatus, public_status, ticket_of_number

NO_TICKET: Final = str(UUID(int=0))

_PLAIN: Final[dict[TicketState, str]] = {
    **dict.fromkeys((TicketState.RECEIVED, TicketState.CLASSIFIED, TicketState.IN_REVIEW), "received"),
    TicketState.SETTLED: "answered",
    TicketState.VISITED: "closed",
    TicketState.ARCHIVED: "closed",
    TicketState.FILED_AWAY: "closed",
    TicketState.REDO: "again",
    TicketState.REJECTED: "rejected",
    TicketState.TRANSFERRED: "transferred",
}
"""A ticket's state in words for its caller; whatever the units do among themselves is `handled`."""


def plain(state: TicketState) -> str:
    return _PLAIN.get(state, "handled")


def public_pages(workshop: Workshop, pages: Pages, answer: AnswerLink, code_key: bytes, guesses: Guesses) -> APIRouter:
    router = pages.public_router()

    def no_link(request: Request) -> Response:
        guesses.wrong(request)
        return pages.show_public(request, "link_gone.html", status=404)

    @router.get("/r/{link_token}")
    def open_link(request: Request, link_token: str) -> Response:
        guesses.check(request)
        with workshop.open() as work:
            link = answer.links.find(work, link_token)
            status = public_status(work, link.ticket_id if link else NO_TICKET)
        if link is None or status is None:
            return no_link(request)
        if link.used_at is not None:
            return pages.show_public(request, "link_done.html", outcome=LinkOutcome.ALREADY_ANSWERED)
        return ask(request, link.purpose, status)

    def ask(request: Request, purpose: LinkPurpose, status: PublicStatus, fault: str = "") -> Response:
        return pages.show_public(
            request,
            "link.html",
            status=422 if fault else 200,
            purpose=purpose,
            ticket=status,
            state=plain(status.state),
            day=_day(status),
            code=status_code_of(code_key, status.ticket_id),
            grades=list(Satisfaction),
            fault=fault,
        )

    @router.post("/r/{link_token}")
    def take(request: Request, link_token: str, fields: Fields) -> Response:
        guesses.check(request)
        said = _answer_of(fields.get("said"), fields.get("satisfaction"))
        with workshop.open() as work:
            if said is None:
                link = answer.links.find(work, link_token)
                status = public_status(work, link.ticket_id if link else NO_TICKET)
                if link and status:
                    return ask(request, link.purpose, status, "link.choose")
            outcome = answer(work, link_token, said) if said else None
        if outcome is None:
            return no_link(request)
        return pages.show_public(request, "link_done.html", outcome=outcome)

    @router.get("/status")
    def enter(request: Request) -> Response:
        return pages.show_public(request, "status.html", ticket=None, number="", fault="")

    @router.post("/status")
    def show(request: Request, fields: Fields) -> Response:
        guesses.check(request)
        number, entered = fields.get("number", "").strip(), fields.get("code", "")
        with workshop.open() as work:
            ticket_id = ticket_of_number(work, number) or NO_TICKET
            found = public_status(work, ticket_id)
        right = is_code(entered, status_code_of(code_key, ticket_id))
        if found is None or not right:
            guesses.wrong(request)
            return pages.show_public(
                request, "status.html", status=404, ticket=None, number=number[:40], fault="status.none"
            )
        return pages.show_public(
            request, "status.html", ticket=found, state=plain(found.state), day=_day(found), number="", fault=""
        )

    return router


def _day(status: PublicStatus) -> date:
    return status.received_at.astimezone(SHANGHAI).date()


def _answer_of(said: str | None, grade: str | None) -> LinkAnswer | None:
    """What a form says; None if it says nothing that can be taken."""
    if said == "stop":
        return LinkAnswer(stop=True)
    solved = choice_of(said)
    if solved is None or (grade is not None and grade not in set(Satisfaction)):
        return None
    return LinkAnswer(solved=solved, satisfaction=Satisfaction(grade) if grade else None)
