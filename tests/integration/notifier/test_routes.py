"""`GET /deliveries`: who sees what, pages, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
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
    recipients = ["department:housing", "department:quyanglu", "department:urban-operation"]
    for asked, version in (({"hot_issue_id": ticket_id(7)}, 1), ({"project_id": ticket_id(8)}, 6)):
        log = _log(as_("hub"), **asked)
        assert sorted(log) == [(recipient, version, "published") for recipient in recipients]
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


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"status": "published"}, [*FIRE, HOUSING[1]]),
        ({"status": "awaiting_text", "channel": "topic"}, HOUSING[:1]),
        ({"channel": "webhook"}, []),
        ({"number": "310109202607010017"}, []),
        ({"since": "2030-01-01T00:00:00Z"}, []),
        ({"until": "2020-01-01T00:00:00+08:00"}, []),
        ({"since": "2020-01-01T00:00:00Z", "until": "2030-01-01T00:00:00Z"}, ALL),
    ],
)
def test_the_log_is_narrowed_by_state_way_number_and_time(
    asked: dict[str, str], found: list[tuple[str, int, str]], as_: As
) -> None:
    assert _log(as_("hub"), **asked) == found


def test_the_log_remembers_what_people_call_a_matter_by(as_: As, workshop: Workshop) -> None:
    number = "310109202607010017"
    one = dispatched(3, version=9)
    take(workshop, text_of(3), replace(one, event=one.event.model_copy(update={"number": number})))
    assert _log(as_("department:housing"), number=number) == [("department:housing", 9, "published")]
    (shown,) = as_("hub").get("/deliveries", params={"number": number}).json()["items"]
    assert (shown["number"], shown["ticket_id"], shown["read_at"]) == (number, ticket_id(3), None)


def test_the_log_as_csv_is_for_the_same_readers(as_: As) -> None:
    answer = as_("department:housing").get("/deliveries.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[0].split(",")[:3]) == (3, ["caused_at", "told_at", "read_at"])
    assert "department:fire" not in answer.text
    assert as_("department:housing").get("/deliveries.csv", params={"department": "fire"}).status_code == 403
    assert as_("subdistrict:310109010").get("/deliveries.csv").status_code == 403


@pytest.mark.parametrize(
    ("name", "value"), [("number", "17"), ("channel", "pigeon"), ("status", "lost"), ("since", "1751328000")]
)
def test_a_wrong_filter_is_named(name: str, value: str, as_: As) -> None:
    for path in ("/deliveries", "/deliveries.csv"):
        refused = as_("hub").get(path, params={name: value})
        assert (refused.status_code, name in refused.json()["detail"]) == (422, True)
