"""The pages of intake, put together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter

from services.chassis.pages.login import login_routes
from services.chassis.pages.look import Pages
from services.chassis.work import Workshop
from services.intake.adapters.pages.inbox_pages import inbox_pages
from services.intake.adapters.pages.ticket_pages import ticket_pages
from services.intake.app.use_cases import TicketSteps


def people_pages(workshop: Workshop, steps: TicketSteps) -> Sequence[APIRouter]:
    pages = Pages(Path(__file__).parent, {"menu_inbox": "/pages/inbox"})
    return [login_routes(pages), inbox_pages(workshop, pages, steps), ticket_pages(workshop, pages, steps)]
