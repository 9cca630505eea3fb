"""`/bulletins`: what became of problems in a week or a month, for each who reads it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.database.work import Workshop
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import begin_with, dispatched
from tests.integration.projects.loop_of import District
from tests.integration.projects.ruling import adopted_everywhere, issued, on_standard
from tests.integration.projects.supervising import Supervising

ROOF = hot_issue_id(Cell("quyang-1", "MJ01"), 0)
FAR = "310109014"


@pytest.fixture
def district(workshop: Workshop) -> District:
    """A problem in each of two sub-districts, both found in June."""
    for first, (estate, type_code) in enumerate([("quyang-1", "MJ01"), ("jiaxing-1", "XQ04")]):
        numbers = range(first * 10, first * 10 + 5)
        begin_with(workshop, *(dispatched(n, type_code, estate, by=n + 1, day=20 + n / 100) for n in numbers))
    return District(workshop)


def bulletin(district: District, period: str = "2026-07", role: str = "hub", **asked: str) -> Any:
    answer = district.as_(role).get(f"/bulletins/{period}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def lines(found: Any, section: str) -> list[tuple[str, str]]:
    return [(line["estate"], line["what"]) for line in found["sections"][section]]


def test_what_happened_in_the_period_and_not_before_or_after_is_in_it(district: District) -> None:
    district.decide(ROOF, kind="rule", reason="立规")
    found = bulletin(district)
    assert (found["first"], found["last"], found["for"]) == ("2026-07-01", "2026-07-31", "hub")
    assert lines(found, "decided") == [("quyang-1", "rule")]
    assert found["calls_before"] == {"calls": 10, "repair_complaints": 5, "nuisance": 0}
    assert found["calls"]["calls"] == 0
    assert lines(bulletin(district, "2026-06"), "decided") == []
    heads = lines(bulletin(district, "2026-06"), "hot") + lines(found, "hot")
    assert sorted(heads) == [("jiaxing-1", "confirmed"), ("quyang-1", "confirmed")]


def test_what_nobody_decided_in_time_is_overdue_with_its_last_day(district: District) -> None:
    district.decide(ROOF, kind="rule", reason="立规")
    district.until(NOW + timedelta(days=60))
    (line,) = bulletin(district)["sections"]["overdue"]
    assert (line["estate"], line["what"], line["about"]) == ("jiaxing-1", "confirmed", "hot-issue")
    assert line["due"] < "2026-08-01"
    assert lines(bulletin(district, "2026-06"), "overdue") == []


def test_a_project_is_reported_by_the_steps_people_notice_without_one_taken_back(district: District) -> None:
    project = district.decide(ROOF, kind="project", reason="修缮")["project_id"]
    district.advance(project, "listed")
    assert lines(bulletin(district), "works") == [("quyang-1", "listed")]
    version = district.project(project)["version"]
    body = {"version": version, "reason": "误操作"}
    assert district.hub.post(f"/projects/{project}/reversals", json=body).status_code == 200
    assert lines(bulletin(district), "works") == []


def test_stopped_works_are_overdue_after_their_day_of_review(district: District) -> None:
    project = district.decide(ROOF, kind="project", reason="修缮")["project_id"]
    stop = {"to": "suspended", "note": "瓷砖", "responsible": "housing", "review_on": "2026-07-20"}
    version = district.project(project)["version"]
    answer = district.hub.post(f"/projects/{project}/steps", json=stop | {"version": version})
    assert answer.status_code == 200, answer.text
    assert ("quyang-1", "suspended") in lines(bulletin(district), "works")
    assert ("quyang-1", "suspended") not in lines(bulletin(district), "overdue")
    district.until(NOW + timedelta(days=60))
    assert ("quyang-1", "suspended") in lines(bulletin(district), "overdue")
    assert ("quyang-1", "suspended") not in lines(bulletin(district, "2026-W28"), "overdue")


def test_a_sub_district_reads_its_own_and_who_supervises_theirs_and_all(district: District) -> None:
    own = bulletin(district, "2026-06", f"subdistrict:{FAR}")
    assert own["for"] == FAR
    assert {line["sub_district"] for found in own["sections"].values() for line in found} <= {FAR}
    committee = bulletin(district, "2026-06", "supervisor")
    assert committee["for"] == "committee"
    assert list(committee["sections"])[:2] == ["supervision", "verified"]
    assert bulletin(district, "2026-06", "supervisor", **{"for": FAR})["for"] == FAR


@pytest.mark.parametrize(
    ("role", "period", "asked", "status"),
    [
        (f"subdistrict:{FAR}", "2026-06", "310109010", 403),
        (f"subdistrict:{FAR}", "2026-06", "hub", 403),
        ("hub", "2026-06", "nobody", 422),
        ("hub", "2026-13", "hub", 422),
        ("hub", "June", "hub", 422),
        ("hub", "2030-01", "hub", 422),
        ("department:housing", "2026-06", "hub", 403),
    ],
)
def test_what_is_of_others_or_no_period_is_refused(
    district: District, role: str, period: str, asked: str, status: int
) -> None:
    for path in (f"/bulletins/{period}", f"/bulletins/{period}/csv"):
        answer = district.as_(role).get(path, params={"for": asked})
        assert answer.status_code == status, answer.text


def test_as_a_table_each_line_has_its_section(district: District) -> None:
    answer = district.hub.get("/bulletins/2026-06/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert "bulletin-2026-06-hub.csv" in answer.headers["content-disposition"]
    as_json = bulletin(district, "2026-06")["sections"]
    assert [(row["section"], row["number"]) for row in rows] == [
        (section, line["number"]) for section, found in as_json.items() for line in found
    ]


def test_what_became_of_standards_today_is_in_the_running_week_and_month(district: District) -> None:
    standard_id = issued(district)
    adopted_everywhere(district, standard_id)
    answer = on_standard(district, standard_id, "retirement", last_day="2026-07-01", reason="市级标准已覆盖")
    assert answer.status_code == 200, answer.text
    for period in ("2026-07", "2026-W27"):
        found = bulletin(district, period)["sections"]["rollout"]
        assert {line["at"] for line in found if line["what"] == "adopted"} == {"2026-07-01"}  # no hour is known
        milestones = [(line["what"], line["number"]) for line in found]
        assert sorted(milestones) == [*[("adopted", "1")] * 8, ("issued", "1"), ("retired", "1")]


def test_what_became_of_standards_is_reported_to_all_and_supervision_to_whom_it_concerns(district: District) -> None:
    standard_id = issued(district)
    desk = Supervising(district)
    desk.handed_over()
    district.until(NOW + timedelta(days=100))
    for reader in ("hub", "committee"):
        steps = bulletin(district, "2026-07", **{"for": reader})["sections"]["supervision"]
        assert [line["what"] for line in steps] == ["give", "hand_over"]
    office = bulletin(district, "2026-10", f"subdistrict:{FAR}")["sections"]
    assert "supervision" not in office
    assert {(line["id"], line["what"], line["sub_district"]) for line in office["rollout"]} == {
        (standard_id, "overdue", FAR)
    }
    assert (standard_id, "issued") in [(line["id"], line["what"]) for line in bulletin(district)["sections"]["rollout"]]
