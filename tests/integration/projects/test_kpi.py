"""The figures by which the loop is measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.chassis.work import Workshop
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import START, dispatched, received, take
from tests.integration.projects.loop_of import District

ROOF = hot_issue_id(Cell("quyang-1", "MJ01"), 0)


@pytest.fixture
def district(workshop: Workshop, tmp_path: Path) -> District:
    return District(workshop, tmp_path)


def figures(district: District, role: str = "hub", **asked: str) -> Any:
    answer = district.as_(role).get("/kpi", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def month(district: District, name: str, role: str = "hub") -> dict[str, Any]:
    first = f"{name}-15"
    (found,) = figures(district, role, **{"from": first, "to": first})["months"]
    return {key: value for key, value in found.items() if key != "month"}


def test_complaints_by_month_of_event_time_with_nuisance_beside(district: District) -> None:
    types = ["MJ01", "MJ01", "MJ15", "MJ16", "MJ17", "MJ18", "MJ19", "XQ04", "OT"]
    take(district.workshop, *(dispatched(n, kind, "quyang-1", by=n) for n, kind in enumerate(types)))
    take(district.workshop, received(20, by=1), dispatched(21, "MJ02", None, by=1))
    assert month(district, "2026-06") == {"tickets": 11, "repair_complaints": 4, "nuisance": 3}
    assert month(district, "2026-05") == {"tickets": 0, "repair_complaints": 0, "nuisance": 0}


def test_a_month_begins_at_midnight_in_shanghai(district: District) -> None:
    midnight = (datetime(2026, 6, 30, 16, tzinfo=UTC) - START) / timedelta(days=1)
    take(district.workshop, dispatched(1, "MJ01", "quyang-1", day=midnight))
    take(district.workshop, dispatched(2, "MJ01", "quyang-1", day=midnight - 0.001))
    assert month(district, "2026-06")["tickets"] == month(district, "2026-07")["tickets"] == 1


def test_floor_area_counts_in_the_quarter_in_which_the_works_started(district: District) -> None:
    take(district.workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20) for n in range(1, 6)))
    project = district.decide(ROOF, kind="project")["project_id"]
    district.until(NOW + timedelta(days=100))
    district.advance(project, "started")
    quarters = figures(district, **{"from": "2026-07-01", "to": "2027-01-01"})["quarters"]
    assert quarters == [
        {"quarter": "2026Q3", "projects": 0, "started_floor_area_m2": 0},
        {"quarter": "2026Q4", "projects": 1, "started_floor_area_m2": 8000},
        {"quarter": "2027Q1", "projects": 0, "started_floor_area_m2": 0},
    ]
    assert figures(district, "subdistrict:310109014", **{"from": "2026-10-01"})["quarters"][0]["projects"] == 0


def test_a_sub_district_counts_its_own(district: District) -> None:
    take(district.workshop, dispatched(1, "MJ01", "quyang-1"), dispatched(2, "MJ01", "jiaxing-1"))
    assert month(district, "2026-06", "supervisor")["tickets"] == 2
    assert month(district, "2026-06", "subdistrict:310109014")["tickets"] == 1


def test_three_years_up_to_this_month_unless_asked_otherwise(district: District) -> None:
    found = figures(district)
    assert [found["months"][0]["month"], found["months"][-1]["month"]] == ["2023-08", "2026-07"]
    assert len(found["quarters"]) == 13


@pytest.mark.parametrize("role", ["department:housing", "identity-reader"])
def test_others_are_refused(district: District, role: str) -> None:
    assert district.as_(role).get("/kpi").status_code == 403


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "2026-08-01", "to": "2026-07-01"},
        {"from": "2001-01-01", "to": "2026-07-01"},
        {"from": "2026-13-01"},
        {"from": "1066-01-01"},
    ],
)
def test_a_span_that_cannot_be_shown_is_refused(district: District, asked: dict[str, str]) -> None:
    answer = district.hub.get("/kpi", params=asked)
    assert answer.status_code == 422
    assert "query.from" in answer.json()["detail"]
