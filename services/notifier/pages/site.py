"""The pages of notifier, put together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.chassis.pages.login import entrance, login_routes, missing_pages
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Role
from services.chassis.web.rate_limit import Guesses
from services.notifier.app.explain import Explain
from services.notifier.app.mark_read import MarkRead
from services.notifier.domain.leaving import Leaving
from services.notifier.files.officer_words import OfficerWords
from services.notifier.pages.deliveries import delivery_pages
from services.notifier.pages.escalations import escalation_pages
from services.notifier.pages.officer_messages import message_pages
from services.notifier.pages.officers import officer_pages
from services.notifier.pages.reading import reading_pages
from services.notifier.pages.telling_rules import rule_pages

MENU = {
    "menu_deliveries": "/pages/deliveries",
    "menu_officers": "/pages/officers",
    "menu_officer_messages": "/pages/officer-messages",
    "menu_escalations": "/pages/escalations",
    "menu_rules": "/pages/telling-rules",
}
FOR_ROLES = {
    "menu_officers": frozenset({Role.HUB, Role.DEPARTMENT}),
    "menu_officer_messages": frozenset({Role.HUB, Role.DEPARTMENT}),
    "menu_escalations": frozenset({Role.HUB, Role.DEPARTMENT}),
    "menu_rules": frozenset({Role.HUB, Role.SUPERVISOR, Role.ADMIN}),
}


def people_pages(
    workshop: Workshop, explain: Explain, words: OfficerWords, mark_read: MarkRead, leaving: Leaving
) -> Sequence[APIRouter]:
    pages = Pages(Path(__file__).parent, MENU, FOR_ROLES)
    return [
        entrance(),
        login_routes(pages),
        delivery_pages(workshop, pages, words),
        officer_pages(workshop, pages, leaving),
        message_pages(workshop, pages, leaving.rules, words),
        escalation_pages(workshop, pages, words),
        reading_pages(workshop, pages, mark_read, words, Guesses()),
        rule_pages(pages, workshop, explain, words, leaving),
        missing_pages(pages),
    ]
