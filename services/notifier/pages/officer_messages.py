"""What is amiss with sending to officers, as a page: limits that are near, ways at rest, what waits or was not sent."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.notifier.domain.sending_rules import SendingRules
from services.notifier.http.officers import Keeper
from services.notifier.http.sending import findings_of


def message_pages(workshop: Workshop, pages: Pages, rules: SendingRules) -> APIRouter:
    router = pages.router()

    @router.get("/officer-messages")
    def show(request: Request, actor: Keeper) -> Response:
        with workshop.open() as work:
            found = findings_of(work, actor, rules)
        return pages.show(request, "officer_messages.html", actor, found=found)

    return router
