"""demo/truth.py: faults missed and alarms without a fault, judged without asking the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from demo.calls import Call
from demo.clockwork import BEGIN, midnight
from demo.district import District
from demo.story import all_stories
from demo.truth import judge, shows
from demo.world import World

START = midnight(BEGIN)


def _call(day: float, phone: str | None, estate: str = "xinxiang", type_code: str = "MJ01") -> Call:
    return Call(START + timedelta(days=day), estate, type_code, "story", "漏雨", None, "phone", None, phone)


def _issue(estate: str, type_code: str, state: str = "confirmed") -> dict[str, Any]:
    return {"hot_issue_id": "1", "state": state, "type_code": type_code, "place": {"estate": estate}}


def test_five_distinct_callers_within_thirty_days_show() -> None:
    assert shows([_call(day, f"{day}") for day in (0, 5, 10, 20, 29.9)])
    assert not shows([_call(day, f"{day}") for day in (0, 5, 10, 20, 30)])
    assert not shows([_call(day, f"{day % 4}") for day in range(20)])
    assert not shows([_call(day, None) for day in range(20)])


@given(st.lists(st.tuples(st.floats(0, 90), st.sampled_from("abcdefg")), max_size=30))
def test_the_moving_window_finds_what_trying_every_window_finds(days: list[tuple[float, str]]) -> None:
    calls = sorted((_call(day, phone) for day, phone in days), key=lambda one: one.at)
    every = any(
        len({one.phone for one in calls if last.at - timedelta(days=30) < one.at <= last.at}) >= 5 for last in calls
    )
    assert shows(calls) == every


def test_what_showed_and_was_not_found_is_missed_and_what_did_not_show_is_not() -> None:
    faults = World(District(1), all_stories()).faults[:2]
    (loud, quiet) = faults
    calls = [_call(day, f"{day}", *loud.cell) for day in range(6)]
    calls += [_call(day, f"{day}", *quiet.cell) for day in (1, 2)]
    assert judge(faults, calls, []).missed == [loud.cell]
    assert judge(faults, calls, [_issue(*loud.cell)]).missed == []
    assert judge(faults, calls, [_issue(*loud.cell, state="withdrawn")]).missed == [loud.cell]


def test_an_issue_where_no_fault_is_is_a_false_alarm_unless_withdrawn() -> None:
    faults = World(District(1), all_stories()).faults
    assert judge(faults, [], [_issue(faults[0].estate.id, "SC07")]).false_alarms == ["1"]
    assert judge(faults, [], [_issue(faults[0].estate.id, "SC07", state="withdrawn")]).false_alarms == []
    assert judge(faults, [], [_issue(*faults[0].cell)]).false_alarms == []
