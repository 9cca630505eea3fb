"""Times as they are written in tables."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.working_days import SHANGHAI
from services.cli.importing.times import moment_of


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
    "written", ["2019-02-30", "2019-13-01 10:00", "0000-01-01", "2019-01-06 24:00:00", "2019-01-06 10:61", "20191301"]
)
def test_a_time_of_no_calendar_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="no time of any calendar"):
        moment_of(written)


@pytest.mark.parametrize(
    "written", ["", "yesterday", "06/01/2019", "1/6/19 12:09", "43471.5", "1546747778", "2019-01-06 12:", "2019-01"]
)
def test_what_could_be_read_in_two_ways_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="write it as 2019-01-06 12:09:38"):
        moment_of(written)


@given(st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.timezones().map(lambda _: SHANGHAI)))
def test_what_python_writes_is_read_again(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert moment_of(moment.isoformat()) == whole
    assert moment_of(whole.replace(tzinfo=None).isoformat(" ")) == whole


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_a_value_error(written: str) -> None:
    with suppress(ValueError):
        assert moment_of(written).tzinfo is not None
