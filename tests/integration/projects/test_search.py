"""Projects' search: issues and repair projects by their numbers and by their estate, each for those who see it."""

from __future__ import annotations

from typing import Any

import pytest

from services.chassis.database.work import Workshop
from services.contracts.hot_issue_events import HotIssueEvent
from services.contracts.numbers import as_typed
from services.contracts.project_events import ProjectOpened
from tests.integration.intake.conftest import problem
from tests.integration.projects.events import begin_with, dispatched, named
from tests.integration.projects.issues import ROOF, WALL, issues, published
from tests.integration.projects.loop_of import District


@pytest.fixture
def district(workshop: Workshop) -> District:
    for first, type_code in enumerate(("MJ01", "MJ02")):
        facts = [dispatched(first * 10 + n, type_code, "quyang-1", by=n + 1, day=20 + n / 100) for n in range(5)]
        begin_with(workshop, *(named(fact, "曲阳路东五小区") for fact in facts))
    return District(workshop)


def search(district: District, typed: str, role: str = "hub") -> tuple[list[str], list[str]]:
    answer = district.as_(role).get("/search", params={"q": typed})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return [one["hot_issue_id"] for one in found["hot_issues"]], [one["project_id"] for one in found["projects"]]


def test_issues_and_projects_are_numbered_one_after_the_other(district: District, workshop: Workshop) -> None:
    numbers = sorted(one.number for one in issues(workshop))
    assert [number[:9] for number in numbers] == ["R26-00001", "R26-00002"]
    for event in published(workshop):
        assert isinstance(event, HotIssueEvent)
        assert event.number == district.issue(event.hot_issue_id)["number"]


def test_an_issue_and_its_project_are_found_by_their_numbers(district: District, workshop: Workshop) -> None:
    district.decide(ROOF, kind="project")
    number = district.issue(ROOF)["number"]
    (opened,) = [event for event in published(workshop, "projects") if isinstance(event, ProjectOpened)]
    assert opened.number
    assert opened.number.startswith("W26-00001-")
    for typed in (number, number.lower().replace("-", " "), as_typed(number), f"  {number}"):
        assert search(district, typed) == ([ROOF], [])
    assert search(district, opened.number) == ([], [opened.project_id])
    assert district.project(opened.project_id)["number"] == opened.number


def test_all_of_an_estate_is_found_by_a_part_of_its_name(district: District) -> None:
    district.decide(ROOF, kind="project")
    found = search(district, "曲陽路東五")
    assert (set(found[0]), len(found[1])) == ({ROOF, WALL}, 1)
    assert search(district, "%") == search(district, " ") == ([], [])


@pytest.mark.parametrize(
    ("role", "seen"),
    [("supervisor", 1), ("department:housing", 1), ("department:fire", 0), ("subdistrict:310109014", 0)],
)
def test_what_others_lead_is_not_found(district: District, role: str, seen: int) -> None:
    number = district.issue(ROOF)["number"]
    assert len(search(district, number, role)[0]) == seen
    assert bool(search(district, "曲阳路东五小区", role)[0]) == bool(seen)


def test_two_digits_that_changed_places_are_found_for_those_who_may_see_what_is_meant(district: District) -> None:
    number = district.issue(ROOF)["number"]
    swapped = number[:7] + number[8] + number[7] + number[9:]
    assert swapped != number
    for role, meant in (("hub", [number]), ("department:fire", [])):
        wrong = problem(district.as_(role).get("/search", params={"q": swapped}), 422, field="q", remedy="try again")
        assert wrong["type"].endswith("wrong-check-character")
        assert wrong["meant"] == meant
