"""The four services as they are served, each on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from services.chassis.database.work import Work, Workshop
from services.chassis.web.dead_letter_routes import dead_letter_routes
from services.classifier.files.current_reader import CurrentReader
from services.classifier.files.model_store import ModelStore
from services.classifier.files.reader_data import reader_with
from services.classifier.http.dead_letters import dead_letter_routes as rejected_text_routes
from services.classifier.http.model_questions import reader_routes
from services.classifier.stream.dead_letters import DeadLetters
from services.contracts.event import Envelope
from services.contracts.services import CALLERS_KEYS
from services.intake.files.attachment_folder import ContentFolder
from services.intake.store.caller_keys import CallerKeys
from services.intake.store.master_keys import MasterKeys
from services.intake.wiring import BODY_LIMITS, Wiring
from services.notifier.wiring import NotifierWiring
from tests.harness.term_key import TERM_KEY
from tests.harness.workshops import Workshops
from tests.integration.applications import application, clients_of
from tests.integration.projects.conftest import NOW
from tests.integration.projects.wired import wired

INTAKE, PROJECTS, NOTIFIER, CLASSIFIER = "intake", "projects", "notifier", "classifier"


@dataclass(frozen=True)
class Served:
    app: FastAPI
    routers: Sequence[APIRouter]
    workshop: Workshop | None = None
    on_classified: Callable[[Sequence[Envelope], Work], None] = lambda _, work: None
    """Of intake."""

    def as_(self, *roles: str) -> TestClient:
        return clients_of(self.app)(*roles)


def all_four(workshops: Workshops, directory: Path) -> dict[str, Served]:
    stores = {name: workshops.fresh(name, NOW, "rights") for name in (INTAKE, PROJECTS, NOTIFIER)}
    keys = workshops.fresh(CALLERS_KEYS, NOW, "rights").engine
    intake = Wiring.of(b"c" * 32, CallerKeys(keys, MasterKeys(b"v" * 32)), ContentFolder(directory / "attachments"))
    return {
        INTAKE: replace(_served(intake.routes(stores[INTAKE]), stores[INTAKE]), on_classified=intake.dispatch),
        PROJECTS: _served(wired(stores[PROJECTS]).routes(stores[PROJECTS]), stores[PROJECTS]),
        NOTIFIER: _served(NotifierWiring.of(demo=True).routes(stores[NOTIFIER]), stores[NOTIFIER]),
        CLASSIFIER: _served(
            [
                reader_routes(
                    CurrentReader(ModelStore(directory / "models"), lambda model: reader_with(model, TERM_KEY))
                ),
                rejected_text_routes(cast(DeadLetters, _NoLetters())),
            ],
        ),
    }


def _served(routers: Sequence[APIRouter], workshop: Workshop | None = None) -> Served:
    every = [*routers, *([dead_letter_routes(workshop, {})] if workshop else [])]
    return Served(application(every, BODY_LIMITS), every, workshop)


class _NoLetters:
    """The dead letters of a stream that has rejected nothing."""

    async def all(self) -> list[Any]:
        return []

    async def find(self, partition: int, offset: int) -> None:
        return None
