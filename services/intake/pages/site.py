"""The pages of intake, put together."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.chassis.pages.login import entrance, login_routes, missing_pages
from services.chassis.web.rate_limit import Guesses
from services.intake.app.answer_follow_up import AnswerFollowUp
from services.intake.app.edit_catalogue import EditCatalogue
from services.intake.app.join_known_issue import JoinKnownIssue
from services.intake.app.read_caller import ReadCaller
from services.intake.app.receive_ticket import ReceiveTicket
from services.intake.http.attachment_transfer import AttachmentTransfer
from services.intake.http.step_table import TicketSteps
from services.intake.pages.attachments import attachment_pages
from services.intake.pages.callers import caller_pages
from services.intake.pages.calls import call_pages
from services.intake.pages.catalogue import catalogue_pages
from services.intake.pages.inbox import inbox_pages
from services.intake.pages.indicators import figure_pages
from services.intake.pages.known_matters import known_pages
from services.intake.pages.menu import intake_pages
from services.intake.pages.public import public_pages
from services.intake.pages.search import search_pages
from services.intake.pages.shifts import shift_pages
from services.intake.pages.texts import text_pages
from services.intake.pages.tickets import ticket_pages
from services.intake.store.telling_acts import TellingActs


def people_pages(
    workshop: Workshop,
    steps: TicketSteps,
    receive: ReceiveTicket,
    join_known: JoinKnownIssue,
    catalogue: EditCatalogue,
    read: ReadCaller,
    answer: AnswerFollowUp,
    telling: TellingActs,
    transfer: AttachmentTransfer,
    caller_key: bytes,
    guesses: Guesses,
) -> Sequence[APIRouter]:
    pages = intake_pages()
    return [
        entrance(),
        login_routes(pages),
        inbox_pages(workshop, pages, steps),
        ticket_pages(workshop, pages, steps, read, telling.still_true.table),
        text_pages(workshop, pages),
        caller_pages(workshop, pages, read),
        attachment_pages(pages, transfer),
        search_pages(workshop, pages),
        known_pages(workshop, pages, join_known, receive, steps.move, read),
        catalogue_pages(workshop, pages, catalogue),
        figure_pages(workshop, pages),
        shift_pages(workshop, pages),
        call_pages(
            workshop,
            pages,
            steps,
            answer,
            telling.miss_follow_up,
            telling.take_call,
            telling.words,
            read,
            telling.call_list,
        ),
        public_pages(workshop, pages, telling.answer_link, caller_key, guesses),
        missing_pages(pages),
    ]
