"""Lists are complete and stable page by page, and cost no more when the table is large."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.contracts.ticket_events import Place
from services.intake.domain.steps import TicketState
from tests.integration.intake.conftest import Intake, Stands
from tests.integration.intake.large_table import FILL, plans, statements


def pages(client: TestClient, limit: int, **asked: Any) -> Iterator[list[dict[str, Any]]]:
    cursor: str | None = None
    while True:
        asked_for = {"limit": limit, **asked} | ({"cursor": cursor} if cursor else {})
        answer = client.get("/tickets", params=asked_for)
        assert answer.status_code == 200, answer.text
        yield answer.json()["items"]
        cursor = answer.json()["next"]
        if cursor is None:
            return


@pytest.mark.parametrize("limit", [1, 3, 5, 15, 200])
def test_pages_hold_every_ticket_once_newest_first(intake: Intake, limit: int) -> None:
    filed = []
    for number in range(15):
        if number % 5 == 0:  # several at the same moment: the id decides
            intake.clock.advance(timedelta(seconds=1))
        filed.append(intake.file())
    for ticket_id in filed[::2]:
        intake.classify(ticket_id)
    for role in ("hub", "department:housing"):
        seen = [ticket for page in pages(intake.client(role), limit) for ticket in page]
        expected = filed if role == "hub" else filed[::2]
        assert sorted(ticket["ticket_id"] for ticket in seen) == sorted(expected)
        keys = [(ticket["received_at"], ticket["ticket_id"]) for ticket in seen]
        assert keys == sorted(keys, reverse=True)


def test_what_comes_in_meanwhile_neither_repeats_nor_hides_a_ticket(intake: Intake) -> None:
    filed = []
    for _ in range(7):
        intake.clock.advance(timedelta(seconds=1))
        filed.append(intake.file())
    seen: list[str] = []
    for page in pages(intake.client("hub"), 2):
        seen += [ticket["ticket_id"] for ticket in page]
        intake.clock.advance(timedelta(seconds=1))
        intake.file()
        intake.classify(filed[3])
    assert seen == filed[::-1]


def test_a_list_shows_the_facts_and_not_the_text(intake: Intake) -> None:
    ticket_id = intake.file(text="凉城路1201弄12号602漏水")
    intake.classify(ticket_id)
    (ticket,) = intake.client("hub").get("/tickets").json()["items"]
    shown = intake.show(ticket_id)
    apart = (
        "text",
        "address",
        "settlement",
        "clocks",
        "merged",
        "attachments",
        "tellings",
        "caller_readings",
        "history",
    )
    assert ticket == {name: value for name, value in shown.items() if name not in apart}
    place = {"sub_district": "310109016", "estate": "liangcheng-2", "estate_name": "凉城二村", "building": None}
    assert ticket["place"] == place


def test_a_place_of_which_the_sub_district_alone_is_known_is_shown(intake: Intake) -> None:
    ticket_id = intake.file()
    intake.classify(ticket_id, place=Place(sub_district="310109010"))
    shown = {"sub_district": "310109010", "estate": None, "estate_name": None, "building": None}
    assert intake.show(ticket_id)["place"] == shown


def test_the_summary_counts_by_state(intake: Intake) -> None:
    assert intake.client("hub").get("/tickets/summary").json() == {}
    for ticket_id in [intake.file() for _ in range(3)][:1]:
        intake.classify(ticket_id)
    assert intake.client("hub").get("/tickets/summary").json() == {"received": 2, "dispatched": 1}


# A large table

MANY = 50_000
ASKED = {
    "the hub's list": ("hub", "/tickets?limit=50"),
    "a later page": ("hub", "/tickets?limit=50&cursor={cursor}"),
    "one state": ("hub", "/tickets?limit=50&state=in review"),
    "a state with none": ("hub", "/tickets?limit=50&state=classified"),
    "a department": ("department:dep-3", "/tickets?limit=50"),
    "a department with few and old ones": ("department:fire", "/tickets?limit=50"),
    "a department without any": ("department:market", "/tickets?limit=50"),
    "a department's state": ("department:dep-1", "/tickets?limit=50&state=received"),
    "a sub-district": ("subdistrict:310109012", "/tickets?limit=50"),
    "a sub-district's state": ("subdistrict:310109012", "/tickets?limit=50&state=in review"),
    "one ticket": ("hub", "/tickets/{ticket_id}"),
}


@pytest.fixture
def large(stands: Stands) -> Intake:
    return stands(
        "test",
        FILL,
        "INSERT INTO ticket_texts SELECT id, 1, 'text' FROM tickets",
        "INSERT INTO ticket_history SELECT id, 1, received_at, 'receive', 'received', 'operator' FROM tickets",
        "INSERT INTO settlements SELECT id, 4, 'answer' FROM tickets",
        "INSERT INTO attachments (id, ticket_id, purpose, at, actor, recording)"
        " SELECT id, id, 'evidence', received_at, 'operator', 'records/1' FROM tickets",
        "INSERT INTO tellings"
        " (id, ticket_id, person, occasion, occurrence, facts, way, state, planned_at, not_before)"
        " SELECT id, id, caller_ref, 'received', id::text, '{}', 'sms', 'sent', received_at, received_at FROM tickets",
        "INSERT INTO caller_readings (id, ticket_id, reader, purpose, outcome, at)"
        " SELECT id, id, 'li', 'audit', 'read', received_at FROM tickets",
        """
        INSERT INTO clocks
            (ticket_id, kind, since, rule, rules_version, calendar_known, started_at, warn_at, due_at, paused)
        SELECT id, 'settle', 3, 'settle', 1, true, received_at, received_at, received_at, interval '0' FROM tickets
        """,
        "ANALYZE",
    )


def test_whatever_is_asked_of_a_large_table_reads_a_page_of_an_index(large: Intake) -> None:
    client = large.client("hub")
    first = client.get("/tickets?limit=50").json()
    known = {"cursor": first["next"], "ticket_id": first["items"][0]["ticket_id"]}
    for what, (role, url) in ASKED.items():
        with statements(large) as asked:
            answer = large.client(role).get(url.format(**known))
        assert answer.status_code == 200, what
        read = plans(large, asked)
        assert asked, what
        assert not [node for node in read if node["Node Type"] == "Seq Scan"], what
        rows = sum(node["Actual Rows"] * node["Actual Loops"] for node in read if "Index Name" in node)
        assert rows <= len(TicketState) * 50, (what, rows)


def test_a_department_finds_its_few_old_tickets_in_a_large_table(large: Intake) -> None:
    seen = [ticket for page in pages(large.client("department:fire"), 7) for ticket in page]
    assert len(seen) == 20
    assert {ticket["lead"] for ticket in seen} == {"fire"}


def test_the_summary_of_a_large_table_reads_the_index_of_states(large: Intake) -> None:
    with large.workshop.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM tickets")
    with statements(large) as asked:
        answer = large.client("hub").get("/tickets/summary")
    assert sum(answer.json().values()) == MANY
    assert [node["Index Name"] for node in plans(large, asked) if "Index Name" in node] == ["tickets_states"]
