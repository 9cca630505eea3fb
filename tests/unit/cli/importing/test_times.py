"""Times as they are written in tables."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.working_days import SHANGHAI
from services.cli.importing.times import layout_fault, moment_of


@pytest.mark.parametrize(
    "written",
    [
        "2019-01-06 12:09:38",
        "2019/1/6 12:09:38",
        "2019.01.06 12:09:38",
        " 2019-01-06T12:09:38.123 ",
        "2019年1月6日 12时09分38秒",
        "2019年1月6日12:09:38",
        "２０１９-０１-０６ １２：０９：３８",
        "20190106 12:09:38",
        "2019-01-06T12:09:38+08:00",
        "2019-01-06T04:09:38Z",
        "2019-01-05 23:09:38 -0500",
    ],
)
def test_a_moment_may_be_written_in_many_ways(written: str) -> None:
    assert moment_of(written) == datetime(2019, 1, 6, 12, 9, 38, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("written", "hour", "minute"),
    [("2019-01-06", 0, 0), ("2019年1月6日 8点", 8, 0), ("2019-1-6 8:05", 8, 5), ("2019年1月6日8时5分", 8, 5)],
)
def test_what_is_left_out_is_the_beginning(written: str, hour: int, minute: int) -> None:
    assert moment_of(written) == datetime(2019, 1, 6, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "written",
    [
        *("2019-02-30", "2019-13-01 10:00", "0000-01-01", "2019-01-06 24:00:01", "2019-01-06 10:61", "20191301"),
        *("2019-01-06 上午13:00", "2019-01-06T12:00[Asia/Nowhere]"),
    ],
)
def test_a_time_of_no_calendar_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="no time of any calendar"):
        moment_of(written)


@pytest.mark.parametrize(
    "written",
    [
        *("", "yesterday", "06/01/2019", "1/6/19 12:09", "1546747778", "2019-01-06 12:", "2019-01"),
        *("1546747778000", "Sun Jan 06 12:09:38 CST 2019", "06-01-19", "99999"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="write it as 2019-01-06 12:09:38"):
        moment_of(written)


@pytest.mark.parametrize(
    "written",
    [
        "2019-01-06 12:09:38.123456+08",
        "2019-01-06 04:09:38 UTC",
        "20190106120938",
        "20190106120938123",
        "2019/1/6 下午 0:09:38",
        "2019/1/6 12:09:38 PM",
        "2019年1月6日 中午12时09分38秒",
        "2019-01-06T12:09:38+08:00[Asia/Shanghai]",
        "2019-01-06T12:09:38[Asia/Shanghai]",
        "2019-01-06T04:09:38Z[UTC]",
        "2019年1月6日 星期日 12:09:38",
        "2019-01-06（周日）12:09:38",
        "43471.50668981482",
        "Sun, 06 Jan 2019 04:09:38 GMT",
        "Sun Jan 06 04:09:38 UTC 2019",
        "Jan 6, 2019 12:09:38 PM",
        "6-JAN-2019 12:09:38",
        "2019-01-06 12:09:38 GMT+8",
        "\u200e2019-01-06\u202f12:09:38",
    ],
)
def test_what_databases_java_and_spreadsheets_write_is_one_moment(written: str) -> None:
    assert moment_of(written) == datetime(2019, 1, 6, 12, 9, 38, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2019-01-06 24:00", datetime(2019, 1, 7)),
        ("2019-12-31 24:00:00", datetime(2020, 1, 1)),
        ("43471", datetime(2019, 1, 6)),
        ("2019/1/6 上午12:30", datetime(2019, 1, 6, 0, 30)),
        ("2019/1/6 下午3时20分", datetime(2019, 1, 6, 15, 20)),
        ("2019/1/6 下午15:20", datetime(2019, 1, 6, 15, 20)),
        ("2019/1/6 晚上8点", datetime(2019, 1, 6, 20)),
        ("2019/1/6 中午1点", datetime(2019, 1, 6, 13)),
    ],
)
def test_halves_of_the_day_and_its_end_are_known(written: str, moment: datetime) -> None:
    assert moment_of(written) == moment.replace(tzinfo=SHANGHAI)


def test_a_layout_tells_what_could_be_read_in_two_ways() -> None:
    layout = "%m/%d/%Y %I:%M:%S %p"
    assert layout_fault(layout) is None
    assert moment_of("03/05/2026 12:09:38 PM", layout) == datetime(2026, 3, 5, 12, 9, 38, tzinfo=SHANGHAI)
    assert moment_of("3/5/2026 1:09:38 AM", layout) == datetime(2026, 3, 5, 1, 9, 38, tzinfo=SHANGHAI)
    assert moment_of("2026-03-05", layout) == datetime(2026, 3, 5, tzinfo=SHANGHAI)
    with pytest.raises(ValueError, match="is not a time"):
        moment_of("31/12/2026 1:09:38 AM", layout)


@pytest.mark.parametrize("layout", ["%m/%d", "%q", "today", "%H:%M"])
def test_a_layout_without_a_whole_date_is_refused(layout: str) -> None:
    assert layout_fault(layout)


@given(st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.timezones().map(lambda _: SHANGHAI)))
def test_what_python_writes_is_read_again(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert moment_of(moment.isoformat()) == whole
    assert moment_of(whole.replace(tzinfo=None).isoformat(" ")) == whole


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_a_value_error(written: str) -> None:
    with suppress(ValueError):
        assert moment_of(written).tzinfo is not None
