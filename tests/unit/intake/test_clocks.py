"""Several clocks at once, each by its rule: started, stopped, void, warned, breached, extended, paused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.working_days import after_working_days
from services.contracts.data_files import InvalidData
from services.contracts.ticket_events import Channel, RequestKind, Urgency
from services.intake.adapters.clock_rules import FILE, clock_rules, usual_kind
from services.intake.domain.clock import Clock, Outcome, Timekeeper, settle_by
from services.intake.domain.limits import ClockKind
from services.intake.domain.steps import Step
from services.intake.domain.ticket import Ticket
from tests.unit.intake.test_ticket import TAKE

WEDNESDAY = datetime(2026, 7, 1, 1, tzinfo=UTC)  # nine o'clock in Shanghai
KEEPER = Timekeeper(clock_rules(), usual_kind, after_working_days)


class Desk:
    """A ticket, and its clocks as they followed its steps."""

    def __init__(self, channel: Channel = Channel.PHONE, **facts: Any) -> None:
        self.at = WEDNESDAY
        self.clocks: list[Clock] = []
        self.ticket = Ticket("t", channel, None, self.at, self.at)
        self.take(Step.RECEIVE)
        self.take(Step.CLASSIFY)
        for name, value in ({"type_code": "MJ01", "kind": None, "urgency": Urgency.NORMAL} | facts).items():
            setattr(self.ticket, name, value)

    def take(self, *steps: Step) -> Desk:
        for step in steps:
            TAKE[step](self.ticket, self.at)
            running = [clock for clock in self.clocks if clock.stopped_at is None]
            moved = KEEPER.follow(self.ticket, running, self.ticket.steps[-1])
            self.clocks += [clock for clock in moved if not any(clock is one for one in self.clocks)]
            self.ticket.settle_by = settle_by(moved) or self.ticket.settle_by
        return self

    def later(self, **time: float) -> Desk:
        self.at += timedelta(**time)
        return self

    def running(self) -> set[ClockKind]:
        return {clock.kind for clock in self.clocks if clock.stopped_at is None}

    def clock(self, kind: ClockKind) -> Clock:
        return [one for one in self.clocks if one.kind is kind][-1]

    def due(self, kind: ClockKind) -> str:
        shanghai = self.clock(kind).due_at + timedelta(hours=8)
        return f"{shanghai:%m-%d %H:%M}"


def test_several_clocks_run_from_the_dispatch_on() -> None:
    desk = Desk().take(Step.DISPATCH)
    assert desk.running() == {ClockKind.CONTACT, ClockKind.SETTLE, ClockKind.RETURN}
    # One and five working days, the day of the dispatch not counted, a week-end between; a return within three.
    dues = (desk.due(ClockKind.CONTACT), desk.due(ClockKind.SETTLE), desk.due(ClockKind.RETURN))
    assert dues == ("07-03 00:00", "07-09 00:00", "07-07 00:00")
    assert desk.ticket.settle_by == desk.clock(ClockKind.SETTLE).due_at


@pytest.mark.parametrize(
    ("facts", "kind", "due"),
    [
        ({"kind": RequestKind.ENQUIRY}, ClockKind.SETTLE, "07-03 00:00"),
        ({"kind": RequestKind.SUGGESTION}, ClockKind.SETTLE, "07-03 00:00"),
        ({"kind": RequestKind.COMPLAINT}, ClockKind.SETTLE, "07-09 00:00"),
        ({"type_code": "MJ19"}, ClockKind.SETTLE, "07-03 00:00"),  # usually an enquiry
        ({"type_code": "MJ19", "kind": RequestKind.COMPLAINT}, ClockKind.SETTLE, "07-09 00:00"),
        ({"type_code": "SC04"}, ClockKind.SETTLE, "07-11 00:00"),  # by law: seven working days
        ({"type_code": "XQ09"}, ClockKind.ON_SITE, "07-02 09:00"),  # by law: on site within 24 hours
        ({"channel": Channel.PHOTO_REPORT}, ClockKind.RETURN, "07-03 00:00"),  # a calendar day
    ],
)
def test_a_limit_is_a_function_of_type_kind_and_channel(facts: dict[str, Any], kind: ClockKind, due: str) -> None:
    assert Desk(**facts).take(Step.DISPATCH).due(kind) == due


@pytest.mark.parametrize(("urgency", "due"), [(Urgency.URGENT, "07-01 10:00"), (Urgency.NORMAL, "07-02 09:00")])
def test_what_waits_for_a_person_is_dispatched_by_its_urgency(urgency: Urgency, due: str) -> None:
    desk = Desk(urgency=urgency).take(Step.SEND_TO_REVIEW)
    assert (desk.running(), desk.due(ClockKind.DISPATCH)) == ({ClockKind.DISPATCH}, due)
    desk.take(Step.DISPATCH)
    assert desk.clock(ClockKind.DISPATCH).outcome is Outcome.MET


def test_a_return_request_stops_nothing_until_it_is_upheld() -> None:
    desk = Desk().take(Step.DISPATCH).later(days=1).take(Step.REQUEST_RETURN)
    assert desk.running() == {ClockKind.CONTACT, ClockKind.SETTLE, ClockKind.ADJUDICATE}
    before = desk.ticket.settle_by
    refused = desk.later(days=1).take(Step.REFUSE_RETURN)
    assert (refused.ticket.settle_by, refused.running()) == (before, {ClockKind.CONTACT, ClockKind.SETTLE})


def test_an_upheld_return_never_counted_and_the_next_unit_has_its_whole_time() -> None:
    desk = Desk().take(Step.DISPATCH).later(days=1).take(Step.REQUEST_RETURN, Step.UPHOLD_RETURN)
    assert {one.outcome for one in desk.clocks if one.kind in (ClockKind.SETTLE, ClockKind.CONTACT)} == {
        Outcome.TAKEN_BACK
    }
    desk.take(Step.DISPATCH)
    assert desk.due(ClockKind.SETTLE) == "07-10 00:00"


def test_an_extension_counts_from_the_dispatch_and_is_warned_of_again() -> None:
    desk = Desk().take(Step.DISPATCH).later(days=6)
    desk.clock(ClockKind.SETTLE).warned_at = desk.at
    desk.take(Step.REQUEST_EXTENSION, Step.GRANT_EXTENSION)
    assert desk.due(ClockKind.SETTLE) == "07-23 00:00"
    assert desk.clock(ClockKind.SETTLE).warned_at is None
    assert desk.ticket.settle_by == desk.clock(ClockKind.SETTLE).due_at


def test_what_was_breached_stays_so_whatever_is_granted_later() -> None:
    desk = Desk().take(Step.DISPATCH).later(days=9)
    clock = desk.clock(ClockKind.SETTLE)
    clock.breached_at, due_at = desk.at, clock.due_at
    desk.take(Step.REQUEST_EXTENSION, Step.GRANT_EXTENSION)
    assert (clock.due_at, clock.breached_at) == (due_at, desk.at)


@given(st.floats(0.1, 100), st.floats(0.1, 1000))
def test_a_pause_moves_the_end_by_as_long_as_it_lasted(before: float, paused: float) -> None:
    desk = Desk().take(Step.DISPATCH)
    clock = desk.clock(ClockKind.SETTLE)
    due_at = clock.due_at
    desk.later(hours=before).take(Step.PAUSE)
    assert clock.moments() == []
    desk.later(hours=paused).take(Step.RESUME)
    assert clock.due_at == due_at + clock.paused
    assert clock.paused == timedelta(hours=paused)


@pytest.mark.parametrize(("days", "outcome"), [(1, Outcome.MET), (30, Outcome.LATE)])
def test_a_clock_is_judged_when_it_stops(days: int, outcome: Outcome) -> None:
    desk = Desk().take(Step.DISPATCH).later(days=days).take(Step.SETTLE)
    assert (desk.clock(ClockKind.SETTLE).outcome, desk.running()) == (outcome, set())


def test_a_redo_has_three_working_days_and_the_first_settlement_keeps_its_judgement() -> None:
    desk = Desk().take(Step.DISPATCH, Step.SETTLE).later(days=1).take(Step.VISIT, Step.ORDER_REDO)
    assert (desk.running(), desk.due(ClockKind.REDO)) == ({ClockKind.REDO}, "07-08 00:00")
    desk.later(days=20).take(Step.SETTLE)
    assert (desk.clock(ClockKind.REDO).outcome, desk.clock(ClockKind.SETTLE).outcome) == (Outcome.LATE, Outcome.MET)


def test_a_linked_tickets_clocks_run_on_and_end_with_its_settlement() -> None:
    desk = Desk().take(Step.DISPATCH).later(days=1).take(Step.MERGE)
    assert ClockKind.SETTLE in desk.running()
    desk.take(Step.SETTLE)
    assert desk.running() == set()


def test_a_year_that_the_calendar_does_not_know_counts_plain_weekdays_and_says_so() -> None:
    desk = Desk()
    desk.at = datetime(2093, 1, 5, 1, tzinfo=UTC)
    desk.take(Step.DISPATCH)
    assert not desk.clock(ClockKind.SETTLE).calendar_known
    assert desk.clock(ClockKind.CONTACT).due_at == datetime(2093, 1, 6, 16, tzinfo=UTC)


@given(st.lists(st.sampled_from(sorted(TAKE)), max_size=25), st.floats(0, 90))
def test_no_walk_leaves_two_clocks_of_a_kind_or_one_that_runs_when_all_is_over(
    steps: Iterable[Step], hours: float
) -> None:
    desk = Desk()
    for step in steps:
        try:
            desk.later(hours=hours).take(step)
        except ValueError:
            continue
        running = [clock.kind for clock in desk.clocks if clock.stopped_at is None]
        assert len(running) == len(set(running))
        assert all(clock.warn_at < clock.due_at for clock in desk.clocks)
    if desk.ticket.state in ("archived", "settled", "transferred"):
        assert not desk.running() - {ClockKind.SUPERVISE, ClockKind.DISPATCH}


Break = Callable[[dict[str, Any]], Any]
FAULTS: dict[str, tuple[Break, str]] = {
    "a clock is missing": (lambda table: table["clocks"].pop("redo"), "redo missing"),
    "an unknown step": (lambda table: table["clocks"]["redo"]["stops"].append("finish"), "clocks.redo.stops"),
    "an unknown clock": (lambda table: table["limits"][0].update(clock="lunch"), "limits.0.clock"),
    "two lengths": (lambda table: table["limits"][0].update(working_days=1), "give one of"),
    "no length": (lambda table: table["limits"][0].pop("hours"), "give one of"),
    "an unknown fact": (lambda table: table["limits"][0].update(when={"weather": ["rain"]}), "limits.0.when.weather"),
    "a negative length": (lambda table: table["limits"][0].update(hours=-1), "limits.0.hours"),
    "a warning after the end": (lambda table: table.update(warn_at=1.5), "warn_at"),
    "a typing error": (lambda table: table.update(limts=[]), "limts"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_table_is_refused_and_the_place_named(fault: str, tmp_path: Path) -> None:
    table = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    break_it, named = FAULTS[fault]
    break_it(table)
    file = tmp_path / "clocks.yaml"
    file.write_text(yaml.safe_dump(table), encoding="utf-8")
    with pytest.raises(InvalidData, match=named):
        clock_rules(file)
