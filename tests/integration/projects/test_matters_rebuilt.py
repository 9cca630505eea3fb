"""Matters out of the topics alone: who is of which, what people said, and what goes on from there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.tables import outbox
from services.chassis.database.work import Workshop
from services.chassis.messaging.wire import unpack_headers
from services.contracts.event import Envelope
from services.contracts.registry import EVENTS
from services.projects.files.rules import FILE, load_rules
from services.projects.jobs.rebuild import ticket_events
from services.projects.jobs.rebuild.own_events import OwnEvents
from services.projects.store.matter_tables import matter_choices, traces
from services.projects.store.matter_tables import matters as matters_table
from services.projects.store.rebuilt_matters import restore_matters
from tests.harness.fixtures import NewDatabase
from tests.harness.term_key import TERM_KEY
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import envelope, take, ticket_id
from tests.integration.projects.issues import issues, members
from tests.integration.projects.loop_of import District
from tests.integration.projects.matters import ELSEWHERE, PUMP, background, calls, tickets


@pytest.fixture
def another(new_database: NewDatabase) -> Iterator[Workshop]:
    engine = engine_for(new_database("projects"), name="projects-rebuilt", idle_in_transaction_s=30)
    yield Workshop(engine, FixedClock(NOW), "/310109/projects")
    engine.dispose()


def rows(workshop: Workshop, query: Any) -> list[Any]:
    with workshop.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def rebuilt(live: Workshop, inputs: list[Any], into: Workshop) -> None:
    own = OwnEvents()
    with live.engine.connect() as connection:
        published = connection.execute(select(outbox).order_by(outbox.c.seq)).all()
    own.fold(Envelope.parse(unpack_headers(row.headers), row.value, EVENTS) for row in published)
    with into.engine.begin() as connection:
        envelopes = [envelope(event) for event in inputs]
        ticket_events.fold(connection, envelopes)
        own.write(connection)
        restore_matters(connection, own.choices, load_rules(FILE), TERM_KEY)
        restore_matters(connection, own.choices, load_rules(FILE), TERM_KEY)


def test_members_and_what_people_said_survive_and_the_matter_goes_on(workshop: Workshop, another: Workshop) -> None:
    inputs = [*background(), *calls(PUMP), *calls(ELSEWHERE[:4], first=50), *tickets(30, "夜里很吵", by=30, day=7)]
    take(workshop, *inputs)
    hub = District(workshop).hub
    for ticket, belongs in ((2, False), (30, True)):
        (issue,) = issues(workshop)
        body = {"version": issue.version, "ticket_id": ticket_id(ticket), "belongs": belongs, "reason": "I know"}
        assert hub.post(f"/hot-issues/{issue.id}/membership", json=body).status_code == 200
    rebuilt(workshop, inputs, another)
    for query in (
        select(matter_choices).order_by(matter_choices.c.ticket_id),
        select(traces.c.ticket_id, traces.c.matter_id).order_by(traces.c.ticket_id),
        select(matters_table.c.id, matters_table.c.anchor, matters_table.c.ordinal, matters_table.c.name),
    ):
        assert rows(another, query) == rows(workshop, query)
    later = [*tickets(7, PUMP[0], by=7, day=8), *calls(ELSEWHERE[4:], first=54)]
    (issue,) = issues(another)
    for place in (workshop, another):
        take(place, *later)
    assert members(another, issue.id) == members(workshop, issue.id)
    assert len(issues(another)) == len(issues(workshop)) == 2
    assert {one.id for one in issues(another)} == {one.id for one in issues(workshop)}
