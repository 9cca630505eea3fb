"""Every ticket gets a number of its own: at the same second, from several processes, by import, by migration."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, select, text

from services.chassis.database.database import engine_for
from services.chassis.database.migrate import migrate
from services.chassis.database.work import Workshop
from services.contracts.numbers import ShortKind, number_of_old
from services.contracts.reply_events import ReplyRefused
from services.contracts.ticket_events import Channel, TicketEvent
from services.intake.app.group_commit import GroupCommit
from services.intake.app.ports import Identity
from services.intake.app.receive_ticket import Request
from services.intake.store.follow_up_tables import hot_issues, projects
from services.intake.store.tables import tickets
from tests.harness.fixtures import NewDatabase
from tests.harness.revisions import at_revision
from tests.integration.intake.conftest import Intake, fresh_key
from tests.integration.intake.following import Issue, advanced, take

SECOND = "260701080000"
"""Of the clock of intake's test stand, in Shanghai."""

OLD_TICKET = """
    INSERT INTO tickets (id, version, acted_version, state, channel, occurred_at, received_at, text_version,
                         co_handlers)
    SELECT gen_random_uuid(), 1, 1, 'received', 'phone', at, at, 1, '{}'
      FROM unnest(ARRAY['2026-06-30T15:59:59Z', '2026-06-30T16:00:00Z', '2026-06-30T16:00:00.9Z']::timestamptz[]) AS at
"""
OLD_ISSUE = "7d2f0a3e-58b1-4f6e-9c1d-0b7a4f3e2d10"
OLD_MATTERS = f"""
    INSERT INTO hot_issues (id, version, state, type_code) VALUES ('{OLD_ISSUE}', 1, 'confirmed', 'MJ01');
    INSERT INTO projects (id, version, state) VALUES ('{OLD_ISSUE}', 1, 'need')
"""  # noqa: S608


def request(at: int) -> Request:
    return Request(Identity(None, None, f"楼顶漏雨{at}", None), Channel.PHONE, None, str(uuid4()), b"", "operator")


def numbers(intake: Intake) -> list[str]:
    with intake.workshop.engine.connect() as connection:
        return list(connection.execute(select(tickets.c.number)).scalars())


def test_a_receipt_names_the_number_and_a_repeated_request_the_same(intake: Intake) -> None:
    key, client = fresh_key(), intake.client("hub")
    first, again = (client.post("/tickets", json={"text": "楼顶漏雨"}, headers=key).json() for _ in range(2))
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert first["number"] == again["number"]
    assert first["number"].startswith(SECOND)
    assert client.get(f"/tickets/{first['ticket_id']}").json()["number"] == first["number"]


def test_tickets_of_one_second_received_at_once_on_two_connections_have_numbers_of_their_own(intake: Intake) -> None:
    url = intake.workshop.engine.url.render_as_string(hide_password=False)
    other = engine_for(url, name="another intake", idle_in_transaction_s=30)
    receptions = [
        GroupCommit(workshop, intake.wiring.receive)
        for workshop in (intake.workshop, Workshop(other, intake.clock, intake.workshop.source))
    ]
    with ThreadPoolExecutor(16) as clients:
        receipts = list(clients.map(lambda n: receptions[n % 2].file(request(n)), range(200)))
    other.dispose()
    given = [one.number for one in receipts]
    assert len(set(given)) == len(given) == 200
    assert sorted(given) == sorted(numbers(intake))
    assert {number[:12] for number in given} == {SECOND}


def test_the_rows_of_an_import_have_numbers_beside_those_of_calls(intake: Intake) -> None:
    rows = [{"source_id": str(n), "text": f"楼顶漏雨{n}", "channel": "file"} for n in range(300)]
    batch = {"source": "old", "mode": "history", "tickets": rows}

    def send(do: Callable[[], Any]) -> Any:
        return do()

    hub = intake.client("hub")
    with ThreadPoolExecutor(4) as clients:
        answers = list(clients.map(send, [lambda: hub.post("/tickets/batch", json=batch), *[intake.file] * 20]))
    listed = [one["number"] for one in answers[0].json()["results"]]
    assert len(set(listed)) == 300
    assert len(set(numbers(intake))) == len(numbers(intake)) == 320
    again = intake.client("hub").post("/tickets/batch", json=batch).json()["results"]
    assert [(one["number"], one["repeated"]) for one in again] == [(number, True) for number in listed]


def test_the_last_six_digits_begin_anew_after_a_million(intake: Intake) -> None:
    intake.execute("SELECT setval('ticket_serials', 999999)")
    intake.file()
    assert numbers(intake) == [f"{SECOND}000000"]


def test_a_number_that_was_given_before_is_given_to_nobody_else(intake: Intake) -> None:
    """As when the clock was set back by a million tickets: the receipt fails, and a repetition gets another number."""
    intake.file()
    intake.execute("SELECT setval('ticket_serials', 0, false)")
    key, body = fresh_key(), {"text": "路灯不亮"}
    refused = intake.client("hub").post("/tickets", json=body, headers=key)
    assert refused.status_code >= 500
    assert len(numbers(intake)) == 1
    assert intake.client("hub").post("/tickets", json=body, headers=key).status_code == 202
    assert len(set(numbers(intake))) == 2


def test_every_event_of_a_ticket_carries_its_number(intake: Intake) -> None:
    ticket_id = intake.file()
    intake.classify(ticket_id)
    facts = [event for event in intake.published() if isinstance(event, TicketEvent | ReplyRefused)]
    assert len(facts) == 2
    assert {event.number for event in facts} == {intake.show(ticket_id)["number"]}


def test_an_issue_and_a_project_that_projects_published_before_it_numbered_them_have_numbers(intake: Intake) -> None:
    issue = Issue()
    take(intake, issue.becomes("decided"), advanced(issue, "consulted", 2))
    with intake.workshop.engine.connect() as connection:
        assert connection.execute(select(hot_issues.c.number)).scalar_one() == number_of_old(
            ShortKind.HOT_ISSUE, issue.id
        )
        assert connection.execute(select(projects.c.number)).scalar_one() == number_of_old(
            ShortKind.PROJECT, issue.project_id
        )


# --- migration ------------------------------------------------------------------------------------------------------


def test_a_migration_numbers_what_is_there(new_database: NewDatabase) -> None:
    engine = create_engine(new_database())
    with engine.begin() as connection:
        at_revision(connection, "intake0020")
        connection.execute(text(OLD_TICKET))
        connection.execute(text(OLD_MATTERS))
    migrate("intake", engine.url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        given = list(connection.execute(select(tickets.c.number).order_by(tickets.c.received_at)).scalars())
        issue = connection.execute(select(hot_issues.c.number)).scalar_one()
        next_serial = connection.execute(text("SELECT nextval('ticket_serials')")).scalar_one()
    engine.dispose()
    assert given == ["260630235959000000", "260701000000000001", "260701000000000002"]
    assert issue == number_of_old(ShortKind.HOT_ISSUE, OLD_ISSUE)
    assert next_serial == 3
