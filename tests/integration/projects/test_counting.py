"""Whatever the order, the batches and the repetitions of what projects reads: the same tables, the right counts."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from sqlalchemy import Row, Table, select, text

from services.chassis.database.work import Workshop
from services.contracts.classification_events import TicketClassified
from services.contracts.event import Event
from services.contracts.ticket_events import TicketDispatched, TicketReceived
from services.projects.domain.evidence import Cell
from services.projects.domain.windows import WINDOWS
from services.projects.store.concentrations import Concentration, Scope, concentrations
from services.projects.store.tables import cells, ticket_sightings
from tests.harness.examples import ONE_DATABASE
from tests.harness.waiting import eventually
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import (
    ESTATES,
    classified,
    dispatched,
    envelope,
    received,
    take,
    take_batches,
    ticket_id,
)
from tests.integration.projects.wired import wired

TYPES = st.sampled_from(["MJ01", "XQ04", "OT"])
PLACES = st.sampled_from([None, *ESTATES])


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """What is published of a few tickets in the end, newest versions included, each fact once."""
    events: list[Event] = []
    for ticket in range(draw(st.integers(1, 3))):
        by = draw(st.none() | st.integers(1, 2))
        day = draw(st.integers(-60, 29))
        facts = draw(st.lists(st.booleans(), max_size=3))
        for version, decided in enumerate(facts, start=1):
            if decided:
                events.append(dispatched(ticket, draw(TYPES), draw(PLACES), by=by, day=day, version=version))
            else:
                events.append(received(ticket, by=by, day=day, version=version))
        for version in range(1, draw(st.integers(1, 3))):
            events.append(classified(ticket, draw(TYPES), draw(PLACES), version=version))
    return events


@st.composite
def deliveries(draw: st.DrawFn, events: Sequence[Event]) -> list[list[Event]]:
    """The events in any order, some more than once, in batches."""
    repeated = draw(st.lists(st.sampled_from(events), max_size=4)) if events else []
    order = draw(st.permutations([*events, *repeated]))
    cuts = sorted(draw(st.sets(st.integers(0, len(order)), max_size=3)))
    return [order[start:end] for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True) if start < end]


@ONE_DATABASE
@given(data=st.data())
def test_order_batches_and_repetitions_do_not_matter(workshop: Workshop, data: st.DataObject) -> None:
    events = data.draw(histories())
    _empty(workshop)
    take_batches(workshop, [[event] for event in events])
    in_order = _tables(workshop)
    _empty(workshop)
    take_batches(workshop, data.draw(deliveries(events)))
    assert _tables(workshop) == in_order
    take_batches(workshop, data.draw(deliveries(events)))
    assert _tables(workshop) == in_order


@ONE_DATABASE
@given(data=st.data())
def test_the_counts_are_those_of_the_newest_facts(workshop: Workshop, data: st.DataObject) -> None:
    events = data.draw(histories())
    _empty(workshop)
    take_batches(workshop, data.draw(deliveries(events)))
    for days in WINDOWS:
        assert {found.cell: (found.calls, found.callers) for found in _found(workshop, days)} == _expected(events, days)


def _expected(events: Sequence[Event], days: int) -> dict[Cell, tuple[int, int]]:
    facts: dict[str, TicketReceived | TicketDispatched] = {}
    readings: dict[str, TicketClassified] = {}
    for event in sorted(events, key=lambda event: event.version):
        if isinstance(event, TicketClassified):
            readings[event.ticket_id] = event
        elif isinstance(event, TicketReceived | TicketDispatched):
            facts[event.ticket_id] = event
    callers: dict[Cell, list[str | None]] = {}
    for ticket, fact in facts.items():
        about = fact if fact.type_code else readings.get(ticket)
        age = (NOW - fact.occurred_at).days
        if about and about.type_code not in (None, "OT") and about.place and about.place.estate and age < days:
            callers.setdefault(Cell(about.place.estate, about.type_code), []).append(fact.caller_ref)
    return {cell: (len(calls), len(set(calls) - {None})) for cell, calls in callers.items()}


def test_a_dispatch_outranks_the_reading_and_takes_its_whole_place_along(workshop: Workshop) -> None:
    take(workshop, received(1, by=1), classified(1, "MJ01", "quyang-1"))
    assert [found.cell for found in _found(workshop)] == [Cell("quyang-1", "MJ01")]
    take(workshop, dispatched(1, "XQ04", None, by=1))
    assert _found(workshop) == []
    take(workshop, dispatched(1, "XQ04", "jiaxing-1", by=1, version=3), classified(1, "MJ01", "quyang-2", version=2))
    assert [found.cell for found in _found(workshop)] == [Cell("jiaxing-1", "XQ04")]


def test_the_first_reading_of_a_text_wins(workshop: Workshop) -> None:
    take(workshop, received(1, by=1), classified(1, "MJ01", "quyang-1"))
    take(workshop, classified(1, "XQ04", "quyang-1"))
    assert [found.cell.type_code for found in _found(workshop)] == ["MJ01"]


def test_a_window_takes_its_end_and_leaves_its_start(workshop: Workshop) -> None:
    for ticket, day in enumerate([0, 0.5, 30], start=1):
        take(workshop, dispatched(ticket, "MJ01", "quyang-1", by=ticket, day=day))
    (found,) = _found(workshop, days=30)
    assert (found.calls, found.callers) == (2, 2)
    assert found.last == NOW


def test_anonymous_calls_prove_no_caller_and_one_caller_counts_once(workshop: Workshop) -> None:
    for ticket, by in enumerate([1, 1, None, None, 2], start=1):
        take(workshop, dispatched(ticket, "MJ01", "quyang-1", by=by, day=29))
    (found,) = _found(workshop)
    assert (found.calls, found.callers) == (5, 2)


def test_each_ticket_is_counted_once_in_the_metrics(workshop: Workshop) -> None:
    def counted() -> list[float]:
        name = "closedloop_tickets_counted_total"
        outcomes = ("known", "anonymous")
        return [REGISTRY.get_sample_value(name, {"outcome": outcome}) or 0 for outcome in outcomes]

    before = counted()
    take(workshop, received(1, by=1, day=0), classified(2, "MJ01", "quyang-1"))
    assert counted() == before
    take(workshop, classified(1, "MJ01", "quyang-1"), received(2, by=1, day=20))
    take(workshop, dispatched(1, "MJ01", "quyang-1", by=1), dispatched(3, "MJ01", "quyang-1", day=20))
    take(workshop, dispatched(4, "MJ01", "quyang-1", by=1, day=51), dispatched(5, "OT", "quyang-1", by=1))
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [3, 1]


@pytest.mark.parametrize(
    "other",
    [
        classified(2, "MJ01", "quyang-1"),
        classified(1, "MJ01", "quyang-2", version=2),
        dispatched(3, "XQ04", "jiaxing-1"),
    ],
    ids=["another ticket of the cell", "the same ticket", "a ticket that leaves the cell"],
)
def test_who_counts_in_a_cell_waits_for_whoever_is_counting_there(workshop: Workshop, other: Event) -> None:
    take(workshop, classified(3, "MJ01", "quyang-1"), classified(4, "MJ01", "quyang-2"))
    second = threading.Thread(target=take, args=(workshop, other))
    with workshop.open() as work:
        wired(workshop).count([envelope(classified(1, "MJ01", "quyang-1"))], work)
        second.start()
        eventually(lambda: _waiting(workshop) == 1, within=10, what="the second counter's wait")
    second.join(60)
    assert not second.is_alive()


@pytest.mark.parametrize("table", [ticket_sightings, cells], ids=["tickets", "cells"])
def test_locks_are_taken_in_one_order_whatever_the_order_of_the_events(workshop: Workshop, table: Table) -> None:
    events = [classified(number, "MJ01", estate) for number, estate in enumerate(sorted(ESTATES))]
    take_batches(workshop, [[event] for event in reversed(events)])
    key = table.primary_key.columns[0]
    second = threading.Thread(target=take, args=(workshop, *reversed(events)))
    with workshop.engine.begin() as holder, workshop.engine.begin() as asker:
        holder.execute(select(table).order_by(key).limit(1).with_for_update())
        second.start()
        eventually(lambda: _waiting(workshop) == 1, within=10, what="the wait for the first row")
        free = select(table).order_by(key.desc()).limit(1).with_for_update(skip_locked=True)
        assert asker.execute(free).one()[0] == (ticket_id(2) if table is ticket_sightings else max(ESTATES))
    second.join(60)
    assert not second.is_alive()


def test_counters_of_the_same_tickets_and_cells_in_opposite_order_do_not_deadlock(workshop: Workshop) -> None:
    failures: list[BaseException] = []
    rounds, tickets = 20, range(12)
    estates = list(ESTATES)

    def count(topic: int) -> None:
        try:
            for version in range(1, rounds + 1):
                if topic:
                    read = (classified(t, "MJ01", estates[(t + version) % 3], version=version) for t in tickets[::-1])
                    take(workshop, *read)
                else:
                    take(workshop, *(dispatched(t, "XQ04", estates[t % 3], by=t, version=version) for t in tickets))
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=count, args=(topic,)) for topic in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert [(found.calls, found.callers) for found in _found(workshop)] == [(4, 4)] * 3


def test_a_page_of_concentrations_reads_the_index_and_not_the_table(workshop: Workshop) -> None:
    with workshop.open() as work:
        work.connection.execute(
            text(
                "INSERT INTO ticket_sightings (ticket_id, ticket_version, occurred_at, decided_type, decided_estate)"
                " SELECT n::text, 1, timestamptz '2026-01-01' + n * interval '1 minute', 'MJ01', 'estate-' || n % 500"
                " FROM generate_series(1, 20000) AS n"
            )
        )
        work.connection.execute(text("INSERT INTO cells SELECT DISTINCT estate, type_code FROM ticket_sightings"))
        work.connection.execute(text("ANALYZE"))
    before = _rows_read_by_scan(workshop)
    with workshop.open() as work:
        page = concentrations(work.connection, Scope(), WINDOWS[7], NOW.replace(month=1, day=14), None, 10)
    assert len(page) == 10
    assert _rows_read_by_scan(workshop) == before


def _rows_read_by_scan(workshop: Workshop) -> int:
    with workshop.engine.connect() as connection:  # the pool's one connection, which did the work before
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        connection.commit()
        read = "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'ticket_sightings'"
        return int(connection.execute(text(read)).scalar_one())


def _found(workshop: Workshop, days: int = 30) -> list[Concentration]:
    with workshop.open() as work:
        return concentrations(work.connection, Scope(), WINDOWS[days], NOW, None, 100)


def _tables(workshop: Workshop) -> list[Sequence[Row[Any]]]:
    with workshop.open() as work:
        return [
            work.connection.execute(select(table).order_by(*table.primary_key)).all()
            for table in (ticket_sightings, cells)
        ]


def _empty(workshop: Workshop) -> None:
    with workshop.open() as work:
        work.connection.execute(text("TRUNCATE ticket_sightings, cells"))


def _waiting(workshop: Workshop) -> int:
    with workshop.engine.connect() as connection:
        locks = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return int(connection.execute(text(locks)).scalar_one())
