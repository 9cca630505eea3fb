"""Wiring of projects."""

from __future__ import annotations

import sys

from services.chassis.service import Service, run
from services.chassis.settings import EX_CONFIG, Port, Settings, load
from services.chassis.timers import each
from services.contracts.data_files import InvalidData
from services.projects.adapters.consumer import SUBSCRIPTION
from services.projects.adapters.issue_routes import issue_routes
from services.projects.adapters.kpi_routes import kpi_routes
from services.projects.adapters.loop import loop
from services.projects.adapters.pages.wiring import people_pages
from services.projects.adapters.project_routes import project_routes
from services.projects.adapters.routes import concentration_routes
from services.projects.app.cure import OBSERVE
from services.projects.app.opening import DECIDE


class ProjectsSettings(Settings):
    http_port: Port = 8103


def main() -> int:
    settings = load(ProjectsSettings)
    try:
        cure = loop().cure
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
                *people_pages(workshop),
            ],
            subscriptions=[SUBSCRIPTION],
            timers={DECIDE: each(cure.on_decide_due), OBSERVE: each(cure.on_observe_due)},
        )
    )
