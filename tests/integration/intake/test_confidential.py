"""What is restricted reaches its lead and the hub; a report of a department never reaches the department."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.contracts.classification_events import Sensitive
from services.contracts.departments import departments
from services.contracts.event import Envelope
from services.contracts.reply_events import ReplyRefused, TicketSignReplied
from services.contracts.ticket_events import Place, TicketDispatched, TicketSentToReview
from services.intake.domain.scope import TicketScope
from services.intake.store.tables import tickets
from services.intake.store.ticket_scope import listed_within
from tests.integration.intake.conftest import NOW, Intake, fresh_key, problem

HERE = Place(sub_district="310109016", estate="liangcheng-2", estate_name="凉城二村")
HUB, LEAD = ("hub",), ("department:housing",)
KEPT_OUT: Mapping[str, tuple[str, ...]] = {
    "helper": ("department:liangcheng",),
    "foreign department": ("department:market",),
    "sub-district": ("subdistrict:310109016",),
    "supervisor": ("supervisor",),
    "admin": ("admin",),
}
LISTS = (
    "/tickets", "/tickets?state=dispatched", "/tickets/{other}/related", "/handover", "/city/messages", "/follow-ups",
    "/follow-ups/messages", "/pages/inbox", "/pages/inbox?tab=to-sign&of=310109016", "/pages/handover",
    "/pages/tickets/{other}",
)  # fmt: skip
PAGES_OF_ONE = (
    "/tickets/{id}", "/tickets/{id}/related", "/tickets/{id}/attachments", "/pages/tickets/{id}",
)  # fmt: skip
SECRET = "孩子在楼道里被打"


@pytest.fixture
def restricted(intake: Intake) -> tuple[str, str]:
    """A restricted ticket, and an open one of the same matter, both led by housing."""
    first, other = intake.file(text=SECRET), intake.file()
    intake.classify(first, place=HERE, sensitive=Sensitive.MINOR)
    intake.classify(other, place=HERE)
    return first, other


def answers(intake: Intake, roles: tuple[str, ...], paths: tuple[str, ...], **ids: str) -> dict[str, Any]:
    client = intake.client(*roles)
    return {path: client.get(path.format(**ids)) for path in paths}


@pytest.mark.parametrize("who", KEPT_OUT)
def test_a_restricted_ticket_is_on_no_list_and_no_page_of(
    intake: Intake, restricted: tuple[str, str], who: str
) -> None:
    first, other = restricted
    for path, answer in answers(intake, KEPT_OUT[who], LISTS, other=other).items():
        assert first not in answer.text, path
        assert SECRET not in answer.text, path
    for path, answer in answers(intake, KEPT_OUT[who], PAGES_OF_ONE, id=first).items():
        assert answer.status_code == 404, path
    answer = intake.client(*KEPT_OUT[who]).get(f"/tickets/{other}")
    assert answer.status_code == (404 if who == "foreign department" else 200)


@pytest.mark.parametrize("roles", [HUB, LEAD])
def test_a_restricted_ticket_is_where_it_belongs(intake: Intake, restricted: tuple[str, str], roles: Any) -> None:
    first, other = restricted
    for path, answer in answers(intake, roles, PAGES_OF_ONE, id=first).items():
        assert answer.status_code == 200, path
    lists = ("/tickets", "/tickets/{other}/related", "/pages/inbox?tab=to-sign")
    for path, answer in answers(intake, roles, lists, other=other).items():
        assert first in answer.text, path
    assert intake.show(first)["co_handlers"] == []


def test_whoever_it_is_assigned_to_sees_it(intake: Intake, restricted: tuple[str, str]) -> None:
    first, _ = restricted
    client = intake.client("department:market", subject="li")
    problem(client.get(f"/tickets/{first}"), 404)
    step(intake, first, "assignee", 200, person="li")
    assert client.get(f"/tickets/{first}").status_code == 200


def test_nobody_is_called_in_to_a_restricted_ticket(intake: Intake, restricted: tuple[str, str]) -> None:
    problem(step(intake, restricted[0], "co-handlers", 422, unit="fire", reason="要一起办"), 422, field="unit")


def test_what_is_linked_to_a_restricted_ticket_is_hidden_with_it(intake: Intake, restricted: tuple[str, str]) -> None:
    first, other = restricted
    step(intake, other, "merge", 200, into=first, reason="同一件事")
    problem(intake.client("supervisor").get(f"/tickets/{other}"), 404)
    joined = intake.client("hub").post(
        f"/tickets/{first}/followers", json={"caller": {"phone": "13812345678"}}, headers=fresh_key()
    )
    problem(intake.client("supervisor").get(f"/tickets/{joined.json()['ticket_id']}"), 404)


def test_a_hidden_ticket_is_not_named_by_the_one_it_is_linked_to(intake: Intake, restricted: tuple[str, str]) -> None:
    first, other = restricted
    step(intake, first, "merge", 200, into=other, reason="同一件事")
    assert intake.client("supervisor").get(f"/tickets/{other}").json()["merged"] == []
    assert intake.show(other)["merged"] == [first]


# --- reports of a department ----------------------------------------------------------------------------------------


def report(intake: Intake, unit: str = "housing", **reading: Any) -> str:
    ticket_id = intake.file(text="举报：该单位收受好处", about_unit=unit)
    intake.classify(ticket_id, place=HERE, **reading)
    return ticket_id


def step(intake: Intake, ticket_id: str, path: str, status: int, **body: Any) -> Any:
    version = intake.show(ticket_id)["version"]
    answer = intake.client("hub").post(f"/tickets/{ticket_id}/{path}", json={"version": version, **body})
    assert answer.status_code == status, answer.text
    return answer


@pytest.mark.parametrize("unit", ["housing", "liangcheng"])
def test_a_report_of_a_unit_to_which_the_catalogue_would_send_it_waits_for_a_person(intake: Intake, unit: str) -> None:
    ticket = intake.show(report(intake, unit))
    assert (ticket["state"], ticket["about_unit"]) == ("in review", unit)
    assert ticket["review"] == {"code": "about unit", "type_code": "MJ01", "unit": unit}
    assert intake.published()[-1].model_dump()["review_code"] == "about unit"
    shown = intake.client("hub").get(f"/pages/tickets/{ticket['ticket_id']}", headers={"Accept-Language": "zh"}).text
    assert f"反映的是{departments()[unit].name_cn}本身" in shown


def test_a_report_of_another_unit_is_dispatched(intake: Intake) -> None:
    report(intake, "market")
    assert isinstance(intake.published()[-1], TicketDispatched)
    assert not any(isinstance(event, TicketSentToReview) for event in intake.published())


def test_the_hub_cannot_give_it_to_the_reported_unit(intake: Intake) -> None:
    ticket_id = report(intake)
    known = {"type_code": "MJ01", "reason": "看过了"}
    problem(step(intake, ticket_id, "dispatch", 422, lead="housing", **known), 422, field="lead")
    problem(step(intake, ticket_id, "dispatch", 422, **known), 422, field="lead")
    step(intake, ticket_id, "dispatch", 200, lead="fire", **known)
    problem(step(intake, ticket_id, "redispatch", 422, lead="housing", reason="改派"), 422, field="lead")
    problem(step(intake, ticket_id, "co-handlers", 422, unit="housing", reason="加派"), 422, field="unit")
    step(intake, ticket_id, "return", 200, note="不归我们")
    problem(step(intake, ticket_id, "return/upholding", 422, lead="housing", reason="归它"), 422, field="lead")
    assert "housing" not in intake.show(ticket_id)["co_handlers"]


def test_the_hub_names_the_reported_unit_when_it_dispatches(intake: Intake) -> None:
    ticket_id = intake.file()
    intake.classify(ticket_id, type_code="OT", place=HERE)
    known = {"type_code": "MJ01", "reason": "是举报", "about_unit": "housing"}
    problem(step(intake, ticket_id, "dispatch", 422, **known), 422, field="lead")
    step(intake, ticket_id, "dispatch", 200, lead="fire", **known)
    assert intake.show(ticket_id)["about_unit"] == "housing"
    problem(intake.client(*LEAD).get(f"/tickets/{ticket_id}"), 404)


def test_a_unit_that_leads_must_lose_the_ticket_before_it_is_named(intake: Intake) -> None:
    ticket_id = intake.file()
    intake.classify(ticket_id, place=HERE)
    named = {"about_unit": "housing", "reason": "是举报"}
    problem(step(intake, ticket_id, "reclassification", 422, **named), 422, field="about_unit")
    step(intake, ticket_id, "redispatch", 200, lead="fire", reason="回避")
    step(intake, ticket_id, "reclassification", 200, **named)
    problem(intake.client(*LEAD).get(f"/tickets/{ticket_id}"), 404)
    step(intake, ticket_id, "reclassification", 200, about_unit="nobody", reason="并非举报")
    assert intake.show(ticket_id)["about_unit"] is None


@pytest.mark.parametrize("unit", ["nobody", "no-such-unit"])
def test_only_a_department_can_be_reported(intake: Intake, unit: str) -> None:
    body = {"text": "举报", "about_unit": unit}
    problem(intake.client("hub").post("/tickets", json=body, headers=fresh_key()), 422, field="about_unit")


@pytest.mark.parametrize("unit", ["liangcheng", "market"])
def test_a_report_is_on_no_list_and_no_page_of_the_reported_unit(intake: Intake, unit: str) -> None:
    ticket_id, other = report(intake, unit), intake.file()
    intake.classify(other, place=HERE)
    step(intake, ticket_id, "reclassification", 200, reason="举报")
    roles = [(f"department:{unit}",), *([("subdistrict:310109016",)] if unit == "liangcheng" else [])]
    for roles_of_one in roles:
        for path, answer in answers(intake, roles_of_one, LISTS, other=other).items():
            assert ticket_id not in answer.text, path
        for path, answer in answers(intake, roles_of_one, PAGES_OF_ONE, id=ticket_id).items():
            assert answer.status_code == 404, path
    assert intake.client("supervisor").get(f"/tickets/{ticket_id}").status_code == 200


def test_a_ticket_about_a_unit_is_not_linked_to_one_that_the_unit_leads(intake: Intake) -> None:
    about, led = report(intake), intake.file()
    intake.classify(led, place=HERE)
    problem(step(intake, about, "merge", 422, into=led, reason="同一件事"), 422, field="into")
    step(intake, about, "dispatch", 200, type_code="MJ01", lead="fire", reason="回避")
    problem(step(intake, led, "merge", 422, into=about, reason="同一件事"), 422, field="into")


def test_a_reply_of_the_reported_unit_finds_no_such_ticket(intake: Intake) -> None:
    ticket_id = report(intake, "market")
    reply = TicketSignReplied(version=1, ticket_id=ticket_id, actor="li")
    envelope = Envelope(uuid4(), "/market", NOW, reply, topic="departments.market.replies")
    with intake.workshop.open() as work:
        intake.wiring.replies(envelope, work)
    refused = intake.published()[-1]
    assert isinstance(refused, ReplyRefused)
    assert "there is no such ticket of yours" in refused.reason
    assert refused.current_state is None


def test_an_import_names_the_reported_unit(intake: Intake) -> None:
    row = {"source_id": "1", "text": "举报", "about_unit": "housing", "occurred_at": "2026-06-01T08:00:00+08:00"}
    answer = intake.client("hub").post("/tickets/batch", json={"source": "s", "mode": "live", "tickets": [row]})
    assert intake.show(answer.json()["results"][0]["ticket_id"])["about_unit"] == "housing"


# --- the rule, and its SQL ------------------------------------------------------------------------------------------

LEADS, ABOUT = (None, "housing", "market"), (None, "housing", "liangcheng", "market")
READERS = [
    TicketScope(frozenset(own), frozenset(there), whole)
    for own, there, whole in product(
        ((), ("housing",), ("housing", "market"), ("liangcheng",)), ((), ("310109016",)), (False, True)
    )
]


@pytest.fixture
def every_kind(intake: Intake) -> Intake:
    """A ticket of each kind that the rule tells apart."""
    for lead, about, where, hidden in product(LEADS, ABOUT, ("310109016", "310109010"), (False, True)):
        ticket_id = intake.file()
        lead_sql, about_sql = (f"'{one}'" if one else "NULL" for one in (lead, about))
        intake.execute(
            f"UPDATE tickets SET lead = {lead_sql}, about_unit = {about_sql}, sub_district = '{where}',"  # noqa: S608
            f" restricted = {hidden} WHERE id = '{ticket_id}'"
        )
    return intake


def test_the_lists_hold_exactly_what_the_rule_says(every_kind: Intake) -> None:
    with every_kind.workshop.engine.connect() as connection:
        rows = connection.execute(select(tickets)).all()
        assert len(rows) == len(LEADS) * len(ABOUT) * 4
        for reader in READERS:
            found = {
                ticket_id
                for condition in listed_within(reader)
                for ticket_id in connection.execute(select(tickets.c.id).where(condition)).scalars()
            }
            assert found == {row.id for row in rows if reader.holds(row)}, reader
