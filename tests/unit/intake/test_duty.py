"""When duty desks are notified that calls wait, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.data_files import InvalidData
from services.intake.domain.limits import SHANGHAI
from services.intake.files.duty_rules import FILE, duty_rules

RULES = duty_rules()
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.integers(0, 59 * 60))
def test_within_its_time_a_desk_has_one_slot_and_in_the_next_another(now: datetime, later: int) -> None:
    slot = RULES.slot(now)
    if slot is None:
        return
    assert slot <= now < slot + timedelta(minutes=RULES.every_min)
    assert RULES.slot(slot + timedelta(seconds=later)) in (slot, None)
    assert RULES.slot(slot + timedelta(minutes=RULES.every_min)) != slot


@given(MOMENTS)
def test_nobody_is_notified_in_the_quiet_hours(now: datetime) -> None:
    hour = now.astimezone(SHANGHAI).hour
    assert (RULES.slot(now) is None) is (hour >= 20 or hour < 8)


def test_the_words_say_how_many_and_since_when() -> None:
    oldest = datetime(2026, 7, 1, 0, 30, tzinfo=UTC)
    assert RULES.text("hub", 3, oldest) == "【12345电话清单】区城运中心：3件待拨打，最早一件自07-01 08:30起待办。"
    assert "区房管局" in RULES.text("housing", 3, oldest)


@pytest.mark.parametrize("words", ["{desk}{caller}", "{0}", "{desk"])
def test_words_that_cannot_be_filled_are_refused_by_name(tmp_path: Path, words: str) -> None:
    content = FILE.read_text(encoding="utf-8")
    file = tmp_path / "duty_desks.yaml"
    file.write_text(content.replace(RULES.words, words), encoding="utf-8")
    with pytest.raises(InvalidData, match="words"):
        duty_rules(file)
