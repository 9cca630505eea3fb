"""Limits of supervision: the days that are shown as left out are those that were."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.working_days import SHANGHAI, Calendar
from services.contracts.data_files import InvalidData
from services.projects.app.supervision.limits import Limits
from services.projects.domain.supervision.clocks import SupervisionClockKind
from services.projects.files.supervision_rules import FILE, supervision_rules

LIMITS = Limits(supervision_rules(), Calendar())
COUNTED = (SupervisionClockKind.HAND_OVER, SupervisionClockKind.ANSWER, SupervisionClockKind.REDO)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 9, 1)).map(lambda one: one.replace(tzinfo=UTC)),
    st.sampled_from(COUNTED),
)
def test_what_was_left_out_and_what_counted_make_up_the_whole(since: datetime, kind: SupervisionClockKind) -> None:
    clock = LIMITS.start(kind, since)
    first, last = (one.astimezone(SHANGHAI).date() for one in (since, clock.due - timedelta(seconds=1)))
    off = LIMITS.skipped(clock)
    assert all(first < day < last and not Calendar().is_working_day(day)[0] for day in off)
    assert Calendar().is_working_day(last)[0]
    if clock.working_days:
        assert (last - first).days - len(off) == clock.working_days
    else:
        nominal = last - timedelta(days=len(off))
        assert nominal.day == first.day or (nominal + timedelta(days=1)).day == 1  # a shorter month
    assert LIMITS.recounted(clock) == clock


def test_a_promise_ends_with_its_day_whatever_the_calendar() -> None:
    clock = LIMITS.until(SupervisionClockKind.PROMISE, datetime(2026, 7, 1, tzinfo=UTC), date(2026, 10, 1))
    assert clock.due == datetime(2026, 10, 1, 16, tzinfo=UTC)
    assert (LIMITS.skipped(clock), LIMITS.recounted(clock)) == ([], clock)


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("{kind: hand_over, working_days: 7}", "{kind: hand_over}", "give working_days or months"),
        ("{kind: hand_over, working_days: 7}", "{kind: return, months: 1}", "one row for each"),
        ("months: 3, warn", "months: 0, warn", "greater than 0"),
    ],
)
def test_a_wrong_rule_is_refused(tmp_path: Path, wrong: str, right: str, says: str) -> None:
    file = tmp_path / "supervision_rules.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace(wrong, right), encoding="utf-8")
    with pytest.raises(InvalidData, match=says):
        supervision_rules(file)
