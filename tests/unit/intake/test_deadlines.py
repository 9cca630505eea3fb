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

from services.contracts.data_files import InvalidData
from services.contracts.ticket_events import Channel, RequestKind, Urgency
from services.intake.domain.deadline import DeadlineOutcome, limits
from services.intake.domain.limits import DeadlineKind
from services.intake.domain.steps import TicketStep
from services.intake.files.deadline_rules import FILE, deadline_rules
from tests.unit.intake.followed import Followed
from tests.unit.intake.tickets import TAKE


def test_several_clocks_run_from_the_dispatch_on() -> None:
    desk = Followed().take(TicketStep.DISPATCH)
    assert desk.running() == {DeadlineKind.CONTACT, DeadlineKind.SETTLE, DeadlineKind.RETURN}
    # One and five working days, the day of the dispatch not counted, a week-end between; a return within three.
    dues = (desk.due(DeadlineKind.CONTACT), desk.due(DeadlineKind.SETTLE), desk.due(DeadlineKind.RETURN))
    assert dues == ("07-03 00:00", "07-09 00:00", "07-07 00:00")
    assert desk.ticket.settle_by == desk.clock(DeadlineKind.SETTLE).due_at


@pytest.mark.parametrize(
    ("facts", "kind", "due"),
    [
        ({"kind": RequestKind.ENQUIRY}, DeadlineKind.SETTLE, "07-03 00:00"),
        ({"kind": RequestKind.SUGGESTION}, DeadlineKind.SETTLE, "07-03 00:00"),
        ({"kind": RequestKind.COMPLAINT}, DeadlineKind.SETTLE, "07-09 00:00"),
        ({"type_code": "MJ19"}, DeadlineKind.SETTLE, "07-03 00:00"),  # usually an enquiry
        ({"type_code": "MJ19", "kind": RequestKind.COMPLAINT}, DeadlineKind.SETTLE, "07-09 00:00"),
        ({"type_code": "SC04"}, DeadlineKind.SETTLE, "07-11 00:00"),  # by law: seven working days
        ({"type_code": "XQ09"}, DeadlineKind.ON_SITE, "07-02 09:00"),  # by law: on site within 24 hours
        ({"channel": Channel.PHOTO_REPORT}, DeadlineKind.RETURN, "07-03 00:00"),  # a calendar day
    ],
)
def test_a_limit_is_a_function_of_type_kind_and_channel(facts: dict[str, Any], kind: DeadlineKind, due: str) -> None:
    assert Followed(**facts).take(TicketStep.DISPATCH).due(kind) == due


@pytest.mark.parametrize(("urgency", "due"), [(Urgency.URGENT, "07-01 10:00"), (Urgency.NORMAL, "07-02 09:00")])
def test_what_waits_for_a_person_is_dispatched_by_its_urgency(urgency: Urgency, due: str) -> None:
    desk = Followed(urgency=urgency).take(TicketStep.SEND_TO_REVIEW)
    assert (desk.running(), desk.due(DeadlineKind.DISPATCH)) == ({DeadlineKind.DISPATCH}, due)
    desk.take(TicketStep.DISPATCH)
    assert desk.clock(DeadlineKind.DISPATCH).outcome is DeadlineOutcome.MET


def test_a_right_that_is_not_used_lapses_whenever_the_ticket_ends() -> None:
    for days in (1, 20):
        desk = Followed().take(TicketStep.DISPATCH)
        right = desk.clock(DeadlineKind.RETURN)
        assert (right.lapses, right.warned_at, right.breached_at, right.moments()) == (True, None, None, [])
        desk.later(days=days).take(TicketStep.SETTLE)
        assert (right.outcome, right.breached_at) == (DeadlineOutcome.LAPSED, None)
    used = Followed().take(TicketStep.DISPATCH, TicketStep.REQUEST_RETURN).clock(DeadlineKind.RETURN)
    assert used.outcome is DeadlineOutcome.MET


def test_a_right_that_is_over_is_no_limit_any_more() -> None:
    desk = Followed().take(TicketStep.DISPATCH)
    ends = {limit.clock for limit in limits(desk.clocks, desk.at)}
    later = {
        limit.clock for limit in limits(desk.clocks, desk.clock(DeadlineKind.RETURN).due_at + timedelta(seconds=1))
    }
    assert ends - later == {DeadlineKind.RETURN}


def test_a_return_request_stops_nothing_until_it_is_upheld() -> None:
    desk = Followed().take(TicketStep.DISPATCH).later(days=1).take(TicketStep.REQUEST_RETURN)
    assert desk.running() == {DeadlineKind.CONTACT, DeadlineKind.SETTLE, DeadlineKind.ADJUDICATE}
    before = desk.ticket.settle_by
    refused = desk.later(days=1).take(TicketStep.REFUSE_RETURN)
    assert (refused.ticket.settle_by, refused.running()) == (before, {DeadlineKind.CONTACT, DeadlineKind.SETTLE})


def test_an_upheld_return_never_counted_and_the_next_unit_has_its_whole_time() -> None:
    desk = Followed().take(TicketStep.DISPATCH).later(days=1).take(TicketStep.REQUEST_RETURN, TicketStep.UPHOLD_RETURN)
    assert {one.outcome for one in desk.clocks if one.kind in (DeadlineKind.SETTLE, DeadlineKind.CONTACT)} == {
        DeadlineOutcome.TAKEN_BACK
    }
    desk.take(TicketStep.DISPATCH)
    assert desk.due(DeadlineKind.SETTLE) == "07-10 00:00"


def test_an_extension_counts_from_the_dispatch_and_is_warned_of_again() -> None:
    desk = Followed().take(TicketStep.DISPATCH).later(days=6)
    desk.clock(DeadlineKind.SETTLE).warned_at = desk.at
    desk.take(TicketStep.REQUEST_EXTENSION, TicketStep.GRANT_EXTENSION)
    assert desk.due(DeadlineKind.SETTLE) == "07-23 00:00"
    assert desk.clock(DeadlineKind.SETTLE).warned_at is None
    assert desk.ticket.settle_by == desk.clock(DeadlineKind.SETTLE).due_at


def test_what_was_breached_stays_so_whatever_is_granted_later() -> None:
    desk = Followed().take(TicketStep.DISPATCH).later(days=9)
    clock = desk.clock(DeadlineKind.SETTLE)
    clock.breached_at, due_at = desk.at, clock.due_at
    desk.take(TicketStep.REQUEST_EXTENSION, TicketStep.GRANT_EXTENSION)
    assert (clock.due_at, clock.breached_at) == (due_at, desk.at)


@given(st.floats(0.1, 100), st.floats(0.1, 1000))
def test_a_pause_moves_the_end_by_as_long_as_it_lasted(before: float, paused: float) -> None:
    desk = Followed().take(TicketStep.DISPATCH)
    clock = desk.clock(DeadlineKind.SETTLE)
    due_at = clock.due_at
    desk.later(hours=before).take(TicketStep.PAUSE)
    assert clock.moments() == []
    desk.later(hours=paused).take(TicketStep.RESUME)
    assert clock.due_at == due_at + clock.paused
    assert clock.paused == timedelta(hours=paused)


@pytest.mark.parametrize(("days", "outcome"), [(1, DeadlineOutcome.MET), (30, DeadlineOutcome.LATE)])
def test_a_clock_is_judged_when_it_stops(days: int, outcome: DeadlineOutcome) -> None:
    desk = Followed().take(TicketStep.DISPATCH).later(days=days).take(TicketStep.SETTLE)
    assert (desk.clock(DeadlineKind.SETTLE).outcome, desk.running()) == (outcome, set())


def test_a_redo_has_three_working_days_and_the_first_settlement_keeps_its_judgement() -> None:
    desk = (
        Followed()
        .take(TicketStep.DISPATCH, TicketStep.SETTLE)
        .later(days=1)
        .take(TicketStep.VISIT, TicketStep.ORDER_REDO)
    )
    assert (desk.running(), desk.due(DeadlineKind.REDO)) == ({DeadlineKind.REDO}, "07-08 00:00")
    desk.later(days=20).take(TicketStep.SETTLE)
    assert (desk.clock(DeadlineKind.REDO).outcome, desk.clock(DeadlineKind.SETTLE).outcome) == (
        DeadlineOutcome.LATE,
        DeadlineOutcome.MET,
    )


def test_a_linked_tickets_clocks_run_on_and_end_with_its_settlement() -> None:
    desk = Followed().take(TicketStep.DISPATCH).later(days=1).take(TicketStep.MERGE)
    assert DeadlineKind.SETTLE in desk.running()
    desk.take(TicketStep.SETTLE)
    assert desk.running() == set()


def test_a_year_that_the_calendar_does_not_know_counts_plain_weekdays_and_says_so() -> None:
    desk = Followed()
    desk.at = datetime(2093, 1, 5, 1, tzinfo=UTC)
    desk.take(TicketStep.DISPATCH)
    assert not desk.clock(DeadlineKind.SETTLE).calendar_known
    assert desk.clock(DeadlineKind.CONTACT).due_at == datetime(2093, 1, 6, 16, tzinfo=UTC)


@given(st.lists(st.sampled_from(sorted(TAKE)), max_size=25), st.floats(0, 90))
def test_no_walk_leaves_two_clocks_of_a_kind_or_one_that_runs_when_all_is_over(
    steps: Iterable[TicketStep], hours: float
) -> None:
    desk = Followed()
    for step in steps:
        try:
            desk.later(hours=hours).take(step)
        except ValueError:
            continue
        running = [clock.kind for clock in desk.clocks if clock.stopped_at is None]
        assert len(running) == len(set(running))
        assert all(clock.warn_at < clock.due_at for clock in desk.clocks)
    if desk.ticket.state in ("archived", "settled", "transferred"):
        assert not desk.running() - {DeadlineKind.SUPERVISE, DeadlineKind.DISPATCH}


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
    table = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    break_it, named = FAULTS[fault]
    break_it(table)
    file = tmp_path / "clocks.yaml"
    file.write_text(yaml.safe_dump(table), encoding="utf-8")
    with pytest.raises(InvalidData, match=named):
        deadline_rules(file)
