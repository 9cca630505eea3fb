"""Puts together what reads, erases and expires callers' data: use cases, routes, workers and gauges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from services.chassis.clock import Clock
from services.chassis.database.gauges import Gauging
from services.chassis.database.work import Workshop
from services.chassis.sweep import Sweep
from services.chassis.workers import WorkerLoop
from services.intake.app.attach import Contents
from services.intake.app.end_keys import EndKeys
from services.intake.app.end_retention import EndRetention
from services.intake.app.erase_caller import EraseCaller
from services.intake.app.personal_data import PersonalData
from services.intake.app.read_caller import ReadCaller
from services.intake.files.caller_access import caller_access
from services.intake.files.processing_records import processing_records
from services.intake.files.retention_rules import retention_rules
from services.intake.http.caller_readings import reading_routes
from services.intake.http.callers import caller_routes
from services.intake.http.privacy import privacy_routes
from services.intake.http.processing_records import record_routes
from services.intake.http.retention import retention_routes
from services.intake.store.caller_keys import CallerKeys
from services.intake.store.caller_readings import SqlCallerReadings, readings_gauge
from services.intake.store.erasures import SqlTraces
from services.intake.store.key_lists import SqlKeyList, keys_gauge
from services.intake.store.retention import SqlRetention, retention_gauge
from services.intake.store.tickets import SqlTickets
from services.intake.store.vault import SealedVault

ERASURES = "erasures"
KEYS = "keys"
ORPHANS = "orphaned-keys"
RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class CallerDataWiring:
    read: ReadCaller
    erase: EraseCaller
    end_keys: EndKeys
    end_retention: EndRetention
    personal: PersonalData

    @classmethod
    def of(
        cls, caller_key: bytes, keys: CallerKeys, tickets: SqlTickets, vault: SealedVault, contents: Contents | None
    ) -> CallerDataWiring:
        readings, access = SqlCallerReadings(), caller_access()
        erase = EraseCaller(SqlTraces(caller_key), contents)
        return cls(
            ReadCaller(tickets, tickets, vault, readings, access, caller_key),
            erase,
            EndKeys(SqlKeyList(), keys),
            EndRetention(retention_rules(), SqlRetention(), erase),
            PersonalData(tickets, tickets, vault, readings, access, caller_key),
        )

    def routes(self, workshop: Workshop) -> Sequence[APIRouter]:
        return [
            caller_routes(workshop, self.read),
            reading_routes(workshop),
            privacy_routes(workshop, self.personal, self.erase, self.end_keys),
            retention_routes(workshop, self.end_retention.rules),
            record_routes(processing_records()),
        ]

    @property
    def workers(self) -> Mapping[str, WorkerLoop]:
        return {
            ERASURES: Sweep(ERASURES, self.erase.finish_one).run,
            KEYS: Sweep(KEYS, self.end_keys.of_erased).run,
            ORPHANS: Sweep(ORPHANS, self.end_keys.orphans).run,
            RETENTION: Sweep(RETENTION, self.end_retention).run,
        }

    def gauges(self, clock: Clock) -> Sequence[Gauging]:
        return [gauge(clock) for gauge in (readings_gauge, retention_gauge, keys_gauge)]
