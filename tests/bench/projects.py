"""Figures of repair projects: how fast the pages of a large one open, and its dossier."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import islice, product
from typing import Any

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.bench.figures import figure, percentile
from tests.bench.system import new_database, postgres
from tests.harness.works import do, inspection
from tests.integration.projects.events import dispatched, take
from tests.integration.projects.loop_of import District

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ITEMS, BLOCKS, TICKETS = 300, 40, 1000
OPENED = 60
ROOF = hot_issue_id(Cell("quyang-1", "MJ01"), 0)


def page_of_a_large_project() -> None:
    """The pages of a project with 300 items in 40 blocks, half of them inspected twice, and 1,000 tickets."""
    with postgres() as server:
        engine = engine_for(new_database(server, "projects", "large_project"), name="bench", idle_in_transaction_s=60)
        try:
            district = District(Workshop(engine, FixedClock(NOW), "/310109/projects"))
            _measure(district, _project(district))
        finally:
            engine.dispose()


def _project(district: District) -> str:
    for first in range(1, TICKETS, 200):
        take(
            district.workshop,
            *(dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n % 8) for n in range(first, first + 200)),
        )
    project: str = district.decide(ROOF, kind="project")["project_id"]
    district.advance(project, "listed")
    menu = [row["code"] for row in district.hub.get("/menu").json()["items"] if row["consent"] != "estate"]
    picked = islice(product(menu, map(str, range(1, BLOCKS + 1))), ITEMS)
    items = [
        {"menu_item": code, "block": block, "contracted": "100.00", "unit_cost_fen": 12000} for code, block in picked
    ]
    do(district.hub, project, "items", items=items)
    district.advance(project, "building")
    shown = district.hub.get(f"/projects/{project}/works").json()["items"]
    for item in shown:
        do(district.hub, project, "inspections", **inspection(item, NOW, accepted="50.00"))
    for item in district.hub.get(f"/projects/{project}/works").json()["items"][: ITEMS // 2]:
        do(district.hub, project, "inspections", **inspection(item, NOW))
    return project


def _measure(district: District, project: str) -> None:
    conditions: dict[str, Any] = {"items": ITEMS, "blocks": BLOCKS, "tickets": TICKETS, "broker": None}
    for name, path in (("project_page", ""), ("works_page", "/works"), ("dossier", "/dossier")):
        seconds = []
        for _ in range(OPENED):
            began = time.perf_counter()
            answer = district.hub.get(f"/pages/projects/{project}{path}")
            seconds.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.text
        figure(f"{name}_p95", percentile(seconds, 0.95) * 1000, "ms", **conditions)
