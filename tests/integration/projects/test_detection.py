"""A hot issue comes of its calls: once, of the right ones, in whatever order, batches and repetitions they arrive."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from services.chassis.database.tables import timers
from services.chassis.database.work import Workshop
from services.contracts.classification_events import TicketReadAgain
from services.contracts.event import Event
from services.contracts.hot_issue_events import HotIssueConfirmed, HotIssueMemberJoined, HotIssueWithdrawn
from services.contracts.ticket_events import (
    RequestKind,
    TicketDispatched,
    TicketMerged,
    TicketReclassified,
    TicketUnmerged,
)
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from services.projects.store.tables import hot_issues
from tests.harness.waiting import eventually
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import (
    ESTATES,
    START,
    classified,
    corrected,
    dispatched,
    envelope,
    read_again,
    received,
    take,
    take_batches,
    ticket_id,
)
from tests.integration.projects.issues import empty, issues, members, published
from tests.integration.projects.wired import wired

CELL = Cell("quyang-1", "MJ01")
ISSUE = hot_issue_id(CELL, 0)


def calls(*days: float, first: int = 1, type_code: str = "MJ01", estate: str = "quyang-1") -> list[TicketDispatched]:
    """One call of a caller of their own on each day."""
    return [dispatched(n, type_code, estate, by=n, day=day) for n, day in enumerate(days, start=first)]


def test_the_fifth_caller_opens_an_issue_with_all_five_as_members(workshop: Workshop) -> None:
    take(workshop, *calls(1, 2, 3, 4))
    assert issues(workshop) == published(workshop) == []
    take(workshop, dispatched(5, "MJ01", "quyang-1", by=5, day=6))
    (issue,) = issues(workshop)
    assert (issue.id, issue.state, issue.callers, issue.calls) == (ISSUE, "confirmed", 5, 5)
    assert (issue.lead, issue.sub_district) == ("housing", "310109010")
    assert issue.confirmed_at == issue.last_at == START + timedelta(days=6)
    assert issue.first_at == START + timedelta(days=1)
    confirmed, *joined = published(workshop)
    assert isinstance(confirmed, HotIssueConfirmed)
    assert (confirmed.version, confirmed.callers, confirmed.place.estate) == (2, 5, "quyang-1")
    assert all(isinstance(event, HotIssueMemberJoined) for event in joined)
    assert [(event.version, event.ticket_id) for event in joined] == [(n + 2, ticket_id(n)) for n in range(1, 6)]  # type: ignore[attr-defined]
    assert set(members(workshop, ISSUE)) == {ticket_id(n) for n in range(1, 6)}


def test_ten_working_days_to_decide_begin_when_the_issue_is_found(workshop: Workshop) -> None:
    take(workshop, *calls(1, 2, 3, 4, 5))
    (issue,) = issues(workshop)
    # NOW is Wednesday 1 July 2026, 08:00 in Shanghai: the tenth working day after it is Wednesday 15 July.
    assert issue.decide_by.isoformat() == "2026-07-15T16:00:00+00:00"
    with workshop.engine.connect() as connection:
        known = select(timers.c.subject, timers.c.due_at).where(timers.c.kind == "decide")
        assert connection.execute(known).all() == [(ISSUE, issue.decide_by)]


def test_a_later_call_joins_and_tells_its_caller_apart_from_a_repeat(workshop: Workshop) -> None:
    take(workshop, *calls(1, 2, 3, 4, 5))
    take(workshop, dispatched(6, "MJ01", "quyang-1", by=6, day=29))
    take(workshop, dispatched(7, "MJ01", "quyang-1", by=6, day=29), dispatched(8, "MJ01", "quyang-1", day=29))
    (issue,) = issues(workshop)
    assert (issue.callers, issue.calls, issue.version) == (6, 8, 10)
    assert [(event.callers, event.calls) for event in published(workshop)[-3:]] == [(6, 6), (6, 7), (6, 8)]  # type: ignore[attr-defined]
    assert members(workshop, ISSUE)[ticket_id(8)] == "later call while the issue is open"


def test_repeats_anonymous_calls_and_other_cells_open_nothing(workshop: Workshop) -> None:
    take(workshop, *calls(1, 2, 3, 4))
    take(workshop, dispatched(5, "MJ01", "quyang-1", by=1), dispatched(6, "MJ01", "quyang-1"))
    take(workshop, dispatched(7, "MJ02", "quyang-1", by=7), dispatched(8, "MJ01", "quyang-2", by=8))
    take(workshop, dispatched(9, "MJ01", None, by=9), dispatched(10, "OT", "quyang-1", by=10))
    assert issues(workshop) == []


def test_an_imported_past_opens_nothing_but_is_evidence(workshop: Workshop) -> None:
    past = [dispatched(n, "MJ01", "quyang-1", by=n, day=n / 10, history=True) for n in range(1, 200)]
    take(workshop, *past)
    assert issues(workshop) == published(workshop) == []
    take(workshop, dispatched(200, "MJ01", "quyang-1", by=1, day=20))
    (issue,) = issues(workshop)
    assert (issue.callers, issue.calls, issue.confirmed_at) == (199, 200, START + timedelta(days=20))


def test_a_past_that_arrives_later_counts_for_a_call_of_the_present(workshop: Workshop) -> None:
    take(workshop, dispatched(9, "MJ01", "quyang-1", by=9, day=20))
    take(workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=n, history=True) for n in range(1, 5)))
    (issue,) = issues(workshop)
    assert issue.confirmed_at == START + timedelta(days=20)


def test_a_correction_that_takes_the_evidence_away_withdraws_the_issue_until_it_is_there_again(
    workshop: Workshop,
) -> None:
    take(workshop, *calls(1, 2, 3, 4, 5))
    take(workshop, dispatched(3, "XQ04", "quyang-1", by=3, day=3, version=3))
    (issue,) = issues(workshop, warnings=True)
    assert (issue.state, issue.calls) == ("suspected", 3)  # what is left is an early warning
    assert isinstance(published(workshop)[-1], HotIssueWithdrawn)
    assert members(workshop, ISSUE) == {}
    take(workshop, dispatched(6, "MJ01", "quyang-1", by=6, day=7))
    (issue,) = issues(workshop)
    assert (issue.id, issue.state, issue.callers, issue.version) == (ISSUE, "confirmed", 5, 16)
    assert issue.confirmed_at == START + timedelta(days=7)


def test_a_corrected_ticket_leaves_while_the_rest_is_evidence_enough(workshop: Workshop) -> None:
    take(workshop, *calls(1, 2, 3, 4, 5, 6))
    take(workshop, dispatched(2, "MJ01", "quyang-2", by=2, day=2, version=3))
    (issue,) = issues(workshop)
    assert (issue.state, issue.callers, issue.confirmed_at) == ("confirmed", 5, START + timedelta(days=6))
    assert ticket_id(2) not in members(workshop, ISSUE)


def test_members_that_the_window_leaves_behind_leave_with_it(workshop: Workshop) -> None:
    take(workshop, *calls(1, 10, 11, 12, 13, 34, 35))
    take(workshop, dispatched(2, "MJ02", "quyang-1", by=2, day=10, version=3))
    (issue,) = issues(workshop)
    assert (issue.confirmed_at, issue.calls) == (START + timedelta(days=35), 5)
    assert set(members(workshop, ISSUE)) == {ticket_id(n) for n in range(3, 8)}


def test_a_late_call_moves_the_fulfilment_to_where_it_was_in_event_time(workshop: Workshop) -> None:
    take(workshop, *calls(5, 6, 7, 8, 20))
    take(workshop, dispatched(6, "MJ01", "quyang-1", by=6, day=1))
    (issue,) = issues(workshop)
    assert issue.confirmed_at == START + timedelta(days=8)
    assert members(workshop, ISSUE)[ticket_id(5)] == "later call while the issue is open"


CELLS = [("MJ01", "quyang-1"), ("MJ01", "quyang-2"), ("MJ01", None)]
KINDS = [None, None, None, RequestKind.COMPLAINT, RequestKind.ENQUIRY]


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """What becomes of one ticket: received, read, dispatched, read again, corrected, merged, unmerged, in versions."""
    number, day, by = draw(NUMBERS), draw(DAYS), draw(st.none() | st.integers(1, 9))
    facts = {"by": by, "day": day, "history": draw(st.booleans()) and day < 20}
    cell = st.sampled_from(CELLS)
    kind = st.sampled_from(KINDS)
    events: list[Event] = [received(number, **facts)]
    if draw(st.booleans()):
        events.append(classified(number, *draw(cell), kind=draw(kind)))
    events.append(dispatched(number, *draw(cell), kind=draw(kind), **facts))
    for version, what in enumerate(draw(st.lists(st.sampled_from(CORRECTIONS), max_size=2)), start=3):
        if what is TicketReadAgain:
            events.append(read_again(number, *draw(cell), kind=draw(kind), model=f"model-{draw(st.integers(1, 2))}"))
        else:
            events.append(corrected(what, number, *draw(cell), kind=draw(kind), version=version, **facts))
    return events


NUMBERS = st.shared(st.builds(count), key="tickets").map(next)
DAYS = st.integers(0, 40) | st.integers(0, 130)
CORRECTIONS = [TicketReclassified, TicketMerged, TicketUnmerged, TicketReadAgain]
HISTORIES = st.lists(histories(), min_size=6, max_size=16)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_order_batches_repetitions_and_corrections_do_not_matter(workshop: Workshop, data: st.DataObject) -> None:
    events = [event for history in data.draw(HISTORIES) for event in history]
    empty(workshop)
    take_batches(workshop, [[event] for event in events])
    in_order = _state(workshop)
    empty(workshop)
    repeated = data.draw(st.lists(st.sampled_from(events), max_size=4))
    shuffled = data.draw(st.permutations([*events, *repeated]))
    cut = data.draw(st.integers(1, len(shuffled)))
    take_batches(workshop, [shuffled[start : start + cut] for start in range(0, len(shuffled), cut)])
    assert _state(workshop) == in_order


def _state(workshop: Workshop) -> dict[tuple[str, str], tuple[Any, ...]]:
    """All that is final: the version counts what was published on the way, and a withdrawn issue is none."""
    return {
        (row.estate, row.type_code): (
            *(row.state, row.level, row.confirmed_at, row.window_callers, row.callers, row.calls),
            *(row.first_at, row.last_at, row.decide_by, row.sub_district, row.lead, row.overdue),
            sorted(members(workshop, row.id).items()),
        )
        for row in issues(workshop, warnings=True)
        if row.state not in ("withdrawn", "lapsed")
    }


@pytest.mark.parametrize("batches", [1, 5])
def test_versions_rise_by_one_with_every_event(workshop: Workshop, batches: int) -> None:
    events = [*calls(1, 2, 3, 4, 5, 6, 7), dispatched(3, "XQ04", "quyang-1", by=3, day=3, version=3)]
    take_batches(workshop, [events[start::batches] for start in range(batches)])
    versions = [event.version for event in published(workshop, warnings=True)]
    assert versions == list(range(1, len(versions) + 1))


def test_the_fourth_and_the_fifth_caller_at_two_workers_at_once_open_one_issue(workshop: Workshop) -> None:
    take(workshop, *calls(1, 2, 3))
    fifth = threading.Thread(target=take, args=(workshop, dispatched(5, "MJ01", "quyang-1", by=5, day=5)))
    with workshop.open() as work:
        wired(workshop).count([envelope(dispatched(4, "MJ01", "quyang-1", by=4, day=4))], work)
        fifth.start()
        eventually(lambda: _waiting(workshop) == 1, within=10, what="the second worker's wait")
    fifth.join(60)
    (issue,) = issues(workshop)
    assert (issue.callers, issue.state) == (5, "confirmed")
    assert [type(event) for event in published(workshop)].count(HotIssueConfirmed) == 1


def test_issues_are_locked_in_one_order_whatever_the_order_of_the_events(workshop: Workshop) -> None:
    estates = sorted(ESTATES)
    for first, estate in enumerate(estates):
        take(workshop, *calls(1, 2, 3, 4, 5, first=10 * first + 1, estate=estate))
    by_id = sorted((issue.id, issue.estate) for issue in issues(workshop))
    more = [dispatched(50 + n, "MJ01", estate, by=50) for n, (_, estate) in enumerate(reversed(by_id))]
    second = threading.Thread(target=take, args=(workshop, *more))
    with workshop.engine.begin() as holder, workshop.engine.begin() as asker:
        held = select(hot_issues.c.id).order_by(hot_issues.c.id).with_for_update()
        assert holder.execute(held.limit(1)).scalar_one() == by_id[0][0]
        second.start()
        eventually(lambda: _waiting(workshop) == 1, within=10, what="the wait for the first issue")
        free = select(hot_issues.c.id).order_by(hot_issues.c.id.desc()).with_for_update(skip_locked=True)
        assert asker.execute(free).scalars().all() == [by_id[2][0], by_id[1][0]]
    second.join(60)
    assert [issue.calls for issue in issues(workshop)] == [6, 6, 6]


def _waiting(workshop: Workshop) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with workshop.engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def test_a_call_into_a_large_old_cell_reads_its_window_alone(workshop: Workshop) -> None:
    with workshop.open() as work:
        work.connection.execute(
            text(
                "INSERT INTO ticket_sightings (ticket_id, ticket_version, occurred_at, decided_type, decided_estate)"
                " SELECT 'old-' || n, 1, :now - n * interval '2 hours', 'MJ01', 'quyang-1'"
                " FROM generate_series(1, 20000) AS n"
            ),
            {"now": NOW},
        )
        work.connection.execute(text("ANALYZE ticket_sightings"))
    before = _fetched(workshop)
    take(workshop, dispatched(1, "MJ01", "quyang-1", by=1, day=29))
    assert _fetched(workshop) - before < 2000


def _fetched(workshop: Workshop) -> int:
    with workshop.engine.connect() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        connection.commit()
        read = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'ticket_sightings'"
        return int(connection.execute(text(read)).scalar_one())
