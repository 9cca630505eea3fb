"""The directory of officers over HTTP: who keeps it, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from services.chassis.database.work import Workshop
from services.notifier.store.officer_tables import officer_ways, officers
from tests.integration.applications import As
from tests.integration.notifier.directory import officer


def listed(client: TestClient, **asked: str) -> list[tuple[str, str, str]]:
    answer = client.get("/officers", params=asked)
    assert answer.status_code == 200, answer.text
    return [(one["unit"], one["post"], one["name"]) for one in answer.json()["items"]]


def faults(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [one["field"] for one in answer.json()["errors"]]


def test_an_officer_is_added_and_added_again_with_other_ways(as_: As, workshop: Workshop) -> None:
    hub = as_("hub")
    first = hub.post("/officers", json=officer())
    assert (first.status_code, first.json()["added"]) == (201, True)
    ways = [{"channel": "sms", "address": "13900000000"}, {"channel": "wecom", "address": "key-of-the-group"}]
    again = hub.post("/officers", json=officer(language="en", ways=ways))
    assert again.json() == {"officer_id": first.json()["officer_id"], "added": False}
    (found,) = hub.get("/officers").json()["items"]
    assert (found["language"], found["ways"]) == ("en", ways)


def test_a_department_keeps_its_own_alone(as_: As) -> None:
    own, other = as_("department:housing"), as_("department:fire")
    assert own.post("/officers", json=officer()).status_code == 201
    refused = other.post("/officers", json=officer())
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:closedloop:problem:not-yours")
    assert listed(own) == [("housing", "duty", "李伟")]
    assert listed(other) == []
    assert other.get("/officers", params={"unit": "housing"}).status_code == 403
    (found,) = own.get("/officers").json()["items"]
    assert other.delete(f"/officers/{found['officer_id']}").status_code == 404
    assert own.delete(f"/officers/{found['officer_id']}").status_code == 204
    assert listed(own) == []


@pytest.mark.parametrize("role", ["supervisor", "admin", "subdistrict:310109010", "identity-reader", "deputy"])
def test_names_and_addresses_are_for_no_other_role(role: str, as_: As) -> None:
    assert as_(role).get("/officers").status_code == 403


def test_a_batch_replaces_the_units_that_it_names_and_no_others(as_: As, workshop: Workshop) -> None:
    hub = as_("hub")
    for one in (officer(), officer(name="王芳", post="leader"), officer(unit="fire", name="赵强")):
        hub.post("/officers", json=one)
    batch = [officer(), officer(name="陈静", post="leader")]
    assert hub.post("/officers/batch", json={"officers": batch}).json() == {"added": 1, "kept": 1, "removed": 1}
    assert listed(hub) == [("fire", "duty", "赵强"), ("housing", "duty", "李伟"), ("housing", "leader", "陈静")]
    assert hub.post("/officers/batch", json={"officers": batch}).json() == {"added": 0, "kept": 2, "removed": 0}
    with workshop.open() as work:
        gone = work.connection.execute(select(officers.c.officer_id).where(~officers.c.active)).scalars().all()
        ways = work.connection.execute(select(officer_ways).where(officer_ways.c.officer_id.in_(gone))).all()
    assert (len(gone), ways) == (1, []), "the addresses of who is told no more are deleted"


def test_a_batch_with_faults_names_each_and_changes_nothing(as_: As) -> None:
    hub = as_("hub")
    hub.post("/officers", json=officer())
    batch = [
        officer(unit="ministry"),
        officer(post="representative"),
        officer(ways=[{"channel": "sms", "address": "021-12345"}, {"channel": "email", "address": "nobody"}]),
        officer(name="陈静"),
        officer(name="陈静"),
    ]
    answer = hub.post("/officers/batch", json={"officers": batch})
    assert faults(answer) == [
        "body.officers.0.unit",
        "body.officers.1.post",
        "body.officers.2.ways.0.address",
        "body.officers.2.ways.1.address",
        "body.officers.3.name",
        "body.officers.4.name",
    ]
    assert "021-12345" not in answer.text
    assert listed(hub) == [("housing", "duty", "李伟")]


@pytest.mark.parametrize("name", ["", "李 ", "13900000000", "a@b.cn", "李伟（13900000000）", "x" * 41])
def test_a_name_is_letters(name: str, as_: As) -> None:
    assert faults(as_("hub").post("/officers", json=officer(name=name))) == ["body.name"]


def test_who_would_not_be_reached_is_found(as_: As) -> None:
    hub = as_("hub")
    added = hub.post("/officers", json=officer(ways=[])).json()
    found = hub.get("/officers", params={"unit": "housing"}).json()["findings"]
    assert found == [
        {"kind": "no_leader", "unit": "housing", "officer_id": None},
        {"kind": "no_way", "unit": "housing", "officer_id": added["officer_id"]},
    ]
    everywhere = hub.get("/officers").json()["findings"]
    assert {"kind": "no_duty_officer", "unit": "fire", "officer_id": None} in everywhere
    assert {"kind": "no_duty_officer", "unit": "congress", "officer_id": None} in everywhere
    assert {"kind": "no_leader", "unit": "congress", "officer_id": None} not in everywhere


@pytest.mark.parametrize("address", ["noreply@example.gov.cn", "MAILER-DAEMON@example.gov.cn"])
def test_a_machine_s_mailbox_is_refused_at_once(address: str, as_: As) -> None:
    refused = as_("hub").post("/officers", json=officer(ways=[{"channel": "email", "address": address}]))
    assert faults(refused) == ["body.ways.0.address"]
    assert "a person or a desk" in refused.text
    assert address not in refused.text


def test_a_dry_run_counts_and_changes_nothing(as_: As) -> None:
    hub = as_("hub")
    hub.post("/officers", json=officer())
    batch = {"officers": [officer(name="陈静")]}
    counted = hub.post("/officers/batch", params={"dry_run": True}, json=batch).json()
    assert counted == {"added": 1, "kept": 0, "removed": 1}
    assert listed(hub) == [("housing", "duty", "李伟")]
    assert hub.post("/officers/batch", json=batch).json() == counted
