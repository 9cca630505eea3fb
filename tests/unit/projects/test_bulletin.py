"""services/projects/domain/bulletin.py: weeks and months, and what each reader gets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.projects.domain.bulletin import SECTIONS, BulletinReader, Period

DAYS = st.dates(date(2001, 1, 1), date(2199, 12, 31))


@given(DAYS)
def test_a_day_lies_in_one_week_and_one_month_and_the_one_before_ends_where_it_begins(day: date) -> None:
    for of in (Period.week_of, Period.month_of):
        period = of(day)
        assert period.first <= day < period.end
        assert Period.named(period.name) == period
        assert period.before().end == period.first
        assert of(period.last) == period != of(period.end)
    assert Period.week_of(day).is_week
    assert not Period.month_of(day).is_week


def test_a_period_begins_at_midnight_in_shanghai() -> None:
    november = Period.named("2026-11").span()
    assert november.begin == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert november.end - november.begin == timedelta(days=30)
    now = datetime(2026, 11, 3, tzinfo=UTC)
    assert november.until(now).end - now == timedelta(microseconds=1)


def test_the_first_week_of_a_year_may_begin_in_the_year_before() -> None:
    assert Period.named("2026-W01").first == date(2025, 12, 29)


@pytest.mark.parametrize("name", ["2026-W54", "2026-W00", "2026-13", "2026-1", "2026", "W48", "", "2026-W48 "])
def test_what_names_no_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Period.named(name)


def test_every_reader_gets_sections_and_none_twice() -> None:
    assert set(SECTIONS) == set(BulletinReader)
    assert all(len(set(sections)) == len(sections) > 0 for sections in SECTIONS.values())
