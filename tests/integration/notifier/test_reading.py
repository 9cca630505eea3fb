"""A notice is read by its unit over HTTP or by the link of its message, and where its chain stands is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.chassis.database.work import Workshop
from tests.integration.applications import As
from tests.integration.notifier.directory import noticed, sits
from tests.integration.notifier.events import dispatched, take, ticket_id
from tests.integration.notifier.linking import in_a_message

ALL = (("housing", "duty"), ("housing", "leader"), ("fire", "duty"))


def items(client: TestClient, path: str, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.fixture(autouse=True)
def _two_tickets(workshop: Workshop) -> None:
    sits(workshop, *ALL)
    take(workshop, dispatched(1), dispatched(2, lead="fire"))


def test_a_unit_reads_its_own_notices_and_says_so(as_: As) -> None:
    own, other = as_("department:housing"), as_("department:fire")
    (notice,) = items(own, "/officer-notices")
    assert (notice["subject_id"], notice["post"], notice["read_at"]) == (ticket_id(1), "duty", None)
    assert "name" not in notice
    assert other.post(f"/officer-notices/{notice['notice_id']}/read").status_code == 404
    for _ in range(2):
        assert own.post(f"/officer-notices/{notice['notice_id']}/read").json() == {"read": True}
    (notice,) = items(own, "/officer-notices")
    assert notice["read_by"] == "api"
    assert [(one["subject_id"], one["state"]) for one in items(as_("hub"), "/escalations", state="read")] == [
        (ticket_id(1), "read")
    ]
    assert len(items(as_("hub"), "/officer-notices")) == 2


def test_pages_of_the_log_give_each_once(as_: As) -> None:
    for path, key in (("/officer-notices", "notice_id"), ("/escalations", "escalation_id")):
        first = as_("hub").get(path, params={"limit": 1}).json()
        second = as_("hub").get(path, params={"limit": 1, "cursor": first["next"]}).json()
        assert first["items"][0][key] != second["items"][0][key]
        assert second["next"] is None


def test_a_chain_shows_who_is_next_and_when(as_: As, workshop: Workshop) -> None:
    (chain,) = items(as_("department:housing"), "/escalations")
    assert (chain["rule"], chain["rule_version"], chain["state"]) == ("urgent-ticket", 1, "running")
    now = workshop.clock.now()
    assert chain["due_at"] == (now + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert [(one["step"], one["posts"], one["officers"]) for one in chain["steps"]] == [
        (0, [], 1),
        (1, [["housing", "leader"]], None),
        (2, [["urban-operation", "duty"]], None),
    ]


@pytest.mark.parametrize("role", ["supervisor", "admin", "deputy", "subdistrict:310109010"])
def test_officers_notices_are_for_the_hub_and_the_unit(role: str, as_: As) -> None:
    assert as_(role).get("/officer-notices").status_code == 403
    assert as_(role).get("/escalations").status_code == 403


def test_the_link_shows_the_notice_and_a_button_marks_it_read(as_: As, workshop: Workshop) -> None:
    first = next(row for row in noticed(workshop) if row.unit == "housing")
    code = in_a_message(workshop, first.notice_id)
    page = as_().get(f"/n/{code}")
    assert page.status_code == 200
    assert "屋面渗漏水" in page.text
    assert "housing duty" not in page.text
    assert noticed(workshop)[0].read_at is None, "opening it, as mail scanners do, marks nothing"
    assert "已记录" in as_().post(f"/n/{code}").text
    assert "已记录" in as_().post(f"/n/{code}").text
    assert noticed(workshop)[0].read_by == "link"
    assert items(as_("department:housing"), "/escalations")[0]["state"] == "read"
    assert items(as_("department:fire"), "/escalations")[0]["state"] == "running"


def test_a_link_that_is_none_says_nothing_and_is_not_tried_for_long(as_: As) -> None:
    visitor = as_()
    answers = [visitor.get(f"/n/guess-{number}") for number in range(12)]
    assert {one.status_code for one in answers} == {404, 429}
    assert "链接无效" in answers[0].text
