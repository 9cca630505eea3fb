"""services/intake/domain/recount.py: a deadline of a year whose holidays became known after it had started."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.chassis.working_days import Calendar
from services.intake.domain.deadline import Deadline, DeadlineOutcome, Timekeeper
from services.intake.domain.limits import DeadlineKind
from services.intake.domain.recount import Recount, recount
from services.intake.domain.steps import TicketStep
from services.intake.files.deadline_rules import deadline_rules, usual_kind
from tests.unit.intake.followed import Followed

MONDAY = datetime(2093, 1, 5, 1, tzinfo=UTC)  # nine o'clock in Shanghai; the year is not announced for long
TUESDAY_OFF = {date(2093, 1, 6): False}
SATURDAY_AT_WORK = {date(2093, 1, 10): True}


def midnight(day: int) -> datetime:
    """The one that closes a day of January 2093 in Shanghai."""
    return datetime(2093, 1, day, 16, tzinfo=UTC)


def dispatched(**facts: Any) -> Followed:
    desk = Followed(**facts)
    desk.at = MONDAY
    return desk.take(TicketStep.DISPATCH)


def announced(desk: Followed, clock: Deadline, days: Mapping[date, bool], at: datetime) -> Recount | None:
    return recount(Timekeeper(deadline_rules(), usual_kind, Calendar(days).after_working_days), desk.ticket, clock, at)


def test_a_running_deadline_moves_and_is_warned_of_again() -> None:
    desk = dispatched()
    contact = desk.clock(DeadlineKind.CONTACT)
    contact.warned_at = midnight(5)
    assert announced(desk, contact, TUESDAY_OFF, midnight(5)) == Recount(midnight(6), moved=True, taken_back=False)
    assert (contact.due_at, contact.calendar_known, contact.warned_at) == (midnight(7), True, None)
    assert MONDAY < contact.warn_at < contact.due_at


def test_counting_again_changes_nothing() -> None:
    desk = dispatched()
    contact = desk.clock(DeadlineKind.CONTACT)
    announced(desk, contact, TUESDAY_OFF, midnight(5))
    assert announced(desk, contact, TUESDAY_OFF, midnight(5)) is None


def test_an_end_that_stays_loses_its_doubt_alone() -> None:
    desk = dispatched()
    contact = desk.clock(DeadlineKind.CONTACT)
    assert announced(desk, contact, SATURDAY_AT_WORK, midnight(5)) == Recount(
        midnight(6), moved=False, taken_back=False
    )
    assert (contact.due_at, contact.calendar_known) == (midnight(6), True)


def test_a_year_that_is_still_unknown_changes_nothing() -> None:
    desk = dispatched()
    assert announced(desk, desk.clock(DeadlineKind.CONTACT), {}, midnight(5)) is None


def test_a_breach_that_was_none_is_taken_back() -> None:
    desk = dispatched()
    contact = desk.clock(DeadlineKind.CONTACT)
    contact.warned_at = contact.breached_at = midnight(6) + timedelta(minutes=1)
    at = midnight(6) + timedelta(hours=1)
    assert announced(desk, contact, TUESDAY_OFF, at) == Recount(midnight(6), moved=True, taken_back=True)
    assert (contact.breached_at, contact.moments()[-1]) == (None, midnight(7))


def test_a_breach_that_is_one_by_the_new_end_too_stays() -> None:
    desk = dispatched()
    contact = desk.clock(DeadlineKind.CONTACT)
    contact.breached_at = midnight(6)
    assert announced(desk, contact, TUESDAY_OFF, midnight(8)) == Recount(midnight(6), moved=True, taken_back=False)
    assert (contact.due_at, contact.breached_at) == (midnight(7), midnight(6))


@pytest.mark.parametrize(("contacted", "outcome"), [(7, DeadlineOutcome.MET), (8, DeadlineOutcome.LATE)])
def test_a_late_end_is_judged_by_the_days_that_were_announced(contacted: int, outcome: DeadlineOutcome) -> None:
    desk = dispatched()
    contact = desk.clock(DeadlineKind.CONTACT)
    contact.breached_at = midnight(6)
    contact.stop(midnight(contacted))
    announced(desk, contact, TUESDAY_OFF, midnight(20))
    assert (contact.outcome, contact.breached_at is None) == (outcome, outcome is DeadlineOutcome.MET)


def test_a_make_up_day_moves_the_end_to_an_earlier_one_that_is_still_to_come() -> None:
    desk = dispatched()
    settle = desk.clock(DeadlineKind.SETTLE)
    assert settle.due_at == midnight(12)
    announced(desk, settle, SATURDAY_AT_WORK, midnight(8))
    assert settle.due_at == midnight(10)


def test_no_end_moves_to_a_time_that_is_over() -> None:
    desk = dispatched()
    settle = desk.clock(DeadlineKind.SETTLE)
    assert announced(desk, settle, SATURDAY_AT_WORK, midnight(11)) == Recount(midnight(12), False, False)
    assert (settle.due_at, settle.calendar_known) == (midnight(12), True)


def test_pauses_count_as_before() -> None:
    desk = dispatched().later(days=1).take(TicketStep.PAUSE).later(days=2).take(TicketStep.RESUME)
    settle = desk.clock(DeadlineKind.SETTLE)
    announced(desk, settle, TUESDAY_OFF, midnight(8))
    assert settle.due_at == midnight(13) + timedelta(days=2)


def test_an_extended_deadline_keeps_its_extension() -> None:
    desk = dispatched().take(TicketStep.REQUEST_EXTENSION, TicketStep.GRANT_EXTENSION)
    settle = desk.clock(DeadlineKind.SETTLE)
    announced(desk, settle, TUESDAY_OFF, midnight(8))
    assert (settle.rule, settle.due_at) == ("extended", midnight(27))  # the fifteenth but Tuesday the 6th


def test_the_citys_deadline_still_ends_it_earlier() -> None:
    desk = Followed()
    desk.at, desk.ticket.city_number, desk.ticket.city_by = MONDAY, "X1", midnight(9)
    settle = desk.take(TicketStep.DISPATCH).clock(DeadlineKind.SETTLE)
    announced(desk, settle, TUESDAY_OFF, midnight(8))
    assert (settle.due_at, settle.calendar_known) == (midnight(9), True)


def test_a_right_that_lapses_moves_without_a_breach() -> None:
    desk = dispatched()
    right = desk.clock(DeadlineKind.RETURN)
    noted = right.breached_at
    assert announced(desk, right, TUESDAY_OFF, midnight(6)) == Recount(midnight(8), moved=True, taken_back=False)
    assert (right.due_at, right.breached_at) == (midnight(9), noted)


def test_a_deadline_in_hours_is_never_in_doubt() -> None:
    desk = Followed()
    desk.at = MONDAY
    dispatch = desk.take(TicketStep.SEND_TO_REVIEW).clock(DeadlineKind.DISPATCH)
    assert dispatch.calendar_known
    assert announced(desk, dispatch, TUESDAY_OFF, midnight(5)) is None
