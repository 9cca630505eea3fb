"""Where each chain stands, as a page: who was told, who is next and when, by which version of the rules."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.chassis.pages.speech import Speech
from services.notifier.domain.escalation import EscalationState
from services.notifier.files.officer_words import OfficerWords
from services.notifier.http.officer_notices import ChainOut, chain_shown
from services.notifier.http.officers import Keeper, own_units
from services.notifier.store.notice_views import chains_page

LISTED = 100


def escalation_pages(workshop: Workshop, pages: Pages, words: OfficerWords) -> APIRouter:
    router = pages.router()

    @router.get("/escalations")
    def show(request: Request, actor: Keeper, state: EscalationState | None = None) -> Response:
        with workshop.open() as work:
            rows = chains_page(work, own_units(actor), state, None, LISTED)
        speech = pages.speech(request)
        chains = [(one, _sentence(words, one, speech)) for one in map(chain_shown, rows)]
        return pages.show(
            request, "escalations.html", actor, chains=chains, states=list(EscalationState), state=state, most=LISTED
        )

    return router


def _sentence(words: OfficerWords, chain: ChainOut, speech: Speech) -> str:
    """A template that the file has no more is shown by its number alone."""
    if chain.template not in words.templates:
        return chain.number or ""
    return words.sentence(chain.template, chain.values, speech.language)
