"""The page behind a message's link, without login: the content of the message, and a button that marks it as read.

Nothing is changed by opening it, which mail scanners do. Whoever has no valid code learns nothing. No cookie is set.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.chassis.pages.speech import browser_language
from services.chassis.web.rate_limit import Guesses
from services.notifier.app.mark_read import MarkRead, ReadBy
from services.notifier.files.officer_words import OfficerWords
from services.notifier.store.notice_reading import linked
from services.notifier.store.notice_views import notices_of


def reading_pages(
    workshop: Workshop, pages: Pages, mark_read: MarkRead, words: OfficerWords, guesses: Guesses
) -> APIRouter:
    router = pages.public_router()

    def shown(request: Request, code: str, *, read: bool) -> Response:
        guesses.check(request)
        with workshop.open() as work:
            ids = linked(work, code)
            if read and ids:
                mark_read(work, ids, ReadBy.LINK, None)
            notices = notices_of(work, ids)
        if not notices:
            guesses.wrong(request)
            return pages.show_public(request, "notice_gone.html", status=404)
        language = browser_language(request)
        known = [one for one in notices if one.template in words.templates]
        return pages.show_public(
            request,
            "notice.html",
            sentences=[words.sentence(one.template, one._mapping["values"], language, one.step) for one in known],
            read=all(one.read_at for one in notices),
        )

    @router.get("/n/{code}")
    def show(request: Request, code: str) -> Response:
        return shown(request, code, read=False)

    @router.post("/n/{code}")
    def mark(request: Request, code: str) -> Response:
        return shown(request, code, read=True)

    return router
