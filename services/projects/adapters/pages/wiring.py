"""The pages of projects, put together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter

from services.chassis.pages.login import login_routes
from services.chassis.pages.look import Pages
from services.chassis.work import Workshop
from services.projects.adapters.pages.area_pages import area_pages
from services.projects.adapters.pages.issue_pages import issue_pages
from services.projects.adapters.pages.project_pages import project_pages

MENU = {"menu_board": "/pages/hot-issues", "menu_areas": "/pages/areas", "menu_projects": "/pages/projects"}


def people_pages(workshop: Workshop) -> Sequence[APIRouter]:
    pages = Pages(Path(__file__).parent, MENU)
    return [
        login_routes(pages),
        issue_pages(workshop, pages),
        area_pages(workshop, pages),
        project_pages(workshop, pages),
    ]
