"""Runs projects."""

from __future__ import annotations

import sys

from services.chassis.service import Service, run
from services.chassis.settings import EX_CONFIG, load
from services.chassis.working_days import calendar_of
from services.contracts.data_files import InvalidData
from services.contracts.fingerprint import TermKey
from services.projects.files.rules import FILE, RulesInForce
from services.projects.http import register_bodies
from services.projects.pages.works import BODY_LIMITS
from services.projects.settings import ProjectsSettings
from services.projects.wiring import ProjectsWiring


def main() -> int:
    settings = load(ProjectsSettings)
    try:
        rules = RulesInForce(settings.rules_file or FILE)
        calendar = calendar_of(settings.calendar_file)
    except InvalidData as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    key = TermKey(bytes.fromhex(settings.fingerprint_key.get_secret_value()))
    projects = ProjectsWiring.of(rules, key, calendar)
    return run(
        Service(
            name="projects",
            settings=settings,
            routes=projects.routes,
            subscriptions=projects.subscriptions,
            timers=projects.timers,
            workers=projects.workers,
            body_limits={**BODY_LIMITS, **register_bodies.BODY_LIMITS},
        )
    )
