"""Wiring of projects."""

from __future__ import annotations

from services.chassis.service import Service, run
from services.chassis.settings import Port, Settings, load
from services.projects.adapters.consumer import SUBSCRIPTION
from services.projects.adapters.issue_routes import issue_routes
from services.projects.adapters.routes import concentration_routes


class ProjectsSettings(Settings):
    http_port: Port = 8103


def main() -> int:
    return run(
        Service(
            name="projects",
            settings=load(ProjectsSettings),
            routes=lambda workshop: [concentration_routes(workshop), issue_routes(workshop)],
            subscriptions=[SUBSCRIPTION],
        )
    )
