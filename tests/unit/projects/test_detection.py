"""The rule of concentration: from the calls alone, whatever their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.ticket_events import Place
from services.projects.domain.detection import (
    Call,
    Fulfilment,
    IssueLevel,
    first_hot,
    first_warning,
    hot_issue_id,
    place_of,
)
from services.projects.domain.evidence import Cell
from services.projects.domain.rules import RuleBook
from tests.unit.projects.books import book, edition

DAYS, CALLERS = 30, 3
BOOK = book(window_days=DAYS, distinct_callers=CALLERS)
START = datetime(2026, 1, 1, tzinfo=UTC)
CELL = Cell("quyang-1", "MJ01")


def call(day: float, by: str | None, *, history: bool = False) -> Call:
    return Call(f"ticket-{day}-{by}", by, START + timedelta(days=day), history)


def first(calls: Sequence[Call], by: RuleBook = BOOK) -> tuple[datetime, int] | None:
    found = first_hot(calls, by, None)
    return found and (found.at, found.callers)


def at(day: float, callers: int = 3) -> tuple[datetime, int]:
    return START + timedelta(days=day), callers


CALLS = st.lists(
    st.builds(call, st.integers(0, 90), st.sampled_from([None, "a", "b", "c", "d"]), history=st.booleans()),
    max_size=25,
)


def brute_force(calls: Sequence[Call]) -> tuple[datetime, int] | None:
    for moment in sorted(one.occurred_at for one in calls if not one.history):
        begin = moment - timedelta(days=DAYS)
        callers = {one.caller_ref for one in calls if begin < one.occurred_at <= moment} - {None}
        if len(callers) >= CALLERS:
            return moment, len(callers)
    return None


@given(CALLS)
def test_the_first_fulfilment_is_what_looking_at_every_window_finds(calls: list[Call]) -> None:
    assert first(calls) == brute_force(calls)


@given(st.data())
def test_the_order_in_which_calls_are_given_does_not_matter(data: st.DataObject) -> None:
    calls = data.draw(CALLS)
    assert first(data.draw(st.permutations(calls))) == first(calls)


def test_a_window_leaves_its_start_and_takes_its_end() -> None:
    assert first([call(0, "a"), call(10, "b"), call(30, "c")]) is None
    assert first([call(0.001, "a"), call(10, "b"), call(30, "c")]) == at(30)


def test_repeats_and_anonymous_calls_are_no_further_caller() -> None:
    assert first([call(day, by) for day, by in enumerate(["a", "a", None, None, "b", "b"])]) is None


def test_ten_thousand_calls_of_the_past_open_nothing() -> None:
    assert first([call(n / 100, f"caller-{n}", history=True) for n in range(10_000)]) is None


def test_calls_of_the_past_are_evidence_for_one_of_the_present() -> None:
    past = [call(1, "a", history=True), call(2, "b", history=True), call(2, "c", history=True)]
    assert first([*past, call(5, "c")]) == at(5)
    assert first([*past, call(40, "c")]) is None


def test_the_id_comes_from_the_key_and_the_ordinal_alone() -> None:
    assert hot_issue_id(CELL, 0) == hot_issue_id(CELL, 0)
    others = {hot_issue_id(Cell("quyang-1", "MJ02"), 0), hot_issue_id(Cell("quyang-2", "MJ01"), 0)}
    assert len({hot_issue_id(CELL, 0), hot_issue_id(CELL, 1), *others}) == 4


def test_the_place_is_what_the_earliest_call_that_knows_it_says() -> None:
    nameless = Call("1", None, START, place=Place(estate="quyang-1"))
    named = Call("2", None, START + timedelta(days=1), place=Place(sub_district="310109010", estate_name="东五小区"))
    other = Call("3", None, START + timedelta(days=2), place=Place(sub_district="310109009", estate_name="别名"))
    assert place_of(CELL, [other, named, nameless]) == Place(
        sub_district="310109010", estate="quyang-1", estate_name="东五小区"
    )


def test_what_goes_on_for_months_is_found_by_the_long_window() -> None:
    rules = book(window_days=30, distinct_callers=5, long_window={"window_days": 90, "distinct_callers": 8})
    found = first_hot([call(11 * n, f"caller-{n}") for n in range(8)], rules, None)
    assert found == Fulfilment(START + timedelta(days=77), 8, 8, 90, IssueLevel.LONG_WINDOW, 1)
    assert first_hot([call(12 * n, f"caller-{n}") for n in range(7)], rules, None) is None


@pytest.mark.parametrize(("usual", "found"), [(5, False), (6, True), (16, True), (17, False)])
def test_far_above_what_is_usual_there_fewer_are_enough(usual: int, found: bool) -> None:
    baseline = {"factor": 3, "past_days": 365, "least_past_calls": 6, "least_callers": 4}
    rules = book(window_days=30, distinct_callers=5, baseline=baseline)
    asked: list[tuple[datetime, datetime]] = []

    def past(begin: datetime, end: datetime) -> int:
        asked.append((begin, end))
        return usual

    hot = first_hot([call(n, f"caller-{n}") for n in range(4)], rules, None, past)
    assert (hot is not None) is found
    assert asked == [(START - timedelta(days=392), START - timedelta(days=27))]


def test_a_large_estate_needs_more_callers_and_an_unknown_one_is_not_scaled() -> None:
    rules = book(window_days=30, distinct_callers=5, floor_area={"reference_m2": 64_000, "at_most": 3})
    nine, fourteen = ([call(n, f"caller-{n}") for n in range(count)] for count in (9, 14))
    assert first_hot(nine, rules, 128_000) is None
    assert first_hot(fourteen, rules, 128_000) == Fulfilment(
        START + timedelta(days=9), 10, 10, 30, IssueLevel.SHORT_WINDOW, 1
    )
    assert first_hot(fourteen, rules, 9_000_000) is None
    assert first_hot(nine, rules, None) is not None


def test_a_few_callers_within_days_are_an_early_warning_and_one_who_calls_again_is_none() -> None:
    rules = book(
        window_days=30, distinct_callers=5, early_warning={"window_days": 7, "distinct_callers": 3, "quiet_days": 30}
    )
    warned = first_warning([call(0, "a"), call(1, "a"), call(6, "b"), call(6.5, "c")], rules)
    assert warned == Fulfilment(START + timedelta(days=6.5), 3, 4, 7, IssueLevel.EARLY_WARNING, 1)
    assert first_warning([call(n / 10, "a") for n in range(40)], rules) is None


def test_each_moment_is_judged_by_the_edition_of_its_day() -> None:
    strict = edition(window_days=30, distinct_callers=5)
    lax = edition(2, "2026-03-01", window_days=30, distinct_callers=2)
    rules = RuleBook((strict, lax))
    before = [call(day, by) for day, by in ((10, "a"), (11, "b"), (12, "c"))]
    assert first_hot(before, rules, None) is None
    after = [*before, call(65, "d"), call(66, "e")]
    assert first_hot(after, rules, None) == Fulfilment(START + timedelta(days=66), 2, 2, 30, IssueLevel.SHORT_WINDOW, 2)


@pytest.mark.parametrize("begin", ["2024-02-25", "2026-03-08", "2026-10-20", "1999-12-20", "2189-12-20"])
def test_a_window_is_as_long_over_a_leap_day_a_change_of_clocks_or_a_century(begin: str) -> None:
    zone = ZoneInfo("America/New_York")  # Shanghai changes no clocks; who sends us events may
    first_call = datetime.fromisoformat(begin).replace(tzinfo=zone).astimezone(UTC)
    gone = [Call(str(n), str(n), first_call + timedelta(days=15 * n)) for n in range(3)]
    assert first(gone) is None
    near = [replace(one, occurred_at=one.occurred_at - timedelta(seconds=n)) for n, one in enumerate(gone)]
    assert first(near) == (near[2].occurred_at, 3)
