"""The area view: three key areas, what is called about most, what stands out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from services.chassis.database.work import Workshop
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.integration.applications import As, clients_of
from tests.integration.projects.events import begin_with, dispatched, take
from tests.integration.projects.storms import somewhere, storm
from tests.integration.projects.wired import served

PERIOD = {"from": "2026-05-01", "to": "2026-07-01"}


@pytest.fixture
def asked(workshop: Workshop) -> As:
    begin_with(workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=n) for n in range(6)))
    begin_with(workshop, *(dispatched(10 + n, "XQ04", "quyang-1", by=n % 2, day=n) for n in range(4)))
    begin_with(workshop, *(dispatched(20 + n, "SC01", "jiaxing-1", by=n, day=n) for n in range(3)))
    return clients_of(served(workshop))


def view(asked: As, role: str = "hub", **query: Any) -> dict[str, Any]:
    answer = asked(role).get("/areas", params=PERIOD | query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("by", "more", "expected"),
    [
        ("estate", {}, [("quyang-1", 6, 10, 1), ("jiaxing-1", 3, 3, 0)]),
        ("type_code", {}, [("MJ01", 6, 6, 1), ("SC01", 3, 3, 0), ("XQ04", 2, 4, 0)]),
        ("sub_district", {}, [("310109010", 6, 10, 1), ("310109014", 3, 3, 0)]),
        ("estate", {"area": "XQ"}, [("quyang-1", 2, 4, 0)]),
        ("type_code", {"estate": "jiaxing-1"}, [("SC01", 3, 3, 0)]),
        ("estate", {"to": "2026-05-01"}, []),
    ],
)
def test_what_is_called_about_most_comes_first(
    asked: As, by: str, more: dict[str, str], expected: Sequence[tuple[Any, ...]]
) -> None:
    ranked = view(asked, by=by, **more)["ranked"]
    assert [(one["key"], one["callers"], one["calls"], one["hot_issues"]) for one in ranked] == expected


def test_each_area_month_by_month(asked: As) -> None:
    found = view(asked)
    assert found["months"] == ["2026-05", "2026-06", "2026-07"]
    assert found["areas"] == {"XQ": [0, 4, 0], "MJ": [0, 6, 0], "SC": [0, 3, 0]}
    assert found["ranked"][0]["months"] == [0, 10, 0]


def test_a_sub_district_sees_its_own(asked: As) -> None:
    assert [one["key"] for one in view(asked, "subdistrict:310109014")["ranked"]] == ["jiaxing-1"]
    assert asked("department:housing").get("/areas").status_code == 403


def test_an_estate_with_many_complaints_in_a_year_is_listed_and_one_caller_lists_none(
    workshop: Workshop, asked: As
) -> None:
    take(workshop, *(dispatched(100 + n, "MJ02", "quyang-2", by=7, day=n / 2) for n in range(40)))
    take(workshop, *(dispatched(200 + n, f"XQ{n % 14 + 1:02}", "jiaxing-1", by=n // 2, day=n / 2) for n in range(31)))
    listed = view(asked)["estates_of_the_year"]
    assert [(one["estate"], one["complaints"]) for one in listed] == [("jiaxing-1", 34)]


def test_what_stands_out_is_shown_beside(workshop: Workshop, asked: As) -> None:
    take(workshop, *storm(day=20))
    take(workshop, *(somewhere(500 + 10 * e + n, e, by=n, day=n, type_code="MJ05") for e in range(3) for n in range(5)))
    found = view(asked)
    assert [(one["type_code"], one["state"], one["estates"]) for one in found["typical_cases"]] == [
        ("MJ05", "proposed", 3)
    ]
    assert hot_issue_id(Cell("estate-0", "MJ05"), 0) in found["typical_cases"][0]["hot_issues"]
    assert [(one["type_code"], one["day"]) for one in found["citywide_events"]] == [
        ("MJ01", date(2026, 6, 21).isoformat())
    ]


@pytest.mark.parametrize(("name", "value"), [("from", "2026-09-01"), ("from", "2001-01-01"), ("by", "caller")])
def test_a_wrong_question_is_named(asked: As, name: str, value: str) -> None:
    answer = asked("hub").get("/areas", params=PERIOD | {name: value})
    assert answer.status_code == 422
    assert f"query.{name}" in answer.json()["detail"]
