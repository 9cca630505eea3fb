"""Wiring of projects."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import Field

from services.chassis.service import Service, run
from services.chassis.settings import EX_CONFIG, Port, Settings, load
from services.contracts.data_files import InvalidData
from services.projects.adapters.area_routes import area_routes
from services.projects.adapters.consumer import SUBSCRIPTION
from services.projects.adapters.issue_routes import issue_routes
from services.projects.adapters.kpi_routes import kpi_routes
from services.projects.adapters.loop import TIMERS
from services.projects.adapters.pages.wiring import people_pages
from services.projects.adapters.project_routes import project_routes
from services.projects.adapters.routes import concentration_routes
from services.projects.adapters.rules_file import use_rules


class ProjectsSettings(Settings):
    http_port: Port = 8103
    rules_file: Path | None = Field(
        None, description="give the district's own rules file, or leave it out: those that come with the service"
    )


def main() -> int:
    settings = load(ProjectsSettings)
    try:
        use_rules(settings.rules_file)
    except InvalidData as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    return run(
        Service(
            name="projects",
            settings=settings,
            routes=lambda workshop: [
                concentration_routes(workshop),
                issue_routes(workshop),
                project_routes(workshop),
                kpi_routes(workshop),
                area_routes(workshop),
                *people_pages(workshop),
            ],
            subscriptions=[SUBSCRIPTION],
            timers=TIMERS,
        )
    )
