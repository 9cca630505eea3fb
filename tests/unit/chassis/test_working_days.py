"""services/chassis/working_days.py: limits in working days, in announced years and in those not announced yet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.working_days import SHANGHAI, Calendar, calendar_of
from services.contracts.data_files import InvalidData

LAST_KNOWN = max(day.year for day in chinese_calendar.holidays)
UNKNOWN = LAST_KNOWN + 1


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00+08:00")


def closing(day: str) -> datetime:
    """The midnight that ends `day`."""
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), datetime.min.time(), SHANGHAI)


def test_a_make_up_weekend_is_a_working_day_and_the_holiday_before_it_is_not() -> None:
    assert Calendar().after_working_days(at("2026-02-13"), 1).due == closing("2026-02-14")
    assert Calendar().after_working_days(at("2026-02-14"), 1).due == closing("2026-02-24")


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2027-12-31", 1, "2028-01-03"),  # New Year's Day is a Saturday: the weekend goes on
        ("2027-02-04", 1, "2027-02-09"),  # New Year's Eve to the third day, then the weekend is over
        ("2027-04-02", 1, "2027-04-06"),  # Qingming is a Monday
        ("2027-04-30", 1, "2027-05-03"),
        ("2027-06-08", 1, "2027-06-10"),  # Dragon Boat
        ("2027-09-14", 1, "2027-09-16"),  # Mid-autumn
        ("2027-09-30", 1, "2027-10-04"),
        ("2028-10-02", 1, "2028-10-04"),  # Mid-autumn falls on a National Day
    ],
)
def test_a_holiday_by_law_never_counts_even_in_a_year_that_is_not_announced(start: str, days: int, last: str) -> None:
    if date.fromisoformat(start).year <= LAST_KNOWN:
        pytest.skip(f"{start[:4]} has been announced: the package knows it")
    limit = Calendar().after_working_days(at(start), days)
    assert (limit.due, limit.calendar_known) == (closing(last), False)


def test_the_last_day_of_a_known_year_is_followed_by_new_years_day_off() -> None:
    limit = Calendar().after_working_days(at(f"{LAST_KNOWN}-12-31"), 1)
    assert limit.due > closing(f"{UNKNOWN}-01-01")
    assert not limit.calendar_known


def notice(*lines: str) -> str:
    """Of a year not announced yet: its holidays by law, and more lines."""
    by_law = sorted(day for day in country_holidays("CN", years=UNKNOWN, observed=False) if day.weekday() < 5)
    return "\n".join(["date,day", *(f"{day},off" for day in by_law), *lines, ""])


def test_a_districts_file_makes_a_year_known(tmp_path: Path) -> None:
    file = tmp_path / "calendar.csv"
    monday = date(UNKNOWN, 3, 1) + timedelta(days=-date(UNKNOWN, 3, 1).weekday() % 7)
    saturday = monday + timedelta(days=5)
    file.write_text(notice(f"{monday},off", f"{saturday},work"), encoding="utf-8")
    calendar = calendar_of(file)
    assert calendar.is_working_day(monday) == (False, True)
    assert calendar.is_working_day(saturday) == (True, True)
    assert calendar.is_working_day(date(UNKNOWN + 1, 1, 1)) == (False, False)
    assert calendar.known_until == datetime(UNKNOWN + 1, 1, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("date,day\n2027-02-30,off\n", "line 2: date"),
        ("date,day\n2027-02-09,free\n", "line 2: day"),
        ("date,day\n2027-02-09,off\n2027-02-09,work\n", "line 3: 2027-02-09 stands twice"),
        ("date,day\n", "has no days"),
        ("date,day\n2027-02-09,work\n", "line 2: 2027-02-09 is no weekend; correct the date or remove the line"),
        ("date,day\n2027-01-01,off\n", "the year 2027: lacks `2027-02-05,off`, a holiday by law; give every day"),
        ("day\noff\n", "line 2: date"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line_and_the_remedy(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "calendar.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidData, match=says):
        calendar_of(file)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)).map(lambda one: one.replace(tzinfo=SHANGHAI)),
    st.integers(1, 40),
)
def test_a_limit_ends_on_a_working_day_and_a_longer_one_later(start: datetime, days: int) -> None:
    calendar = Calendar()
    due = calendar.after_working_days(start, days).due
    assert calendar.is_working_day((due - timedelta(seconds=1)).date())[0]
    assert calendar.after_working_days(start, days + 1).due > due


EXAMPLE = Path(__file__).parents[3] / "deploy" / "calendar" / "2026.csv"


def test_the_example_file_says_what_the_package_says_of_its_year() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    calendar = calendar_of(EXAMPLE)
    assert [calendar.is_working_day(day) for day in days] == [(chinese_calendar.is_workday(day), True) for day in days]


def test_without_a_file_the_package_alone_knows() -> None:
    assert calendar_of(None).known_until == datetime(UNKNOWN, 1, 1, tzinfo=SHANGHAI)


def test_a_file_that_is_not_there_and_one_of_another_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=r"cannot be read \(No such file or directory\); name one that can"):
        calendar_of(tmp_path / "none.csv")
    (tmp_path / "gbk.csv").write_bytes("date,day,名\n".encode("gbk"))
    with pytest.raises(InvalidData, match="save it as UTF-8"):
        calendar_of(tmp_path / "gbk.csv")


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2026-07-01", 3, "2026-10-08"),  # 1 October and the days after it are off
        ("2026-01-31", 1, "2026-02-28"),  # a shorter month; a Saturday that is worked on
        ("2026-11-30", 3, "2027-03-01"),  # 28 February is a Sunday
        ("2026-03-10", 1, "2026-04-10"),
    ],
)
def test_months_end_on_the_same_day_or_the_next_working_day(start: str, months: int, last: str) -> None:
    begun = datetime.combine(date.fromisoformat(start), datetime.min.time(), SHANGHAI)
    due = Calendar().after_months(begun, months).due
    assert (due - timedelta(seconds=1)).date() == date.fromisoformat(last)
