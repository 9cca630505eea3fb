"""The table of sending to officers is refused with the place of its fault; quiet hours and limits hold for whoever they
are for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.data_files import InvalidData
from services.notifier.domain.limits import free_from, share_used
from services.notifier.domain.message_text import text_of
from services.notifier.domain.officer import OfficerChannel, Post
from services.notifier.domain.sending_rules import ChannelLimit
from services.notifier.files.sending_rules import FILE, sending_rules

RULES = sending_rules()
START = datetime(2026, 7, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 14 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
LIMITS = RULES.limits[OfficerChannel.SMS]


def quicker(table: dict[str, Any]) -> None:
    table["bundling"]["windows_min"] = [30, 30]


def never_there(table: dict[str, Any]) -> None:
    table["bundling"]["anew_after_h"] = 1


def no_hour(table: dict[str, Any]) -> None:
    table["quiet"][0]["end"] = table["quiet"][0]["begin"]


def no_sms(table: dict[str, Any]) -> None:
    del table["limits"]["sms"]


def other_field(table: dict[str, Any]) -> None:
    table["frames"]["zh"]["many"] = "{name}"


def no_english(table: dict[str, Any]) -> None:
    del table["frames"]["en"]


def unknown_post(table: dict[str, Any]) -> None:
    table["quiet"][1]["posts"] = ["driver"]


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (quicker, "bundling: .*must be longer"),
        (never_there, "bundling: .*shorter than the last window"),
        (no_hour, r"quiet\.0: .*begin and end are the same"),
        (no_sms, "limits: .*lacks sms"),
        (other_field, r"frames\.zh: .*many: knows"),
        (no_english, "frames: .*give zh and en"),
        (unknown_post, r"quiet\.1\.posts"),
    ],
)
def test_a_faulty_table_is_refused_with_its_place(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], place: str
) -> None:
    table = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    spoil(table)
    (tmp_path / "sending.yaml").write_text(yaml.safe_dump(table), encoding="utf-8")
    with pytest.raises(InvalidData, match=place):
        sending_rules(tmp_path / "sending.yaml")


@given(MOMENTS, st.sampled_from(OfficerChannel), st.sampled_from(Post))
def test_quiet_hours_end_and_put_off_by_less_than_a_day(at: datetime, channel: OfficerChannel, post: Post) -> None:
    later = RULES.out_of_quiet(at, channel, post)
    assert at <= later < at + timedelta(days=1)
    assert RULES.out_of_quiet(later, channel, post) == later


def test_a_duty_officer_gets_mail_at_night_and_a_leader_nothing() -> None:
    night = datetime(2026, 7, 1, 15, tzinfo=UTC)
    assert RULES.out_of_quiet(night, OfficerChannel.EMAIL, Post.DUTY) == night
    assert RULES.out_of_quiet(night, OfficerChannel.EMAIL, Post.LEADER) == datetime(2026, 7, 2, 0, tzinfo=UTC)


@given(st.lists(MOMENTS, max_size=60))
def test_messages_that_leave_when_they_may_exceed_no_limit(wanted: list[datetime]) -> None:
    sent_at: list[datetime] = []
    now = START
    for at in sorted(wanted):
        now = max(now, at)
        while (free := free_from(sent_at, now, LIMITS)) > now:
            now = free
        sent_at.append(now)
    for limit in LIMITS:
        for one in sent_at:
            assert sum(one <= other < one + limit.span for other in sent_at) <= limit.most


@given(st.lists(MOMENTS, max_size=30), MOMENTS)
def test_a_message_waits_just_when_a_limit_is_used_up(sent_at: list[datetime], at: datetime) -> None:
    past = [one for one in sent_at if one <= at]
    assert (free_from(past, at, LIMITS) > at) == (share_used(past, at, LIMITS) >= 1)


def test_the_share_is_that_of_the_nearest_limit() -> None:
    limits = [ChannelLimit(most=4, minutes=60, source="test"), ChannelLimit(most=100, minutes=600, source="test")]
    sent_at = [START - timedelta(minutes=minute) for minute in (10, 20, 30, 300)]
    assert share_used(sent_at, START, limits) == 0.75


def test_a_long_digest_says_its_newest_lines_and_how_many_more_there_are() -> None:
    sentences = [f"第{number}件" for number in range(1, 6)]
    assert (
        text_of(sentences, RULES.frames["zh"], 2) == "【12345】5条提醒：\n· 第4件\n· 第5件\n另有3条，请登录系统查看。"
    )
    assert text_of(sentences[:1], RULES.frames["en"], 2) == "[12345] 第1件"
