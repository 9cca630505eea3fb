"""What the city is sent, in which states, how patiently; its deadline beside ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.working_days import Calendar
from services.contracts.ticket_events import Urgency
from services.intake.domain.city import OPEN_THERE, REPORTED, WITH_WORDS, CityRetry, CityState, MessageKind, city_state
from services.intake.domain.deadline import Deadline, Timekeeper, settle_by
from services.intake.domain.limits import DeadlineKind
from services.intake.domain.steps import STEPS, TicketState
from services.intake.files.deadline_rules import deadline_rules, usual_kind
from tests.unit.intake.tickets import NUMBER, PLACE, START, new_ticket

KEEPER = Timekeeper(deadline_rules(), usual_kind, Calendar().after_working_days)


def test_whatever_no_step_leaves_is_not_open_there_and_a_reply_waits_for_the_citys_word() -> None:
    left = {source for source, _ in STEPS}
    assert all(city_state(one) is CityState.CLOSED for one in TicketState if one not in left)
    assert city_state(TicketState.SETTLED) is CityState.REPLIED
    assert TicketState.RETURN_REQUESTED in OPEN_THERE
    assert TicketState.REJECTED not in OPEN_THERE


def test_each_end_that_the_city_waits_for_is_reported() -> None:
    for (_, step), target in STEPS.items():
        if isinstance(target, TicketState) and city_state(target) in (CityState.REPLIED, CityState.RETURNED):
            assert REPORTED[step] in (MessageKind.REPLY, MessageKind.RETURN)
    assert REPORTED.keys() >= WITH_WORDS


@given(st.integers(1, 300), st.floats(0, 1))
def test_patience_waits_between_half_and_whole_of_a_growing_time_and_ends(attempts: int, share: float) -> None:
    patience = CityRetry()
    wait = patience.wait_s(attempts, share)
    if attempts >= patience.attempts:
        assert wait is None
    else:
        assert wait is not None
        whole = min(patience.longest_s, patience.first_s * 2 ** (attempts - 1))
        assert whole / 2 <= wait <= whole


def test_patience_outlasts_a_long_weekend_and_not_two_weeks() -> None:
    patience = CityRetry()
    least = sum(patience.wait_s(n, 0) or 0 for n in range(1, patience.attempts))
    assert timedelta(days=4) < timedelta(seconds=least)
    assert timedelta(seconds=2 * least) < timedelta(days=14)


class TicketDesk:
    """A ticket of the city's with its clocks."""

    def __init__(self, city_by: datetime | None) -> None:
        self.ticket = replace(new_ticket(), city_number="260701-1", city_by=city_by)
        self.clocks: list[Deadline] = []
        self.ticket.receive("city", NUMBER)
        self.ticket.classify(START, "model:1", "XQ01", PLACE, Urgency.NORMAL, "XQ01 0.90")
        self.ticket.steps.clear()

    def follow(self) -> Sequence[Deadline]:
        moved: list[Deadline] = []
        for entry in self.ticket.steps:
            running = [clock for clock in self.clocks if not clock.stopped_at]
            moved += KEEPER.follow(self.ticket, running, entry)
            self.clocks += [clock for clock in moved if clock not in self.clocks]
        self.ticket.steps.clear()
        return moved

    def dispatch(self) -> None:
        self.ticket.dispatch(START, "catalogue", "housing", (), "housing")
        self.ticket.settle_by = settle_by(self.follow(), self.ticket.settle_by)

    def clock(self, kind: DeadlineKind) -> Deadline:
        return next(clock for clock in reversed(self.clocks) if clock.kind is kind)


def ours() -> datetime:
    desk = TicketDesk(None)
    desk.dispatch()
    return desk.clock(DeadlineKind.SETTLE).due_at


@pytest.mark.parametrize("days", [-1, 1, 3, 30])
def test_the_settle_clock_ends_with_the_citys_deadline_or_ours_whichever_is_first(days: int) -> None:
    desk = TicketDesk(START + timedelta(days=days))
    desk.dispatch()
    settle = desk.clock(DeadlineKind.SETTLE)
    assert settle.due_at == desk.ticket.settle_by == min(START + timedelta(days=days), ours())
    assert settle.warn_at == START + (settle.due_at - START) * 0.8
    assert desk.clock(DeadlineKind.CONTACT).due_at > START  # contacting is the district's own matter


def test_neither_an_extension_nor_a_pause_outlasts_the_citys_deadline() -> None:
    city_by = START + timedelta(days=10)
    assert ours() < city_by
    desk = TicketDesk(city_by)
    desk.dispatch()
    desk.ticket.request_extension(START, "housing", "complex")
    desk.ticket.grant_extension(START, "hub", "complex")
    desk.follow()
    assert desk.clock(DeadlineKind.SETTLE).due_at == city_by
    desk.ticket.pause(START + timedelta(days=1), "hub", "appraisal")
    desk.ticket.resume(START + timedelta(days=4), "hub", "appraised")
    desk.follow()
    assert desk.clock(DeadlineKind.SETTLE).due_at == city_by


@pytest.mark.parametrize("again_by", [None, timedelta(hours=20)])
def test_a_redo_has_the_deadline_that_the_city_set_for_it_and_not_the_old_one(again_by: timedelta | None) -> None:
    desk = TicketDesk(START + timedelta(days=1))
    desk.dispatch()
    at = START + timedelta(hours=12)
    desk.ticket.settle(at, "housing", True, "solved")
    desk.ticket.visit(at, "city", False, None, "not solved")
    desk.ticket.order_redo(at, "city", "still leaks", again_by and at + again_by)
    desk.follow()
    redo = desk.clock(DeadlineKind.REDO)
    usual, _ = KEEPER.rules.limit_of(DeadlineKind.REDO, desk.ticket, None).end(at, Calendar().after_working_days)  # type: ignore[union-attr]
    assert redo.due_at == (at + again_by if again_by else usual)
