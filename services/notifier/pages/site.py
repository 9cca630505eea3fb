"""The pages of notifier, put together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.chassis.pages.login import entrance, login_routes, missing_pages
from services.chassis.pages.look import Pages
from services.notifier.pages.deliveries import delivery_pages

MENU = {"menu_deliveries": "/pages/deliveries"}


def people_pages(workshop: Workshop) -> Sequence[APIRouter]:
    pages = Pages(Path(__file__).parent, MENU)
    return [entrance(), login_routes(pages), delivery_pages(workshop, pages), missing_pages(pages)]
