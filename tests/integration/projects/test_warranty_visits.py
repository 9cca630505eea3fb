"""Residents are asked once more before their warranties end, and somebody hears it when nobody asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.contracts.visit_events import WorksWarrantyVisited
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.harness.works import do, works
from tests.integration.projects.issues import published
from tests.integration.projects.loop_of import District

DAY = timedelta(days=1)


@pytest.fixture
def project(district: District) -> str:
    opened: str = district.decide(hot_issue_id(Cell("quyang-1", "MJ01"), 0), kind="project")["project_id"]
    district.advance(opened, "warranty")
    return opened


@pytest.fixture
def ends(district: District, project: str) -> datetime:
    """The last day of the only warranty; it is 40 days before."""
    (given,) = works(district.hub, project)["warranties"]
    last = datetime.fromisoformat(f"{given['ends']}T00:00:00+08:00")
    district.until(last - 40 * DAY)
    return last


def body(district: District, last: datetime, **other: Any) -> dict[str, Any]:
    on = district.workshop.clock.now().date().isoformat()
    kept = {"id": str(uuid4()), "block": "3号", "ends": last.date().isoformat(), "version": 0, "on": on}
    return kept | {"result": "fine"} | other


def visit_events(district: District) -> list[WorksWarrantyVisited]:
    return [one for one in published(district.workshop, "projects") if isinstance(one, WorksWarrantyVisited)]


def due(district: District) -> dict[str, Any]:
    (one,) = district.as_("department:housing").get("/warranty-visits").json()["visits"]
    found: dict[str, Any] = one
    return found


def test_a_visit_is_kept_once_with_who_was_there_and_its_photograph(
    district: District, project: str, ends: datetime
) -> None:
    said = body(district, ends, photographs=["c" * 64])
    kept = do(district.hub, project, "warranty-visits", **said)
    assert do(district.hub, project, "warranty-visits", **said) == kept
    assert (kept["version"], kept["done"], kept["visits"][0]["photographs"]) == (1, True, ["c" * 64])
    assert due(district)["done"]
    (event,) = visit_events(district)
    assert (event.block, event.ends, event.visits[0].result, event.visits[0].by) == (
        "3",
        ends.date(),
        "fine",
        "somebody",
    )
    district.until(ends + DAY)
    assert len(visit_events(district)) == 1


def test_where_nobody_was_at_home_somebody_comes_again_and_is_reminded(
    district: District, project: str, ends: datetime
) -> None:
    again = (ends - 30 * DAY).date().isoformat()
    kept = do(district.hub, project, "warranty-visits", **body(district, ends, result="nobody_home", again_on=again))
    assert (kept["done"], kept["answer_by"], kept["overdue"]) == (False, again, False)
    district.until(ends - 29 * DAY + timedelta(seconds=1))
    assert due(district)["overdue"]
    assert [event.overdue for event in visit_events(district)] == [False, True]
    assert (visit_events(district)[-1].actor, visit_events(district)[-1].lead) == ("clock", "housing")
    stale = district.hub.post(f"/projects/{project}/warranty-visits", json=body(district, ends, version=1))
    assert (stale.status_code, stale.json()["current_version"]) == (409, 2)
    done = do(district.hub, project, "warranty-visits", **body(district, ends, version=2))
    assert (done["done"], done["overdue"], len(done["visits"])) == (True, False, 2)


def test_a_round_that_nobody_made_is_overdue(district: District, project: str, ends: datetime) -> None:
    district.until(ends - 13 * DAY - timedelta(seconds=1))
    assert not due(district)["overdue"]
    district.until(ends - 13 * DAY + timedelta(seconds=1))
    assert due(district)["overdue"]
    assert [(event.version, event.visits) for event in visit_events(district)] == [(1, ())]


def test_a_visit_that_finds_a_defect_opens_it_after_the_effect_was_verified_too(
    district: District, project: str, ends: datetime
) -> None:
    item = works(district.hub, project)["items"][0]["item_id"]
    found = {"id": str(uuid4()), "item_id": item, "severity": "minor", "note": "檐口渗水"}
    kept = do(district.hub, project, "warranty-visits", **body(district, ends, result="defect", defect=found))
    assert kept["visits"][0]["defect_id"] == found["id"]
    (defect,) = works(district.hub, project)["defects"]
    assert (defect["defect_id"], defect["state"], bool(defect["cure_by"])) == (found["id"], "open", True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"block": "5"}, "ends"),
        ({"ends": "2030-01-01"}, "ends"),
        ({"result": "defect"}, "defect"),
        ({"result": "nobody_home"}, "again_on"),
        ({"result": "nobody_home", "again_on": "2020-01-01"}, "again_on"),
        ({"on": "2199-01-01"}, "on"),
        ({"photographs": ["a photograph"]}, "photographs.0"),
    ],
)
def test_a_visit_that_cannot_be_is_refused_by_its_field(
    district: District, project: str, ends: datetime, change: dict[str, Any], field: str
) -> None:
    answer = district.hub.post(f"/projects/{project}/warranty-visits", json=body(district, ends, **change))
    assert answer.status_code == 422, answer.text
    assert [fault["field"] for fault in answer.json()["errors"]] == [f"body.{field}"]
    assert visit_events(district) == []


def test_only_who_leads_keeps_visits(district: District, project: str, ends: datetime) -> None:
    said = body(district, ends)
    for role, status in (("supervisor", 403), ("department:greening", 404), ("department:housing", 201)):
        assert district.as_(role).post(f"/projects/{project}/warranty-visits", json=said).status_code == status
