"""Ids of people's own making: each names one thing, whatever kinds the two are of."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any
from uuid import uuid4

from services.chassis.database.work import Workshop
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.harness.works import inspection, paper
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import dispatched, take
from tests.integration.projects.issues import published
from tests.integration.projects.loop_of import District

ESTATE = {"id": "quyang-1", "name": "明月小区", "sub_district": "310109014", "built": 1988}


def test_an_id_of_one_kind_is_refused_for_every_other(workshop: Workshop) -> None:
    """Also those that the service made itself: of the project, and of an item."""
    take(workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n) for n in range(1, 6)))
    district = District(workshop)
    assert district.hub.post("/estates/batch", json={"estates": [ESTATE]}).status_code == 200
    project: str = district.decide(hot_issue_id(Cell("quyang-1", "MJ01"), 0), kind="project")["project_id"]
    district.advance(project, "building")
    (roof,) = district.hub.get(f"/projects/{project}/works").json()["items"]
    bodies = _bodies(district, project, roof)
    ids = {"project": project, "item": roof["item_id"]}
    for kind, body in bodies.items():
        ids[kind] = str(uuid4())
        answer = body(ids[kind])
        assert answer.status_code in (200, 201), (kind, answer.text)
    bodies = _bodies(district, project, roof)
    known = published(workshop, "projects")
    for taken, kind in permutations(ids, 2):
        if kind in bodies:
            answer = bodies[kind](ids[taken])
            assert answer.status_code == 422, (taken, kind, answer.text)
            (fault,) = answer.json()["errors"]
            assert fault["field"] == "body.id", (taken, kind)
            assert f"is that of a {taken.replace('_', ' ')} already" in fault["message"], (taken, kind)
    assert published(workshop, "projects") == known


def _bodies(district: District, project: str, roof: Any) -> dict[str, Callable[[str], Any]]:
    """By kind, a request that would make one of this id."""
    hub, at = district.hub, f"/projects/{project}"
    contract = paper(hub, project, "contract")
    signed = {"party": "design", "paper_id": contract, "sum_fen": 100, "starts": "2026-07-01", "ends": "2026-08-01"}
    survey = {"estate": "quyang-1", "role": "bureau", "unit": "房管所", "on_site": True, "made_at": NOW.isoformat()}
    survey |= {"findings": [{"elements": ["E01"], "note": "屋面开裂"}]}
    fund = {"estate": "quyang-1", "kind": "roof", "cost_fen": 100, "safety": True}
    cut = {"kind": "water_cut", "blocks": ["3"], "starts": "2026-07-13T09:00:00+08:00"}
    cut |= {"ends": "2026-07-13T15:00:00+08:00"}
    return {
        "inspection": lambda id: hub.post(f"{at}/inspections", json=inspection(roof, NOW, id=id)),
        "defect": lambda id: hub.post(
            f"{at}/defects", json={"id": id, "item_id": roof["item_id"], "severity": "minor", "note": "划痕"}
        ),
        "paper": lambda id: hub.post(
            f"{at}/papers", json={"id": id, "kind": "minutes", "name": "纪要", "sha256": "a" * 64}
        ),
        "contract": lambda id: hub.post(f"{at}/contracts", json=signed | {"id": id}),
        "disturbance": lambda id: hub.post(f"{at}/impacts", json=cut | {"id": id}),
        "survey": lambda id: hub.post("/surveys", json=survey | {"id": id}),
        "fund_use": lambda id: hub.post("/fund-uses", json=fund | {"id": id}),
    }
