"""Starts intake."""

from __future__ import annotations

import sys

from services.chassis.service import Service, clock_of, run
from services.chassis.settings import EX_CONFIG, load
from services.chassis.working_days import calendar_of
from services.contracts.data_files import InvalidData
from services.intake.files.attachment_folder import ContentFolder
from services.intake.outbound.city import poster
from services.intake.outbound.scanner import scanner
from services.intake.settings import IntakeSettings
from services.intake.wiring import BODY_LIMITS, Wiring


def main() -> int:
    settings = load(IntakeSettings)
    try:
        calendar = calendar_of(settings.calendar_file)
    except InvalidData as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    city_token = settings.city_token.get_secret_value() if settings.city_token else None
    wiring = Wiring.of(
        caller_key=bytes.fromhex(settings.caller_key.get_secret_value()),
        vault_key=bytes.fromhex(settings.vault_key.get_secret_value()),
        contents=ContentFolder(settings.attachments_dir) if settings.attachments_dir else None,
        scan=scanner(settings.attachment_scanner),
        post_to_city=poster(settings.city_url, city_token) if settings.city_url else None,
        calendar=calendar,
        gateways=settings.gateways,
        public_url=settings.public_url,
        old_vault_keys=settings.old_masters,
        robots=settings.duty_robots,
    )
    return run(
        Service(
            name="intake",
            settings=settings,
            routes=wiring.routes,
            body_limits=BODY_LIMITS,
            subscriptions=wiring.subscriptions,
            timers=wiring.timers,
            gauges=wiring.gauges(clock_of(settings)),
            workers=wiring.workers,
        )
    )
