"""The rule of concentration: from the calls alone, whatever their order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.ticket_events import Place
from services.projects.domain.detection import Call, Fulfilment, first_fulfilled, hot_issue_id, place_of
from services.projects.domain.evidence import Cell
from services.projects.domain.rules import Detection

RULE = Detection(window_days=30, distinct_callers=3)
START = datetime(2026, 1, 1, tzinfo=UTC)
CELL = Cell("quyang-1", "MJ01")


def call(day: float, by: str | None, *, history: bool = False) -> Call:
    return Call(f"ticket-{day}-{by}", by, START + timedelta(days=day), history)


def at(day: float, callers: int = 3) -> Fulfilment:
    return Fulfilment(START + timedelta(days=day), callers)


CALLS = st.lists(
    st.builds(call, st.integers(0, 90), st.sampled_from([None, "a", "b", "c", "d"]), history=st.booleans()),
    max_size=25,
)


def brute_force(calls: Sequence[Call]) -> Fulfilment | None:
    for moment in sorted(one.occurred_at for one in calls if not one.history):
        begin = moment - timedelta(days=RULE.window_days)
        callers = {one.caller_ref for one in calls if begin < one.occurred_at <= moment} - {None}
        if len(callers) >= RULE.distinct_callers:
            return Fulfilment(moment, len(callers))
    return None


@given(CALLS)
def test_the_first_fulfilment_is_what_looking_at_every_window_finds(calls: list[Call]) -> None:
    assert first_fulfilled(calls, RULE) == brute_force(calls)


@given(st.data())
def test_the_order_in_which_calls_are_given_does_not_matter(data: st.DataObject) -> None:
    calls = data.draw(CALLS)
    assert first_fulfilled(data.draw(st.permutations(calls)), RULE) == first_fulfilled(calls, RULE)


def test_a_window_leaves_its_start_and_takes_its_end() -> None:
    assert first_fulfilled([call(0, "a"), call(10, "b"), call(30, "c")], RULE) is None
    assert first_fulfilled([call(0.001, "a"), call(10, "b"), call(30, "c")], RULE) == at(30)


def test_repeats_and_anonymous_calls_are_no_further_caller() -> None:
    assert first_fulfilled([call(day, by) for day, by in enumerate(["a", "a", None, None, "b", "b"])], RULE) is None


def test_ten_thousand_calls_of_the_past_open_nothing() -> None:
    assert first_fulfilled([call(n / 100, f"caller-{n}", history=True) for n in range(10_000)], RULE) is None


def test_calls_of_the_past_are_evidence_for_one_of_the_present() -> None:
    past = [call(1, "a", history=True), call(2, "b", history=True), call(2, "c", history=True)]
    assert first_fulfilled([*past, call(5, "c")], RULE) == at(5)
    assert first_fulfilled([*past, call(40, "c")], RULE) is None


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
