"""The board of hot issues: who sees what, by which filters, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.chassis.database.work import Workshop
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.integration.projects.events import begin_with, dispatched, named, take, ticket_id
from tests.integration.projects.loop_of import District

ROOF = hot_issue_id(Cell("quyang-1", "MJ01"), 0)
PARKING = hot_issue_id(Cell("quyang-2", "XQ04"), 0)
STALLS = hot_issue_id(Cell("jiaxing-1", "SC01"), 0)


@pytest.fixture
def district(workshop: Workshop) -> District:
    cells = [("quyang-1", "MJ01"), ("quyang-2", "XQ04"), ("jiaxing-1", "SC01")]
    for first, (estate, type_code) in enumerate(cells):
        numbers = range(first * 10, first * 10 + 5)
        facts = [dispatched(n, type_code, estate, by=n + 1, day=20 + first + n / 100) for n in numbers]
        begin_with(workshop, *(named(fact, "曲阳路东五小区") for fact in facts))
    return District(workshop)


def listed(client: TestClient, **asked: Any) -> list[str]:
    answer = client.get("/hot-issues", params=asked)
    assert answer.status_code == 200, answer.text
    return [item["hot_issue_id"] for item in answer.json()["items"]]


@pytest.mark.parametrize("role", ["hub", "supervisor", "admin"])
def test_the_whole_district_is_seen_the_newest_first_by(district: District, role: str) -> None:
    assert listed(district.as_(role)) == [STALLS, PARKING, ROOF]


def test_a_sub_district_sees_its_own_and_a_department_what_it_leads(district: District) -> None:
    assert listed(district.as_("subdistrict:310109010")) == [PARKING, ROOF]
    assert listed(district.as_("department:housing")) == [ROOF]
    assert listed(district.as_("department:fire")) == []
    assert district.as_("subdistrict:310109014").get(f"/hot-issues/{ROOF}").status_code == 404
    assert district.as_("department:housing").get(f"/hot-issues/{ROOF}").status_code == 200


@pytest.mark.parametrize("path", ["/hot-issues", f"/hot-issues/{ROOF}"])
def test_nobody_else_reads(district: District, path: str) -> None:
    assert district.as_("identity-reader").get(path).status_code == 403
    assert district.as_().get(path).status_code == 401


def test_filters(district: District) -> None:
    district.decide(ROOF, kind="service")
    assert listed(district.hub, area="MJ") == listed(district.hub, state="in cure") == [ROOF]
    assert listed(district.hub, state="confirmed") == [STALLS, PARKING]
    assert listed(district.hub, estate="quyang-2") == [PARKING]
    assert listed(district.hub, sub_district="310109014") == [STALLS]
    assert listed(district.hub, area="SC", state="confirmed") == [STALLS]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_give_each_issue_once(district: District, limit: int) -> None:
    def pages() -> Iterator[str]:
        asked: dict[str, Any] = {"limit": limit}
        while True:
            answer = district.hub.get("/hot-issues", params=asked).json()
            yield from (item["hot_issue_id"] for item in answer["items"])
            if answer["next"] is None:
                return
            asked["cursor"] = answer["next"]

    assert list(pages()) == [STALLS, PARKING, ROOF]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("area", "ZZ"),
        ("state", "closed"),
        ("sub_district", "310110001"),
        ("cursor", "x"),
        ("cursor", "MDAwMS0wMS0wMSB4"),
        ("limit", "0"),
        ("limit", "201"),
        ("estate", "x" * 101),
    ],
)
def test_a_wrong_parameter_is_named(district: District, name: str, value: str) -> None:
    answer = district.hub.get("/hot-issues", params={name: value})
    assert answer.status_code == 422
    assert f"query.{name}" in answer.json()["detail"]


def test_an_issue_as_a_person_recognises_it(district: District) -> None:
    issue = district.issue(ROOF)
    assert issue["title"] == "曲阳路东五小区 屋面渗漏水：30天内5人反映"
    assert (issue["area"], issue["type_cn"], issue["type_en"]) == ("MJ", "屋面渗漏水", "Roof leakage")
    assert issue["place"] == {"sub_district": "310109010", "estate": "quyang-1", "estate_name": "曲阳路东五小区"}
    assert [member["ticket_id"] for member in issue["members"]] == [ticket_id(n) for n in (4, 3, 2, 1, 0)]
    assert set(issue["members"][0]) == {"ticket_id", "number", "joined_at", "occurred_at", "reason"}
    _, line = issue["history"]
    assert (line["state"], line["actor"], line["version"]) == ("confirmed", "detection", 2)
    assert line["detail"] == "5 distinct callers within 30 days"


@pytest.mark.parametrize("hidden", [{"restricted": True}, {"about_unit": "housing"}])
def test_a_ticket_for_few_counts_and_is_listed_for_the_hub_alone(workshop: Workshop, hidden: dict[str, Any]) -> None:
    facts = [dispatched(n, "MJ01", "quyang-1", by=n + 1, day=20 + n / 100) for n in range(5)]
    take(workshop, facts[0].model_copy(update=hidden), *facts[1:])
    district = District(workshop)

    def members(role: str) -> set[str]:
        issue = district.as_(role).get(f"/hot-issues/{ROOF}").json()
        assert issue["callers"] == 5
        return {one["ticket_id"] for one in issue["members"]}

    every = {fact.ticket_id for fact in facts}
    assert members("hub") == every
    for role in ("supervisor", "department:housing", "subdistrict:310109010"):
        assert members(role) == every - {facts[0].ticket_id}
