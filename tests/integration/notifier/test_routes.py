"""`GET /deliveries`: who sees what, pages, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.chassis.database.work import Workshop
from services.contracts.hot_issue_events import HotIssueConfirmed
from tests.integration.applications import As
from tests.integration.notifier.events import dispatched, hot_issue, project, take, text_of, ticket_id


@pytest.fixture(autouse=True)
def _log_of_three(workshop: Workshop) -> None:
    take(workshop, text_of(1), dispatched(1), dispatched(1, version=3, lead="fire"), dispatched(2, version=4))


def _log(client: TestClient, **asked: Any) -> list[tuple[str, int, str]]:
    answer = client.get("/deliveries", params=asked)
    assert answer.status_code == 200, answer.text
    return [(one["recipient"], one["version"], one["status"]) for one in answer.json()["items"]]


HOUSING = [("department:housing", 4, "awaiting_text"), ("department:housing", 2, "published")]
FIRE = [("department:fire", 3, "published")]
ALL = [HOUSING[0], *FIRE, HOUSING[1]]


@pytest.mark.parametrize("role", ["hub", "supervisor", "admin"])
def test_the_whole_log_is_seen_newest_first_by(role: str, as_: As) -> None:
    assert _log(as_(role)) == ALL
    assert _log(as_(role), department="fire") == FIRE
    assert _log(as_(role), ticket_id=ticket_id(1)) == ALL[1:]
    assert _log(as_(role), ticket_id=ticket_id(1), department="housing") == HOUSING[1:]


def test_a_department_sees_its_own_alone(as_: As) -> None:
    own = as_("department:housing")
    assert _log(own) == _log(own, department="housing") == HOUSING
    assert _log(own, ticket_id=ticket_id(1)) == HOUSING[1:]
    refused = own.get("/deliveries", params={"department": "fire"})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:closedloop:problem:not-yours")
    assert _log(as_("department:housing", "department:fire")) == ALL
    assert _log(as_("department:market")) == []


def test_a_cursor_of_another_department_is_unknown(as_: As) -> None:
    (theirs,) = as_("hub").get("/deliveries", params={"department": "fire"}).json()["items"]
    refused = as_("department:housing").get("/deliveries", params={"cursor": theirs["delivery_id"]})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:closedloop:problem:unknown-cursor")
    assert _log(as_("department:fire"), cursor=theirs["delivery_id"]) == []


@pytest.mark.parametrize("roles", [["subdistrict:310109010"], ["identity-reader"]])
def test_other_roles_are_refused(roles: list[str], as_: As) -> None:
    assert as_(*roles).get("/deliveries").status_code == 403


def test_nobody_asks_without_a_token(as_: As) -> None:
    assert as_().get("/deliveries").status_code == 401


def test_the_log_of_a_hot_issue_and_of_a_project(as_: As, workshop: Workshop) -> None:
    take(workshop, hot_issue(HotIssueConfirmed), project("listed", 6))
    told = ["department:housing", "department:quyanglu", "department:urban-operation"]
    for asked, version in (({"hot_issue_id": ticket_id(7)}, 1), ({"project_id": ticket_id(8)}, 6)):
        log = _log(as_("hub"), **asked)
        assert sorted(log) == [(recipient, version, "published") for recipient in told]
        assert _log(as_("department:quyanglu"), **asked) == [("department:quyanglu", version, "published")]
    assert _log(as_("hub"), hot_issue_id=ticket_id(7), project_id=ticket_id(8)) == []


def test_a_delivery_is_shown_without_what_it_said(as_: As) -> None:
    (one,) = as_("hub").get("/deliveries", params={"department": "fire"}).json()["items"]
    assert one["ticket_id"] == ticket_id(1)
    assert one["event_id"] == str(dispatched(1, version=3, lead="fire").id)
    assert (one["channel"], one["told_at"]) == ("topic", "2026-07-01T00:00:00Z")
    assert "text" not in one
    assert "address" not in one


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_give_each_delivery_once(limit: int, as_: As) -> None:
    def pages() -> Iterator[int]:
        cursor: dict[str, str] = {}
        while True:
            answer = as_("hub").get("/deliveries", params={"limit": limit, **cursor}).json()
            assert len(answer["items"]) <= limit
            yield from (one["version"] for one in answer["items"])
            if answer["next"] is None:
                return
            cursor = {"cursor": answer["next"]}

    assert list(pages()) == [4, 3, 2]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ticket_id", "17"),
        ("hot_issue_id", "17"),
        ("project_id", "17"),
        ("department", "Housing!"),
        ("cursor", "next"),
        ("cursor", "b268d14f-f15f-4927-b875-d08fa5b6a3d2"),
        ("limit", "0"),
        ("limit", "501"),
    ],
)
def test_a_wrong_parameter_is_named(name: str, value: str, as_: As) -> None:
    refused = as_("hub").get("/deliveries", params={name: value})
    assert refused.status_code == 422
    assert name in refused.json()["detail"]
