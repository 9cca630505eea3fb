"""demo/clockwork.py, diary.py: five working days at a time, and what was planned is done in order."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from demo.clockwork import BEGIN, midnight, steps
from demo.diary import Diary
from services.chassis.working_days import Calendar


def test_what_comes_in_at_one_step_can_be_settled_in_time_at_the_next() -> None:
    for now, following in pairwise(steps(46)):
        due = Calendar().after_working_days(now, 5).due
        assert now < following < due
        assert due - following < timedelta(hours=8)


def test_it_is_played_for_as_long_as_it_was_asked() -> None:
    moments = list(steps(40))
    assert moments[0].date() == BEGIN
    assert midnight(BEGIN.replace(2026, 4, 1)) < moments[-1] < midnight(BEGIN.replace(2026, 5, 1))


def test_a_diary_does_what_is_due_in_order_and_no_more() -> None:
    diary, done = Diary(), []
    now = midnight(BEGIN)
    diary.plan(now + timedelta(2), lambda at: done.append(("second", at)))
    diary.plan(now + timedelta(1), lambda at: done.append(("first", at)))
    diary.plan(now + timedelta(9), lambda at: done.append(("later", at)))
    diary.do(now + timedelta(3))
    assert done == [("first", now + timedelta(3)), ("second", now + timedelta(3))]


def test_what_is_planned_while_acting_waits_for_the_next_step() -> None:
    diary, done = Diary(), []
    now = midnight(BEGIN)
    diary.plan(now, lambda at: diary.plan(at, done.append))
    diary.do(now)
    assert done == []
    diary.do(now)
    assert done == [now]
