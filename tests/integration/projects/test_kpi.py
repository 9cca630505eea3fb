"""The figures by which the loop is measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.chassis.database.work import Workshop
from services.contracts.ticket_events import RequestKind, TicketMerged, TicketReclassified
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import (
    START,
    considered_again,
    corrected,
    dispatched,
    received,
    rejected,
    take,
)
from tests.integration.projects.loop_of import District

ROOF = hot_issue_id(Cell("quyang-1", "MJ01"), 0)


@pytest.fixture
def district(workshop: Workshop) -> District:
    return District(workshop)


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
    assert month(district, "2026-06") == {"tickets": 11, "repair_complaints": 4, "nuisance": 4}
    assert month(district, "2026-05") == {"tickets": 0, "repair_complaints": 0, "nuisance": 0}


def test_what_was_rejected_corrected_or_is_no_complaint_does_not_count_as_one(district: District) -> None:
    take(district.workshop, *(dispatched(n, "MJ01", "quyang-1", by=n) for n in range(1, 5)))
    take(district.workshop, dispatched(5, "MJ16", "quyang-1", by=5), dispatched(6, "XQ04", "quyang-1", by=6))
    assert month(district, "2026-06") == {"tickets": 6, "repair_complaints": 4, "nuisance": 1}
    take(
        district.workshop,
        rejected(1, "MJ01", "quyang-1", by=1),
        corrected(TicketReclassified, 2, "XQ04", "quyang-1", by=2),
        corrected(TicketReclassified, 3, "MJ01", "quyang-1", by=3, kind=RequestKind.ENQUIRY),
        rejected(5, "MJ16", "quyang-1", by=5),
        corrected(TicketMerged, 6, "MJ01", "quyang-1", by=6),
    )
    assert month(district, "2026-06") == {"tickets": 4, "repair_complaints": 2, "nuisance": 0}
    take(district.workshop, considered_again(1, "MJ01", "quyang-1", by=1))
    assert month(district, "2026-06") == {"tickets": 5, "repair_complaints": 3, "nuisance": 0}


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


def test_works_that_were_begun_and_then_cancelled_count_no_more(district: District) -> None:
    take(district.workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20) for n in range(1, 6)))
    project = district.decide(ROOF, kind="project")["project_id"]
    district.advance(project, "started")
    begun = figures(district, **{"from": "2026-07-01", "to": "2026-07-01"})["quarters"]
    cancelled = {"version": district.project(project)["version"], "to": "cancelled", "note": "房屋列入征收"}
    assert district.hub.post(f"/projects/{project}/steps", json=cancelled).status_code == 200
    assert [one["projects"] for one in begun] == [1]
    assert figures(district, **{"from": "2026-07-01", "to": "2026-07-01"})["quarters"] == [
        {"quarter": "2026Q3", "projects": 0, "started_floor_area_m2": 0}
    ]


def test_a_sub_district_counts_its_own(district: District) -> None:
    take(district.workshop, dispatched(1, "MJ01", "quyang-1"), dispatched(2, "MJ01", "jiaxing-1"))
    assert month(district, "2026-06", "supervisor")["tickets"] == 2
    assert month(district, "2026-06", "subdistrict:310109014")["tickets"] == 1


def test_three_years_up_to_this_month_unless_asked_otherwise(district: District) -> None:
    found = figures(district)
    assert [found["months"][0]["month"], found["months"][-1]["month"]] == ["2023-08", "2026-07"]
    assert len(found["quarters"]) == 13


def test_the_department_that_leads_repair_sees_the_whole_district(district: District) -> None:
    take(district.workshop, dispatched(1, "MJ01", "quyang-1"), dispatched(2, "MJ01", "jiaxing-1"))
    assert month(district, "2026-06", "department:housing")["tickets"] == 2


def test_both_figures_of_a_sub_district_an_estate_and_a_type(district: District) -> None:
    take(district.workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20) for n in range(1, 6)))
    take(district.workshop, dispatched(7, "MJ02", "quyang-1", by=7), dispatched(8, "MJ01", "jiaxing-1", by=8))
    take(district.workshop, dispatched(9, "MJ16", "quyang-1", by=9))
    district.advance(district.decide(ROOF, kind="project")["project_id"], "started")
    period = {"from": "2026-06-01", "to": "2026-07-01"}

    def pair(**asked: str) -> tuple[int, int, float]:
        found = figures(district, **period, **asked)
        june, begun = found["months"][0], sum(one["started_floor_area_m2"] for one in found["quarters"])
        return june["repair_complaints"], june["nuisance"], begun

    assert pair() == (7, 1, 8000)
    assert pair(type="MJ01") == (6, 1, 8000)
    assert pair(type="MJ02") == (1, 1, 0)
    assert pair(estate="jiaxing-1") == (1, 0, 0)
    assert pair(estate="quyang-1", type="MJ01") == (5, 1, 8000)
    assert pair(sub_district="310109010") == (6, 1, 8000)


def test_works_whose_start_was_taken_back_count_no_more(district: District) -> None:
    take(district.workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20) for n in range(1, 6)))
    project = district.decide(ROOF, kind="project")["project_id"]
    version = district.advance(project, "started")["version"]
    said = {"version": version, "reason": "点错了，尚未开工"}
    assert district.hub.post(f"/projects/{project}/reversals", json=said).status_code == 200
    (quarter,) = figures(district, **{"from": "2026-07-01", "to": "2026-07-01"})["quarters"]
    assert quarter["started_floor_area_m2"] == 0


def test_the_figures_as_a_file(district: District) -> None:
    take(district.workshop, dispatched(1, "MJ01", "quyang-1"))
    answer = district.as_("supervisor").get("/kpi.csv", params={"from": "2026-06-01", "to": "2026-06-30"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines == [
        "period,projects,started_floor_area_m2,tickets,repair_complaints,nuisance",
        "2026Q2,0,0.0,,,",
        "2026-06,,,1,1,0",
    ]


@pytest.mark.parametrize("role", ["department:ecology", "identity-reader"])
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
