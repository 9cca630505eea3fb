"""Disturbance: each rule that a plan or an event breaks is named once."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.contracts.districts import SHANGHAI
from services.projects.domain.works.impact import BanPeriod, Breach, Impact, ImpactKind, ImpactPlan, breaches

EXAMS = BanPeriod(date(2026, 6, 7), date(2026, 6, 9), "gaokao")
PLAN = ImpactPlan({ImpactKind.WATER_CUT: 3, ImpactKind.NOISE: 1}, bans=(EXAMS,), quiet=frozenset({"5"}))
WORKING = defaultdict[date, bool](lambda: True)


def at(day: int, hour: int, minute: int = 0, month: int = 5) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def noise(starts: datetime, ends: datetime, **more: Any) -> Impact:
    return Impact(ImpactKind.NOISE, frozenset({"3"}), starts - timedelta(days=2), starts, ends, **more)


def test_noise_in_its_hours_breaks_nothing() -> None:
    assert breaches(noise(at(5, 8), at(5, 18)), PLAN, WORKING) == []


@pytest.mark.parametrize(
    ("announced", "broken"), [(at(2, 23, 59), []), (at(3, 0), [Breach.NOTICE_TOO_SHORT])], ids=["in time", "a day late"]
)
def test_a_cut_is_announced_three_whole_days_before(announced: datetime, broken: list[Breach]) -> None:
    cut = Impact(ImpactKind.WATER_CUT, frozenset({"3"}), announced, at(5, 9), at(5, 15))
    assert breaches(cut, PLAN, WORKING) == broken


@pytest.mark.parametrize(
    ("starts", "ends", "broken"),
    [
        (at(5, 7, 59), at(5, 10), [Breach.OUTSIDE_HOURS]),
        (at(5, 17), at(5, 18, 1), [Breach.OUTSIDE_HOURS]),
        (at(5, 20), at(5, 22), [Breach.OUTSIDE_HOURS]),
        (at(5, 20), at(5, 22, 1), [Breach.AT_NIGHT, Breach.OUTSIDE_HOURS]),
        (at(5, 5, 59), at(5, 7), [Breach.AT_NIGHT, Breach.OUTSIDE_HOURS]),
        (at(5, 17), at(6, 9), [Breach.AT_NIGHT, Breach.OUTSIDE_HOURS]),
        (at(7, 9, month=6), at(7, 10, month=6), [Breach.IN_A_BAN_PERIOD]),
        (at(9, 9, month=6), at(9, 10, month=6), [Breach.IN_A_BAN_PERIOD]),
        (at(10, 9, month=6), at(10, 10, month=6), []),
    ],
)
def test_hours_nights_and_examinations(starts: datetime, ends: datetime, broken: list[Breach]) -> None:
    assert breaches(noise(starts, ends), PLAN, WORKING) == broken


def test_a_permit_allows_the_night() -> None:
    allowed = ImpactPlan({}, permit="paper")
    assert breaches(noise(at(5, 22), at(6, 5)), allowed, WORKING) == []


def test_no_noise_on_a_day_off() -> None:
    days = defaultdict[date, bool](lambda: True, {date(2026, 5, 5): False})
    assert breaches(noise(at(5, 9), at(5, 10)), PLAN, days) == [Breach.NOT_A_WORKING_DAY]


def test_who_needs_quiet_is_asked_first() -> None:
    loud = Impact(ImpactKind.NOISE, frozenset({"5"}), at(1, 9), at(5, 9), at(5, 10))
    assert breaches(loud, PLAN, WORKING) == [Breach.QUIET_NOT_ASKED]
    asked = Impact(ImpactKind.NOISE, frozenset({"5"}), at(1, 9), at(5, 9), at(5, 10), frozenset({"5"}))
    assert breaches(asked, PLAN, WORKING) == []


def test_a_scaffold_stands_no_longer_than_promised() -> None:
    for days, broken in ((60, []), (61, [Breach.SCAFFOLD_TOO_LONG])):
        scaffold = Impact(ImpactKind.SCAFFOLD, frozenset({"3"}), at(1, 9), at(5, 9), at(5, 9) + timedelta(days=days))
        assert breaches(scaffold, PLAN, WORKING) == broken


def test_an_end_before_the_beginning_is_named() -> None:
    cut = Impact(ImpactKind.WATER_CUT, frozenset({"3"}), at(1, 9), at(5, 9), at(5, 9))
    assert breaches(cut, PLAN, WORKING) == [Breach.ENDS_BEFORE_IT_STARTS]


def test_rescue_does_not_wait_for_a_permit() -> None:
    assert breaches(noise(at(5, 23), at(6, 3), rescue=True), PLAN, WORKING) == []


def test_a_ban_of_nights_leaves_the_days_and_admits_no_permit() -> None:
    nights = BanPeriod(date(2026, 5, 1), date(2026, 5, 31), "exams", nights=True)
    plan = ImpactPlan({}, bans=(nights,), permit="paper")
    assert breaches(noise(at(5, 9), at(5, 10)), plan, WORKING) == []
    assert breaches(noise(at(5, 22), at(6, 3)), plan, WORKING) == [Breach.IN_A_BAN_PERIOD]


@pytest.mark.parametrize(
    ("day", "banned"),
    [
        (date(2021, 5, 31), True),
        (date(2026, 6, 21), True),
        (date(2031, 5, 31), True),
        (date(2026, 5, 30), False),
        (date(2026, 6, 22), False),
        (date(2020, 6, 1), False),
    ],
)
def test_a_yearly_ban_comes_back_each_year(day: date, banned: bool) -> None:
    assert BanPeriod(date(2021, 5, 31), date(2021, 6, 21), "exams", nights=True, yearly=True).covers(day) is banned


def test_noise_in_the_whole_estate_asks_every_block_that_needs_quiet() -> None:
    loud = Impact(ImpactKind.NOISE, frozenset(), at(1, 9), at(5, 9), at(5, 10), frozenset({"3"}))
    assert breaches(loud, PLAN, WORKING) == [Breach.QUIET_NOT_ASKED]


def test_a_block_may_have_been_promised_another_time_of_scaffold() -> None:
    plan = ImpactPlan({}, scaffold_days=60, scaffold_by_block={"3": 30})
    for block, broken in (("3", [Breach.SCAFFOLD_TOO_LONG]), ("4", [])):
        stands = Impact(ImpactKind.SCAFFOLD, frozenset({block}), at(1, 9), at(5, 9), at(5, 9) + timedelta(days=31))
        assert breaches(stands, plan, WORKING) == broken
