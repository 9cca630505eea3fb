"""Intake in process: its real wiring on a real database, its routes behind tokens of a real issuer."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, create_engine, func, select, text

from demo.sms_gateway import SmsGatewayStandIn, serving
from services.chassis.clock import FixedClock
from services.chassis.database.tables import outbox
from services.chassis.database.work import Workshop
from services.chassis.messaging.timers import TimerLoop
from services.chassis.messaging.wire import unpack_headers
from services.chassis.web.health import Health
from services.chassis.web.rate_limit import Guesses
from services.contracts.classification_events import TicketClassified
from services.contracts.event import Envelope, Event
from services.contracts.registry import EVENTS
from services.contracts.services import CALLERS_KEYS
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import Place, Urgency
from services.intake.app.dispatch_classified import DispatchOnClassification
from services.intake.files.attachment_folder import ContentFolder
from services.intake.store.caller_keys import CallerKeys
from services.intake.store.catalogues import SqlCatalogues
from services.intake.store.estates import SqlEstates
from services.intake.store.master_keys import MasterKeys
from services.intake.store.tables import metadata
from services.intake.store.vault import SealedVault
from services.intake.wiring import BODY_LIMITS, Wiring
from tests.harness.app_client import AppClient
from tests.harness.workshops import Workshops
from tests.integration.applications import application, issuer

NOW = datetime(2026, 7, 1, tzinfo=UTC)
VAULT_KEY, CALLER_KEY = b"v" * 32, b"c" * 32
NO_KEYS = CallerKeys(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"), MasterKeys(VAULT_KEY))
"""For what never opens the vault."""


@dataclass(frozen=True)
class Intake:
    workshop: Workshop
    clock: FixedClock
    keys: Engine
    vault: SealedVault
    wiring: Wiring
    routers: Sequence[APIRouter]
    app: FastAPI

    def client(self, *roles: str, subject: str = "operator", hours: float = 8) -> TestClient:
        """Without roles: without a token."""
        headers = {"Authorization": f"Bearer {issuer().mint(subject, roles, hours)}"} if roles else {}
        return AppClient(self.app, headers=headers)

    @property
    def on_classified(self) -> DispatchOnClassification:
        return self.wiring.dispatch

    def file(self, **body: Any) -> str:
        """A new ticket's id."""
        answer = self.client("hub").post("/tickets", json={"text": "楼顶漏雨", **body}, headers=fresh_key())
        assert answer.status_code == 202, answer.text
        return str(answer.json()["ticket_id"])

    def classify(self, ticket_id: str, *, times: int = 1, **reading: Any) -> None:
        """Hands intake a reading of the ticket, as its consumer would, each time in a transaction."""
        envelope = classified(ticket_id, **reading)
        for _ in range(times):
            with self.workshop.open() as work:
                self.on_classified([envelope], work)

    def show(self, ticket_id: str) -> dict[str, Any]:
        answer = self.client("hub").get(f"/tickets/{ticket_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def rows(self) -> dict[str, int]:
        """How many rows are in each table that a ticket touches."""
        tables = [*metadata.sorted_tables, outbox]
        with self.workshop.engine.connect() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
            }

    def published(self) -> list[Event]:
        """The events in the outbox, in the order in which they are published."""
        with self.workshop.engine.connect() as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.seq)).all()
        return [EVENTS[_type(row.headers)].model_validate_json(row.value) for row in rows]

    def fire_timers(self) -> int:
        """Fires what is due by the clock, as the service's loop would; returns how many."""
        loop = TimerLoop(self.workshop, self.wiring.timers, (), Health(), threading.Event())
        return sum(iter(lambda: loop.fire_next(self.clock.now()), 0))

    def opened_by(self, masters: MasterKeys) -> SealedVault:
        """The vault for a process that has these master keys."""
        return SealedVault(CallerKeys(self.keys, masters))

    def in_keys(self, query: str, **given: Any) -> list[Any]:
        """The first column of what a statement in the keys' database gives."""
        with self.keys.begin() as connection:
            done = connection.execute(text(query), given)
            return list(done.scalars()) if done.returns_rows else []

    def execute(self, *statements: str) -> None:
        with self.workshop.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))


def classified(ticket_id: str, **reading: Any) -> Envelope:
    known: dict[str, Any] = {
        "version": 1,
        "type_code": "MJ01",
        "confidence": 0.9,
        "place": Place(sub_district="310109016", estate="liangcheng-2", estate_name="凉城二村"),
        "urgency": Urgency.NORMAL,
        "reasons": ("漏雨",),
        "model_version": "test",
    }
    return Envelope(uuid4(), "/310109/classifier", NOW, TicketClassified(ticket_id=ticket_id, **(known | reading)))


def fresh_key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def _type(packed: bytes) -> str:
    return dict(unpack_headers(packed))["ce_type"].decode()


def nothing_but(rows: dict[str, int], **expected: int) -> bool:
    return {name: count for name, count in rows.items() if count} == expected


ONE_TICKET: dict[str, int] = {
    "tickets": 1, "ticket_history": 1, "ticket_texts": 1, "vault_keys": 1, "vault": 1, "receipts": 1, "outbox": 2,
}  # fmt: skip


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged; captured, because printing tracebacks with all they held takes seconds each."""
    with structlog.testing.capture_logs() as entries:
        yield entries


Stands = Callable[..., Intake]


@pytest.fixture(scope="session")
def stands(workshops: Workshops, tmp_path_factory: pytest.TempPathFactory) -> Stands:
    """`stands("test")`: intake on an empty database; `stands("test", FILL)`: on one that a statement has filled.

    Its application is built once a session for each purpose.
    """
    directory = tmp_path_factory.mktemp("intake")

    @cache
    def built(workshop: Workshop, keys: Engine, attachments: Path) -> tuple[Wiring, Sequence[APIRouter], FastAPI]:
        wiring = Wiring.of(CALLER_KEY, CallerKeys(keys, MasterKeys(VAULT_KEY)), ContentFolder(attachments))
        routers = wiring.routes(workshop)
        return wiring, routers, application(routers, BODY_LIMITS)

    def fresh(purpose: str, *filled_by: str) -> Intake:
        workshop = workshops.fresh("intake", NOW, purpose, filled_by)
        keys = workshops.fresh(CALLERS_KEYS, NOW, purpose).engine
        assert isinstance(workshop.clock, FixedClock)
        attachments = directory / f"attachments-{purpose}"
        shutil.rmtree(attachments, ignore_errors=True)
        wiring, routers, app = built(workshop, keys, attachments)
        _forget(wiring)
        vault = SealedVault(CallerKeys(keys, MasterKeys(VAULT_KEY)))
        return Intake(workshop, workshop.clock, keys, vault, wiring, routers, app)

    return fresh


def _forget(wiring: Wiring) -> None:
    """What these remember was committed to the database of another test, or guessed in it."""
    estates, catalogues = wiring.dispatch.estates, wiring.catalogue.catalogues
    assert isinstance(estates, SqlEstates)
    assert isinstance(catalogues, SqlCatalogues)
    SqlEstates.__init__(estates)
    SqlCatalogues.__init__(catalogues, taxonomy())
    Guesses.__init__(wiring.guesses)


@pytest.fixture
def intake(stands: Stands) -> Intake:
    """With a database of the test's own."""
    return stands("test")


@pytest.fixture(scope="module")
def lasting(stands: Stands) -> Intake:
    """One for a module whose tests do not mind each other's rows."""
    return stands("lasting")


def problem(answer: Any, status: int, *, field: str | None = None, remedy: str = "") -> dict[str, Any]:
    """Asserts an RFC 9457 answer that names the field and says what to do."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = dict(answer.json())
    assert {"type", "title", "status", "detail"} <= body.keys()
    assert body["status"] == status
    if field is not None:
        fields: Sequence[str] = [one["field"] for one in body.get("errors", ())]
        assert field in fields or field in body["title"] + body["detail"], body
    assert remedy in body["detail"] + str(body.get("errors")), body
    return body


@pytest.fixture
def gateway() -> SmsGatewayStandIn:
    return SmsGatewayStandIn()


@pytest.fixture
def url(gateway: SmsGatewayStandIn) -> Iterator[str]:
    with serving(gateway) as url:
        yield url
