"""A batch does what its events would do one by one, to the last column and the last event."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from services.chassis.database.tables import outbox, timers
from services.chassis.database.work import Work, Workshop
from services.chassis.messaging.wire import unpack_headers
from services.contracts.event import Envelope, Event
from services.contracts.registry import EVENTS
from services.contracts.ticket_events import RequestKind, TicketMerged, TicketReclassified, TicketUnmerged
from services.projects.domain.sighting import Sighting
from services.projects.files.rules import FILE, RulesInForce
from services.projects.store.sightings import known_sightings
from services.projects.store.tables import cells, metadata, ticket_sightings
from services.projects.wiring import ProjectsWiring
from tests.harness.term_key import TERM_KEY
from tests.integration.projects.events import (
    ESTATES,
    classified,
    considered_again,
    corrected,
    dispatched,
    envelope,
    read_again,
    received,
    rejected,
    take,
)
from tests.integration.projects.issues import published
from tests.integration.projects.matters import ELSEWHERE, PUMP, background
from tests.integration.projects.matters import tickets as texts
from tests.integration.projects.wired import wired

TYPES, PLACES = st.sampled_from(["MJ01", "MJ01", "XQ04", "OT"]), st.sampled_from([None, "quyang-1", *ESTATES])
KINDS = st.sampled_from([None, None, RequestKind.COMPLAINT, RequestKind.ENQUIRY])
MANY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
LAX = (
    ("distinct_callers: 5", "distinct_callers: 4"),
    ("least_callers: 4", "least_callers: 3"),
    ("factor: 3, past_days: 365, least_past_calls: 6", "factor: 3, past_days: 365, least_past_calls: 1"),
    ("window_days: 7, distinct_callers: 3", "window_days: 7, distinct_callers: 2"),
    ("estates: 12, sub_districts: 4, lasts_days: 3", "estates: 3, sub_districts: 2, lasts_days: 2"),
    ("type_problem: {window_days: 90, estates: 3", "type_problem: {window_days: 90, estates: 2"),
)


@pytest.fixture
def lax(tmp_path: Path) -> RulesInForce:
    """Rules by which a dozen tickets warn, raise issues, make days citywide and propose typical cases."""
    content = FILE.read_text(encoding="utf-8")
    for was, becomes in LAX:
        assert was in content
        content = content.replace(was, becomes, 1)
    file = tmp_path / "lax.yaml"
    file.write_text(content, encoding="utf-8")
    return RulesInForce(file)


@st.composite
def happenings(draw: st.DrawFn) -> list[Event]:
    """What is published of a few tickets of a few callers on a few days, in any order, some of it twice."""
    events: list[Event] = []
    for ticket in range(draw(st.integers(4, 12))):
        facts: dict[str, Any] = {
            "by": draw(st.none() | st.integers(1, 5)),
            "day": draw(st.sampled_from([-90, -20, 10, 10, 10.5, 11, 12, 20])),
            "history": draw(st.sampled_from([None, None, None, True])),
        }
        if draw(st.booleans()):
            events.append(received(ticket, version=1, **facts))
        if draw(st.booleans()):
            events.append(classified(ticket, draw(TYPES), draw(PLACES), kind=draw(KINDS)))
        if draw(st.booleans()):
            events.append(dispatched(ticket, draw(TYPES), draw(PLACES), kind=draw(KINDS), version=2, **facts))
        match draw(st.integers(0, 8)):
            case 0:
                events.append(read_again(ticket, draw(TYPES), draw(PLACES)))
            case 1:
                events.append(rejected(ticket, "MJ01", "quyang-1", version=3, **facts))
                events.append(considered_again(ticket, "MJ01", "quyang-1", version=4, **facts))
            case 2 | 3 | 4 as which:
                what = (TicketReclassified, TicketMerged, TicketUnmerged)[which - 2]
                events.append(corrected(what, ticket, draw(TYPES), draw(PLACES), version=5, **facts))
    repeated = draw(st.lists(st.sampled_from(events), max_size=3)) if events else []
    return draw(st.permutations([*events, *repeated]))


@MANY
@given(data=st.data())
def test_a_batch_is_its_events_one_by_one_in_any_order(
    workshop: Workshop, lax: RulesInForce, data: st.DataObject
) -> None:
    events = data.draw(happenings())
    whole = _what_comes_of(workshop, lax, [events])
    assert whole == _what_comes_of(workshop, lax, [[each] for each in events])


@pytest.mark.parametrize("seed", range(3))
def test_matters_of_no_registered_estate_are_the_same_too(workshop: Workshop, seed: int) -> None:
    events: list[Event] = []
    for place, first in ((PUMP, 1), (ELSEWHERE, 50)):
        for n, words in enumerate(place):
            events += texts(first + n, words, by=first + n, day=1 + n)
    events += [
        dispatched(3, "XQ14", "quyang-1", by=3, day=3),
        rejected(52, "XQ14", None, by=52, day=3),
        considered_again(52, "XQ14", None, by=52, day=3),
    ]
    random.Random(seed).shuffle(events)
    whole = _what_comes_of(workshop, RulesInForce(FILE), [background(), events])
    assert whole == _what_comes_of(workshop, RulesInForce(FILE), [background(), *([each] for each in events)])
    assert len(whole["published"]) > 10


def test_two_events_of_one_ticket_and_two_calls_of_one_caller_in_one_batch(workshop: Workshop) -> None:
    """The caller counts once, and the ticket where its last event says."""
    calls = [dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n / 10) for n in range(1, 6)]
    take(workshop, *calls, dispatched(6, "MJ01", "quyang-1", by=5, day=21), received(7, by=7, day=21))
    take(
        workshop,
        classified(7, "MJ01", "quyang-1"),
        dispatched(7, "MJ01", "quyang-1", by=7, day=21),
        dispatched(8, "MJ01", "quyang-1", by=9, day=22),
        dispatched(9, "MJ01", "quyang-1", by=9, day=22),
    )
    joined = [one for one in published(workshop) if one.type == "hot_issue.member_joined.v1"]
    assert [(one.callers, one.calls) for one in joined[-3:]] == [(6, 7), (7, 8), (7, 9)]  # type: ignore[attr-defined]


def test_what_a_batch_costs_does_not_grow_with_its_events(workshop: Workshop) -> None:
    estates = sorted(ESTATES)

    def batch(first: int, size: int, day: int) -> list[Event]:
        numbers = range(first, first + size)
        return [dispatched(n, "MJ01", estates[n % 3], by=n, day=day + n % 8) for n in numbers]

    take(workshop, *batch(0, 30, day=10))
    few, many = (_statements(workshop, batch(100 * size, size, day=21)) for size in (3, 60))
    assert many == few


@MANY
@given(data=st.data())
def test_the_database_computes_what_the_domain_does(workshop: Workshop, data: st.DataObject) -> None:
    events = data.draw(happenings())
    with _rolled_back(workshop) as work:
        wired(workshop).count([envelope(one) for one in events], work)
        rows = work.connection.execute(select(ticket_sightings)).all()
        known = known_sightings(work.connection, [row.ticket_id for row in rows])
    for row in rows:
        sighting = known[row.ticket_id]
        found = sighting.found
        assert (row.type_code, row.estate, row.sub_district) == (found.type_code, found.estate, found.sub_district)
        counts = row.evidence and row.estate is not None and row.occurred_at is not None
        assert counts == (sighting.counted is not None)
    assert set(known.values()) == {_folded(events, ticket) for ticket in known}


def _folded(events: Sequence[Event], ticket: str) -> Sighting:
    sighting = Sighting(ticket)
    for one in events:
        if one.aggregate_id == ticket:
            recorded: Any = one
            reading = one.type in ("ticket.classified.v1", "ticket.read_again.v1")
            sighting = sighting.record_reading(recorded) if reading else sighting.record_fact(recorded)
    return sighting


@contextmanager
def _rolled_back(workshop: Workshop) -> Iterator[Work]:
    """One transaction that leaves nothing behind, so that a hundred examples cost no commit."""
    with workshop.engine.connect() as connection, connection.begin() as transaction:
        yield Work(connection, workshop.clock, workshop.source)
        transaction.rollback()


def _what_comes_of(
    workshop: Workshop, rules: RulesInForce, batches: Sequence[Sequence[Event]]
) -> dict[str, Sequence[Any]]:
    """All tables and all events. Rows that are there to be locked are left out: a batch may lock more than it needs."""
    projects = ProjectsWiring.of(rules, TERM_KEY)
    with _rolled_back(workshop) as work:
        work.connection.execute(text("ALTER SEQUENCE hot_issue_numbers RESTART"))  # else it goes on after a rollback
        for batch in batches:
            projects.count([envelope(one) for one in batch], work)
            work.flush()
        found: dict[str, Sequence[Any]] = {}
        for table in (one for one in metadata.sorted_tables if one is not cells):
            rows = work.connection.execute(select(table).order_by(*table.primary_key)).all()
            found[table.name] = [row for row in rows if table.name != "type_days" or row.citywide]
        waiting = select(timers.c.kind, timers.c.subject, timers.c.due_at)
        found["timers"] = sorted(work.connection.execute(waiting).all())
        rows = work.connection.execute(select(outbox).order_by(outbox.c.seq)).all()
        found["published"] = [
            (row.topic, Envelope.parse(unpack_headers(row.headers), row.value, EVENTS).event) for row in rows
        ]
        return found


def _statements(workshop: Workshop, events: Sequence[Event]) -> int:
    counted: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        counted.append(statement)

    event.listen(workshop.engine, "before_cursor_execute", count)
    try:
        take(workshop, *events)
    finally:
        event.remove(workshop.engine, "before_cursor_execute", count)
    return len(counted)
