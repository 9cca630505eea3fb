"""No page refuses a form before it sees it: an empty field for a file, as browsers send it, is missing there."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.params import File
from fastapi.routing import APIRoute

from services.chassis.database.work import Workshop
from tests.integration.intake.conftest import Intake
from tests.integration.pages.conftest import Site
from tests.integration.projects.wired import served


def required_files(app: FastAPI) -> set[str]:
    return {
        f"{route.path}: {field.name}"
        for route in app.routes
        if isinstance(route, APIRoute) and route.path.startswith("/pages/")
        for field in route.dependant.body_params
        if isinstance(field.field_info, File) and field.field_info.is_required()
    }


def test_no_form_of_projects_pages_requires_a_file_before_the_page_can_say_so(workshop: Workshop) -> None:
    assert required_files(served(workshop)) == set()


def test_no_form_of_intakes_pages_does(intake: tuple[Intake, Site]) -> None:
    stand, _ = intake
    assert required_files(stand.app) == set()
