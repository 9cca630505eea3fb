"""`GET /concentrations`: who sees what, pages, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.chassis.database.work import Workshop
from tests.integration.applications import As, clients_of
from tests.integration.projects.events import dispatched, take
from tests.integration.projects.wired import served

WHOLE_DISTRICT = ["hub", "supervisor", "admin"]


@pytest.fixture
def as_(workshop: Workshop) -> As:
    take(
        workshop,
        dispatched(1, "MJ01", "quyang-1", by=1),
        dispatched(2, "MJ01", "quyang-1", by=2, day=25),
        dispatched(3, "XQ04", "quyang-2", by=1),
        dispatched(4, "MJ01", "jiaxing-1", by=1, day=29),
        dispatched(5, "OT", "jiaxing-1", by=1),
    )
    return clients_of(served(workshop))


def _cells(client: TestClient, **asked: Any) -> list[tuple[str, str]]:
    answer = client.get("/concentrations", params=asked)
    assert answer.status_code == 200, answer.text
    return [(one["estate"], one["type_code"]) for one in answer.json()["items"]]


@pytest.mark.parametrize("role", WHOLE_DISTRICT)
def test_the_whole_district_is_seen_by(role: str, as_: As) -> None:
    everywhere = [("jiaxing-1", "MJ01"), ("quyang-1", "MJ01"), ("quyang-2", "XQ04")]
    assert _cells(as_(role)) == everywhere
    assert _cells(as_(role), sub_district="310109014") == everywhere[:1]


def test_a_sub_district_sees_its_own_alone(as_: As) -> None:
    own = as_("subdistrict:310109010")
    assert _cells(own) == _cells(own, sub_district="310109010") == [("quyang-1", "MJ01"), ("quyang-2", "XQ04")]
    assert _cells(own, estate="jiaxing-1") == []
    refused = own.get("/concentrations", params={"sub_district": "310109014"})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:closedloop:problem:not-yours")
    assert len(_cells(as_("subdistrict:310109010", "subdistrict:310109014"))) == 3
    assert _cells(as_("subdistrict:310109099")) == []


@pytest.mark.parametrize("roles", [["department:housing"], ["identity-reader"]])
def test_other_roles_are_refused(roles: list[str], as_: As) -> None:
    assert as_(*roles).get("/concentrations").status_code == 403


def test_nobody_asks_without_a_token(as_: As) -> None:
    assert as_().get("/concentrations").status_code == 401


def test_the_figures_of_a_cell(as_: As) -> None:
    answer = as_("hub").get("/concentrations", params={"estate": "quyang-1", "type": "MJ01"}).json()
    assert answer["as_of"] == "2026-07-01T00:00:00Z"
    assert answer["window_days"] == 30
    assert answer["items"] == [
        {
            "estate": "quyang-1",
            "type_code": "MJ01",
            "calls": 2,
            "callers": 2,
            "first": "2026-06-11T00:00:00Z",
            "last": "2026-06-26T00:00:00Z",
        }
    ]


def test_another_end_and_length_of_the_window(as_: As) -> None:
    assert _cells(as_("hub"), window_days=7) == [("jiaxing-1", "MJ01"), ("quyang-1", "MJ01")]
    assert _cells(as_("hub"), window_days=7, as_of="2026-06-12T08:00:00+08:00") == [
        ("quyang-1", "MJ01"),
        ("quyang-2", "XQ04"),
    ]
    assert _cells(as_("hub"), as_of="2026-06-01T00:00:00Z") == []


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_give_each_cell_once(limit: int, as_: As) -> None:
    def pages() -> Iterator[tuple[str, str]]:
        cursor: dict[str, str] = {}
        while cursor is not None:
            answer = as_("hub").get("/concentrations", params={"limit": limit, **cursor}).json()
            assert len(answer["items"]) <= limit
            yield from ((one["estate"], one["type_code"]) for one in answer["items"])
            if answer["next"] is None:
                return
            cursor = {"cursor": answer["next"]}

    assert list(pages()) == [("jiaxing-1", "MJ01"), ("quyang-1", "MJ01"), ("quyang-2", "XQ04")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("window_days", "31"),
        ("window_days", "a week"),
        ("as_of", "2026-06-30T00:00:00"),
        ("as_of", "2026-02-30T00:00:00Z"),
        ("as_of", "0001-01-01T00:00:00Z"),
        ("type", "XX01"),
        ("sub_district", "310110001"),
        ("cursor", "quyang-1"),
        ("limit", "0"),
        ("limit", "501"),
        ("estate", "x" * 101),
    ],
)
def test_a_wrong_parameter_is_named(name: str, value: str, as_: As) -> None:
    refused = as_("hub").get("/concentrations", params={name: value})
    assert refused.status_code == 422
    assert f"query.{name}" in refused.json()["detail"]
