"""The state of each chain as a page: who was notified, who is next and when, by which version of the rules."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Literal

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
    def show(request: Request, actor: Keeper, state: EscalationState | Literal[""] = "") -> Response:
        with workshop.open() as work:
            rows = chains_page(work, own_units(actor), state or None, None, LISTED)
        speech = pages.speech(request)
        return pages.show(
            request,
            "escalations.html",
            actor,
            subjects=_by_subject(map(chain_shown, rows)),
            sentence=partial(_sentence, words, speech),
            called=partial(words.rule, language=speech.language),
            states=list(EscalationState),
            state=state,
            more=len(rows) == LISTED,
            most=LISTED,
        )

    return router


def _by_subject(chains: Iterable[ChainOut]) -> list[list[ChainOut]]:
    """The chains of one ticket or issue together, where its newest one stands."""
    found: dict[tuple[str, str], list[ChainOut]] = {}
    for one in chains:
        found.setdefault((one.subject_kind, one.subject_id), []).append(one)
    return list(found.values())


def _sentence(words: OfficerWords, speech: Speech, chain: ChainOut) -> str:
    """A template that the file has no more is shown by its number alone."""
    if chain.template not in words.templates:
        return chain.number or ""
    return words.sentence(chain.template, chain.values, speech.language)
