"""The pages of intake, put together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter

from services.chassis.identity import Role
from services.chassis.pages.login import login_routes
from services.chassis.pages.look import Pages
from services.chassis.work import Workshop
from services.intake.adapters.attachment_shelf import Shelf
from services.intake.adapters.pages.attachment_pages import attachment_pages
from services.intake.adapters.pages.catalogue_pages import catalogue_pages
from services.intake.adapters.pages.figure_pages import figure_pages
from services.intake.adapters.pages.inbox_pages import inbox_pages
from services.intake.adapters.pages.known_pages import known_pages
from services.intake.adapters.pages.shift_pages import shift_pages
from services.intake.adapters.pages.ticket_pages import ticket_pages
from services.intake.adapters.rights import SEE_ALL
from services.intake.app.catalogue import EditCatalogue
from services.intake.app.followers import TakeFollower
from services.intake.app.use_cases import TicketSteps

MENU = {
    "menu_inbox": "/pages/inbox",
    "menu_known": "/pages/known-matters",
    "menu_handover": "/pages/handover",
    "menu_bulletin": "/pages/bulletin",
    "menu_indicators": "/pages/indicators",
    "menu_catalogue": "/pages/catalogue",
}
_FIGURED = frozenset({*SEE_ALL, Role.DEPARTMENT})
FOR_ROLES = {
    "menu_known": frozenset({Role.HUB}),
    "menu_handover": _FIGURED,
    "menu_bulletin": frozenset(SEE_ALL),
    "menu_indicators": _FIGURED,
}


def people_pages(
    workshop: Workshop, steps: TicketSteps, catalogue: EditCatalogue, followers: TakeFollower, shelf: Shelf
) -> Sequence[APIRouter]:
    pages = Pages(Path(__file__).parent, MENU, FOR_ROLES)
    return [
        login_routes(pages),
        inbox_pages(workshop, pages, steps),
        ticket_pages(workshop, pages, steps),
        attachment_pages(pages, shelf),
        known_pages(workshop, pages, followers),
        catalogue_pages(workshop, pages, catalogue),
        figure_pages(workshop, pages),
        shift_pages(workshop, pages),
    ]
