"""Runs projects."""

from __future__ import annotations

import sys

from services.chassis.service import Service, run
from services.chassis.settings import EX_CONFIG, load
from services.chassis.working_days import calendar_of
from services.contracts.data_files import InvalidData
from services.contracts.fingerprint import TermKey
from services.projects.files.rules import FILE, RulesInForce
from services.projects.http.consultations import BODY_LIMITS as CONSULTATIONS
from services.projects.http.register_bodies import BODY_LIMITS as REGISTER
from services.projects.pages.consultations import BODY_LIMITS as CONSULTATION_PAGES
from services.projects.pages.estate_needs import BODY_LIMITS as ESTATE_NEED_PAGES
from services.projects.pages.hearings import BODY_LIMITS as HEARING_PAGES
from services.projects.pages.needs import BODY_LIMITS as NEED_PAGES
from services.projects.pages.standards import BODY_LIMITS as STANDARD_PAGES
from services.projects.pages.supervision_topic import BODY_LIMITS as SUPERVISION_PAGES
from services.projects.pages.visits import BODY_LIMITS as VISIT_PAGES
from services.projects.pages.works import BODY_LIMITS as WORKS_PAGES
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
    projects = ProjectsWiring.of(rules, key, calendar, settings.intake_url)
    return run(
        Service(
            name="projects",
            settings=settings,
            routes=projects.routes,
            subscriptions=projects.subscriptions,
            timers=projects.timers,
            workers=projects.workers,
            body_limits={
                **WORKS_PAGES,
                **VISIT_PAGES,
                **CONSULTATIONS,
                **CONSULTATION_PAGES,
                **HEARING_PAGES,
                **REGISTER,
                **NEED_PAGES,
                **SUPERVISION_PAGES,
                **STANDARD_PAGES,
                **ESTATE_NEED_PAGES,
            },
        )
    )
