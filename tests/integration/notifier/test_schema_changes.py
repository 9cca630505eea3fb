"""`POST /schema-changes`: every department is notified once on its topic, and a day that was announced stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.chassis.database.work import Workshop
from services.contracts.departments import departments
from services.contracts.registry import EVENTS
from services.contracts.subscription_events import SchemaAnnounced
from services.notifier.app import announce_schema
from tests.integration.applications import As
from tests.integration.notifier.conftest import NOW
from tests.integration.notifier.events import sent

OLD, NEW = "department.ticket_told.v1", "department.ticket_told.v2"


@pytest.fixture(autouse=True)
def _a_second_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EVENTS, NEW, EVENTS[OLD])
    monkeypatch.setattr(announce_schema, "_carried", lambda: {OLD, NEW})


def body(days: int = 30, **more: Any) -> dict[str, Any]:
    return {"old": OLD, "new": NEW, "new_alone_from": (NOW + timedelta(days=days)).date().isoformat(), **more}


def test_each_department_is_notified_once_however_often_it_is_asked(workshop: Workshop, as_: As) -> None:
    admin = as_("admin")
    assert [admin.post("/schema-changes", json=body()).json() for _ in range(2)] == [
        {"told": len(departments())},
        {"told": 0},
    ]
    announcements = sent(workshop)
    assert [topic for topic, _ in announcements] == [f"departments.{code}" for code in departments()]
    assert {(event.old, event.new) for _, event in announcements if isinstance(event, SchemaAnnounced)} == {(OLD, NEW)}


@pytest.mark.parametrize(
    ("asked", "field", "why"),
    [
        (body(29), "new_alone_from", "gives less than 30 days"),
        (body(new="department.ticket_told.v9"), "new", "do not carry"),
        (body(old="everything"), "old", "is no type of a message"),
    ],
    ids=["too soon", "not carried", "no type"],
)
def test_a_change_that_does_not_stand_is_refused_and_nobody_is_notified(
    workshop: Workshop, as_: As, asked: dict[str, Any], field: str, why: str
) -> None:
    refused = as_("admin").post("/schema-changes", json=asked)
    assert refused.status_code == 422
    assert (refused.json()["errors"][0]["field"], why in refused.text) == (f"body.{field}", True), refused.text
    assert sent(workshop) == []


def test_another_day_than_the_announced_one_is_refused(as_: As) -> None:
    assert as_("admin").post("/schema-changes", json=body(30)).status_code == 201
    refused = as_("admin").post("/schema-changes", json=body(60))
    assert (refused.status_code, "was announced as" in refused.text) == (422, True)


@pytest.mark.parametrize("role", ["hub", "supervisor", "department:housing"])
def test_an_administrator_alone_announces(role: str, as_: As) -> None:
    assert as_(role).post("/schema-changes", json=body()).status_code == 403
