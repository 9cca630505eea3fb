"""Deadlines of a year whose holidays became known after they had started: counted anew, published, once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import chinese_calendar
import pytest
from sqlalchemy import event, text

from services.chassis.working_days import Calendar
from services.contracts.clock_events import TicketClockBreached, TicketClockBreachTakenBack, TicketClockMoved
from services.intake.app import recount_deadlines
from services.intake.app.recount_deadlines import RecountDeadlines
from services.intake.wiring import Wiring
from tests.harness.waiting import eventually
from tests.integration.intake.conftest import CALLER_KEY, NO_KEYS, Intake
from tests.integration.intake.indicators import figures
from tests.integration.intake.settling import ANSWER, HOUSING, dispatched, take

MONDAY = datetime(2093, 1, 5, 1, tzinfo=UTC)  # nine o'clock in Shanghai
TUESDAY = date(2093, 1, 6)
FIRST_UNKNOWN = max(day.year for day in chinese_calendar.holidays) + 1


def knowing(*off: date) -> RecountDeadlines:
    """What intake does once it knows all years up to 2093, with these days off beside each New Year's Day."""
    days = [date(year, 1, 1) for year in range(FIRST_UNKNOWN, 2094)]
    calendar = Calendar(dict.fromkeys((*days, *off), False))
    return Wiring.of(CALLER_KEY, NO_KEYS, calendar=calendar).recount


def sweep(intake: Intake, recount: RecountDeadlines) -> None:
    """One pass over all there is, each batch in its transaction."""
    after: str | None = None
    while True:
        with intake.workshop.open() as work:
            after = recount(work, after)
        if after is None:
            return


@pytest.fixture
def unannounced(intake: Intake) -> Intake:
    """On Monday 5 January 2093, a year of which nobody knows the holidays."""
    intake.clock.advance(MONDAY - intake.clock.now())
    return intake


def clock(intake: Intake, ticket_id: str, kind: str) -> dict[str, Any]:
    (found,) = [one for one in intake.show(ticket_id)["clocks"] if one["kind"] == kind]
    return dict(found)


def clock_events(intake: Intake) -> list[tuple[str, str]]:
    """(type, clock) of the events about clocks."""
    kinds = (TicketClockBreached, TicketClockMoved, TicketClockBreachTakenBack)
    return [(one.type, one.clock) for one in intake.published() if isinstance(one, kinds)]


def test_what_runs_is_counted_anew_published_and_shown(unannounced: Intake) -> None:
    ticket_id = dispatched(unannounced)
    assert {one["calendar_known"] for one in unannounced.show(ticket_id)["clocks"]} == {False}
    before = unannounced.show(ticket_id)
    sweep(unannounced, knowing(TUESDAY))
    shown = unannounced.show(ticket_id)
    assert [one["calendar_known"] for one in shown["clocks"]] == [True, True, True]
    assert (before["settle_by"], shown["settle_by"]) == ("2093-01-12T16:00:00Z", "2093-01-13T16:00:00Z")
    assert clock_events(unannounced) == [("ticket.clock_moved.v1", kind) for kind in ("contact", "return", "settle")]
    moved = unannounced.published()[-1]
    assert isinstance(moved, TicketClockMoved)
    assert (moved.owner, moved.due - moved.was_due, moved.settle_by) == ("unit", timedelta(days=1), moved.due)
    line = shown["history"][-1]
    assert (line["step"], line["actor"]) == ("recount", "clock")
    assert line["detail"] == "settle: due 2093-01-13T16:00:00+00:00, not 2093-01-12T16:00:00+00:00"


def test_a_breach_that_was_none_is_taken_back_and_the_clock_runs_to_its_new_end(unannounced: Intake) -> None:
    ticket_id = dispatched(unannounced)
    unannounced.clock.advance(timedelta(days=1, hours=16))  # Wednesday 01:00: the contact was due on Tuesday
    unannounced.fire_timers()
    sweep(unannounced, knowing(TUESDAY))
    contact = clock(unannounced, ticket_id, "contact")
    assert (contact["due_at"], contact["breached_at"]) == ("2093-01-07T16:00:00Z", None)
    assert clock_events(unannounced)[:2] == [
        ("ticket.clock_breached.v1", "contact"),
        ("ticket.clock_breach_taken_back.v1", "contact"),
    ]
    lines = [line["detail"] for line in unannounced.show(ticket_id)["history"] if line["step"] == "recount"]
    assert lines[0].endswith("the breach is taken back")
    assert "breach" not in lines[1]
    unannounced.clock.advance(timedelta(days=1))
    unannounced.fire_timers()
    assert clock_events(unannounced)[-1] == ("ticket.clock_breached.v1", "contact")


def test_what_was_late_by_plain_weekdays_alone_is_on_time_in_the_figures(unannounced: Intake) -> None:
    ticket_id = dispatched(unannounced)
    unannounced.clock.advance(timedelta(days=7, hours=16))  # an hour after the settle deadline by plain weekdays
    unannounced.fire_timers()
    assert take(unannounced, ticket_id, "settlement", HOUSING, subject="plumber", **ANSWER).status_code == 200
    assert clock(unannounced, ticket_id, "settle")["outcome"] == "late"
    assert figures(unannounced, "on_time")[:3] == (0.0, 0, 1)
    sweep(unannounced, knowing(TUESDAY))
    settled = clock(unannounced, ticket_id, "settle")
    assert (settled["outcome"], settled["breached_at"]) == ("met", None)
    assert figures(unannounced, "on_time")[:3] == (1.0, 1, 1)


def test_a_form_that_was_open_is_not_outdated_by_it(unannounced: Intake) -> None:
    ticket_id = dispatched(unannounced)
    seen = unannounced.show(ticket_id)["version"]
    sweep(unannounced, knowing(TUESDAY))
    assert take(unannounced, ticket_id, "settlement", HOUSING, version=seen, **ANSWER).status_code == 200


def test_it_is_published_once_however_often_it_is_swept(unannounced: Intake) -> None:
    dispatched(unannounced)
    sweep(unannounced, knowing(TUESDAY))
    rows, events = unannounced.rows(), clock_events(unannounced)
    sweep(unannounced, knowing(TUESDAY))
    assert (unannounced.rows(), clock_events(unannounced)) == (rows, events)


def test_a_year_that_is_still_unknown_leaves_all_as_it_is(unannounced: Intake) -> None:
    ticket_id = dispatched(unannounced)
    before = unannounced.show(ticket_id)
    sweep(unannounced, Wiring.of(CALLER_KEY, NO_KEYS).recount)
    assert unannounced.show(ticket_id) == before


def test_tickets_are_taken_in_batches_with_one_statement_a_table(
    unannounced: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recount_deadlines, "BATCH", 4)
    tickets = [dispatched(unannounced) for _ in range(9)]
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    with listening(unannounced, note):
        sweep(unannounced, knowing(TUESDAY))
    assert all(clock(unannounced, one, "settle")["calendar_known"] for one in tickets)
    # Three batches: found, locked, read, and clocks, timers, tickets with their history, outbox; once more: none left.
    assert len([one for one in statements if not one.startswith("NOTIFY")]) == 3 * 7 + 1


def test_killed_after_any_statement_it_is_done_once_in_the_end(unannounced: Intake) -> None:
    tickets = [dispatched(unannounced) for _ in range(2)]
    before = [unannounced.show(one) for one in tickets]
    died = 0
    while True:
        left = died

        def die(*_: Any) -> None:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1

        try:
            with listening(unannounced, die, "after_cursor_execute"):
                sweep(unannounced, knowing(TUESDAY))
        except Killed:
            died += 1
            if died < 7:
                assert [unannounced.show(one) for one in tickets] == before
        else:
            break
    assert died >= 7
    assert (
        clock_events(unannounced) == [("ticket.clock_moved.v1", kind) for kind in ("contact", "return", "settle")] * 2
    )


def test_two_processes_at_once_tell_it_once(unannounced: Intake) -> None:
    dispatched(unannounced)
    locks = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

    def someone_waits() -> bool:
        with unannounced.workshop.engine.connect() as connection:
            return bool(connection.execute(text(locks)).scalar_one())

    with ThreadPoolExecutor() as pool:
        with unannounced.workshop.open() as work:
            knowing(TUESDAY)(work, None)
            other = pool.submit(sweep, unannounced, knowing(TUESDAY))
            eventually(someone_waits, within=10)
        other.result()
    assert clock_events(unannounced) == [("ticket.clock_moved.v1", kind) for kind in ("contact", "return", "settle")]


class Killed(BaseException):
    """The process dies here: the transaction is lost."""


@contextmanager
def listening(intake: Intake, listen: Any, moment: str = "before_cursor_execute") -> Iterator[None]:
    event.listen(intake.workshop.engine, moment, listen)
    try:
        yield
    finally:
        event.remove(intake.workshop.engine, moment, listen)
