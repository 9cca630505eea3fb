"""Problems with sending to officers, as a page: near limits, suspended channels, what waits or was not sent."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.notifier.domain.sending_rules import SendingRules
from services.notifier.files.officer_words import OfficerWords
from services.notifier.http.officers import Keeper, own_units
from services.notifier.http.sending import SINCE, findings_of
from services.notifier.store.sending_findings import unsent_by_cause


def message_pages(workshop: Workshop, pages: Pages, rules: SendingRules, words: OfficerWords) -> APIRouter:
    router = pages.router()

    @router.get("/officer-messages")
    def show(request: Request, actor: Keeper) -> Response:
        with workshop.open() as work:
            found = findings_of(work, actor, rules)
            unsent = unsent_by_cause(work.connection, work.clock.now() - SINCE, own_units(actor))
        called = partial(words.rule, language=pages.speech(request).language)
        return pages.show(request, "officer_messages.html", actor, found=found, unsent=unsent, called=called)

    return router
