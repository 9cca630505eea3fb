"""Starts intake."""

from __future__ import annotations

import sys
import time

import structlog
from cryptography.exceptions import InvalidTag

from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from services.chassis.messaging.errors import Kind, cause_of, kind_of
from services.chassis.service import Service, clock_of, run
from services.chassis.settings import EX_CONFIG, PREFIX, load
from services.chassis.working_days import calendar_of
from services.contracts.data_files import InvalidData
from services.intake.files.attachment_folder import ContentFolder
from services.intake.outbound.city import poster
from services.intake.outbound.scanner import scanner
from services.intake.settings import IntakeSettings
from services.intake.store.caller_keys import CallerKeys
from services.intake.store.keys_moved import WrongKeys, check_keys, move_keys
from services.intake.store.master_keys import MasterKeys, UnknownMaster
from services.intake.wiring import BODY_LIMITS, Wiring

RETRY_S = 1.0

log = structlog.get_logger(__name__)


def main() -> int:
    settings = load(IntakeSettings)
    try:
        calendar = calendar_of(settings.calendar_file)
    except InvalidData as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    city_token = settings.city_token.get_secret_value() if settings.city_token else None
    keys_engine = engine_for(
        settings.keys_database_url,
        name=f"intake-{settings.instance}",
        idle_in_transaction_s=settings.kafka_session_timeout_s / 2,
    )
    masters = settings.masters
    keys = CallerKeys(keys_engine, masters)
    wiring = Wiring.of(
        caller_key=bytes.fromhex(settings.caller_key.get_secret_value()),
        keys=keys,
        contents=ContentFolder(settings.attachments_dir) if settings.attachments_dir else None,
        scan=scanner(settings.attachment_scanner),
        post_to_city=poster(settings.city_url, city_token) if settings.city_url else None,
        calendar=calendar,
        gateways=settings.gateways,
        public_url=settings.public_url,
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
            further_databases={"keys' database": keys_engine},
            before=lambda workshop: _settle_keys(workshop, keys, masters),
        )
    )


def _settle_keys(workshop: Workshop, keys: CallerKeys, masters: MasterKeys) -> None:
    """Returns when all callers' keys are in their own database; waits for a database that is away."""
    while True:
        try:
            if moved := move_keys(workshop.engine, keys, masters):
                log.info("callers' keys moved to their own database", keys=moved)
            return check_keys(workshop.engine, keys)
        except WrongKeys as error:
            print(f"{PREFIX}KEYS_DATABASE_URL: {error}; give intake's own, or restore it", file=sys.stderr)
        except UnknownMaster as error:
            print(f"a caller's key is {error}", file=sys.stderr)
        except InvalidTag:
            print(f"{PREFIX}VAULT_KEY: does not open the callers' keys; give the vault's", file=sys.stderr)
        except Exception as error:
            if kind_of(error) is not Kind.RETRY:
                raise
            log.warning("start waits: database away", cause=cause_of(error))
            time.sleep(RETRY_S)
            continue
        raise SystemExit(EX_CONFIG)
