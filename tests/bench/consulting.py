"""A large consultation over projects' routes, in one process: 8,400 parts and 20 items, imported, counted, exported."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID, uuid4

from fastapi.testclient import TestClient

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from services.contracts.ticket_events import Place
from services.projects.domain.works.repair_project import ProjectState, RepairProject
from services.projects.files.rules import FILE, RulesInForce
from services.projects.http.consultations import BODY_LIMITS
from services.projects.store.repair_projects import SqlRepairProjects
from services.projects.wiring import ProjectsWiring
from tests.bench.figures import figure
from tests.bench.system import new_database, postgres
from tests.harness.consulting import done, drafted, noticed, periods, sha256, stepped
from tests.harness.term_key import TERM_KEY
from tests.integration.applications import application, clients_of

PARTS, ITEMS, AT_ONCE = 8_400, 20, 5_000
NOW = datetime(2026, 7, 1, tzinfo=UTC)
PROJECT = str(UUID(int=1))

R = TypeVar("R")


def consultation_of_a_large_estate() -> None:
    """Seconds in which 168,000 ballots are imported by batches, and the count and the record are answered."""
    with postgres() as server:
        engine = engine_for(new_database(server, "projects", "consulting"), name="bench", idle_in_transaction_s=60)
        workshop = Workshop(engine, FixedClock(NOW), "/310109/projects")
        with workshop.open() as work:
            project = RepairProject(PROJECT, "W26-00001-X", Place(estate="e"), "housing", NOW)
            project.take(ProjectState.NEED, NOW, "bench")
            SqlRepairProjects().save(work, project)
        routes = ProjectsWiring.of(RulesInForce(FILE), TERM_KEY).routes(workshop)
        hub = clients_of(application(routes, BODY_LIMITS))("hub")
        _measure(hub)
        engine.dispose()


def _measure(hub: TestClient) -> None:
    parts = list(_parts())
    items = [
        {"rule": "special", "item": f"question-{number}", "wording": f"事项{number}", "removed": "无"}
        for number in range(ITEMS)
    ]
    when = periods(NOW)
    drafting, one = _timed(lambda: drafted(hub, PROJECT, items, parts))
    noticing, one = _timed(lambda: noticed(hub, one, when))
    one = stepped(hub, one, "open")
    rows = list(_rows(one, parts, when["opens_at"]))
    importing, _ = _timed(lambda: _import(hub, one, rows))
    one = stepped(hub, one, "closed", "sealed")
    standing, _ = _timed(lambda: done(hub.get(f"/consultations/{one['consultation_id']}/standing")))
    counting, one = _timed(lambda: stepped(hub, one, "counted"))
    publishing, one = _timed(lambda: stepped(hub, one, "published"))
    recording, record = _timed(lambda: hub.get(f"/consultations/{one['consultation_id']}/record").content)
    size = {"parts": PARTS, "items": ITEMS, "ballots": len(rows), "broker": None}
    drafting.figure("consultation_draft", **size)
    noticing.figure("consultation_notice", **size)
    importing.figure("consultation_import", **size)
    standing.figure("consultation_standing", **size)
    counting.figure("consultation_count", **size)
    publishing.figure("consultation_publish", **size)
    recording.figure("consultation_record", **size, megabytes=round(len(record) / 1e6))


def _parts() -> Iterator[dict[str, Any]]:
    """In 140 buildings of 60 parts; every twentieth owner has two."""
    for number in range(PARTS):
        building, flat = divmod(number, 60)
        owner = number - 1 if number % 20 == 19 else number
        yield {
            "part_id": f"{building + 1}-{flat // 30 + 1}-{flat % 30 + 101}",
            "building": str(building + 1),
            "hallway": str(flat // 30 + 1),
            "area_m2": f"{45 + number % 60}.{number % 100:02}",
            "owner": f"owner {owner}",
        }


def _rows(one: dict[str, Any], parts: Sequence[Any], at: str) -> Iterator[dict[str, Any]]:
    dice = random.Random(1)
    for part in parts:
        for item in one["items"]:
            yield {
                "part_id": part["part_id"],
                "item": item["item"],
                "choice": dice.choices(("agree", "disagree", "abstain"), (80, 15, 5))[0],
                "origin": "paper",
                "at": at,
                "delivered": True,
                "text_hash": item["text_hash"],
            }


def _import(hub: TestClient, one: dict[str, Any], rows: Sequence[Any]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        batch = {"id": str(uuid4()), "evidence": sha256("export"), "ballots": rows[start : start + AT_ONCE]}
        taken = done(hub.post(f"/consultations/{one['consultation_id']}/ballots", json=batch))
        assert taken["rejected"] == []
        print(f"{start + taken['taken']:,} of {len(rows):,} ballots", flush=True)


class Took(NamedTuple):
    """`cpu`: processor time of client and service, without the database; it says more on a machine that others use."""

    wall: float
    cpu: float

    def figure(self, name: str, **conditions: Any) -> None:
        figure(name, self.wall, "s", processor_s=round(self.cpu, 2), **conditions)


def _timed(act: Callable[[], R]) -> tuple[Took, R]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = act()
    return Took(time.perf_counter() - wall, time.process_time() - cpu), found
