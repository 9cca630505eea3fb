"""Whether a person gets a message, by which way and when: quiet hours, limits, and what stands against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.contracts.quiet_hours import Quiet, after_quiet
from services.intake.domain.limits import SHANGHAI
from services.intake.domain.occasion import Occasion
from services.intake.domain.occasion_rules import TellingLimit
from services.intake.domain.reach import Contact, reach_of, ways_of
from services.intake.domain.telling import Way
from services.intake.domain.telling_plan import Addressee, Cause, decide, fits
from services.intake.files.occasions import occasions

TABLE = occasions()
NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
MOBILE = Addressee(named=True, reach=(Contact.MOBILE,))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1), timezones=st.just(UTC))
CLOCKS = st.times().map(lambda clock: clock.replace(microsecond=0))


def occasion(code: str) -> Occasion:
    found = TABLE.find(code)
    assert found
    return found


def quiet(begin: time, end: time) -> Quiet:
    return Quiet(begin=begin, end=end, source="test")


def decided(code: str, to: Addressee, at: datetime = NOON, *before: datetime) -> tuple[Way | None, Cause | None]:
    decision = decide(TABLE, occasion(code), to, before, at)
    return decision.way, decision.cause


@pytest.mark.parametrize(
    ("code", "to", "way", "cause"),
    [
        ("answered", {}, Way.SMS, None),
        ("answered", {"reach": (Contact.MOBILE, Contact.EMAIL)}, Way.SMS, None),
        ("answered", {"reach": (Contact.LANDLINE, Contact.EMAIL)}, Way.EMAIL, None),
        ("answered", {"reach": (Contact.LANDLINE,)}, Way.CALL, None),
        ("answered", {"reach": (Contact.UNKNOWN,)}, Way.CALL, None),
        ("received", {"reach": (Contact.LANDLINE,)}, None, Cause.NO_WAY),  # nobody is called only for this
        ("answered", {"reach": ()}, None, Cause.NO_WAY),
        ("answered", {"reach": (), "named": False}, None, Cause.ANONYMOUS),
        ("answered", {"reach": (Contact.EMAIL,), "named": False}, Way.EMAIL, None),
        ("answered", {"confidential": True}, Way.CALL, None),
        ("answered", {"confidential": True, "reach": (Contact.EMAIL,)}, None, Cause.CONFIDENTIAL),
        ("received", {"confidential": True}, None, Cause.CONFIDENTIAL),
        ("received", {"history": True}, None, Cause.HISTORY),
        ("received", {"of_city": True}, None, Cause.CITY),
        ("works start", {"of_city": True}, Way.SMS, None),  # of works only the district knows
        ("received", {"stopped": True}, None, Cause.STOPPED),
        ("transferred", {"stopped": True}, Way.SMS, None),
    ],
)
def test_a_message_goes_by_the_first_way_that_reaches_the_person_or_not_for_a_cause(
    code: str, to: dict[str, Any], way: Way | None, cause: Cause | None
) -> None:
    assert decided(code, replace(MOBILE, **to)) == (way, cause)


@pytest.mark.parametrize(
    ("phone", "email", "reach"),
    [
        ("13812345678", None, {Contact.MOBILE}),
        ("+86 138-1234-5678", None, {Contact.MOBILE}),
        ("021-65431234", None, {Contact.LANDLINE}),
        ("65431234", "wang@example.cn", {Contact.LANDLINE, Contact.EMAIL}),
        ("00000000", None, set()),
        ("12345", None, set()),
        (None, "wang@example.cn", {Contact.EMAIL}),
        (None, None, set()),
        ("+1 650 253 0000", None, {Contact.LANDLINE}),
    ],
)
def test_what_a_caller_leaves_says_how_they_can_be_reached(
    phone: str | None, email: str | None, reach: set[Contact]
) -> None:
    assert set(reach_of(phone, email)) == reach


def test_a_mobile_can_be_called_too() -> None:
    assert ways_of((Contact.MOBILE,)) == {Way.SMS, Way.CALL}


@pytest.mark.parametrize(
    ("hour", "not_before"),
    [("12:00", "1 12:00"), ("20:59", "1 20:59"), ("21:00", "2 08:00"), ("23:59", "2 08:00"), ("07:59", "1 08:00")],
)
def test_in_the_night_nobody_is_sent_what_can_wait(hour: str, not_before: str) -> None:
    at = datetime.combine(datetime(2026, 7, 1), time.fromisoformat(hour), SHANGHAI)
    decision = decide(TABLE, occasion("answered"), MOBILE, [], at.astimezone(UTC))
    assert decision.not_before.astimezone(SHANGHAI).strftime("%-d %H:%M") == not_before
    assert decide(TABLE, occasion("transferred"), MOBILE, [], at).not_before == at


def test_what_may_be_overtaken_waits_a_while() -> None:
    assert decide(TABLE, occasion("in review"), MOBILE, [], NOON).not_before == NOON + timedelta(hours=2)


@given(MOMENTS, CLOCKS, CLOCKS)
def test_quiet_hours_put_off_to_their_end_and_never_past_it(at: datetime, begin: time, end: time) -> None:
    assume(begin != end)
    hours = quiet(begin, end)
    later = after_quiet(at, hours)
    assert at <= later < at + timedelta(days=1)
    assert after_quiet(later, hours) == later
    if later != at:
        assert later.astimezone(SHANGHAI).time() == end
        # every moment in between is quiet, too
        assert after_quiet(at + (later - at) / 2, hours) == later


@given(MOMENTS, CLOCKS, CLOCKS)
def test_hours_are_quiet_or_those_of_the_other_half_of_the_day_are(at: datetime, begin: time, end: time) -> None:
    assume(begin != end)
    assert (after_quiet(at, quiet(begin, end)) == at) != (after_quiet(at, quiet(end, begin)) == at)


@given(
    st.lists(MOMENTS, max_size=40),
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 72)), min_size=1, max_size=3),
)
def test_no_window_of_time_ever_holds_more_messages_than_its_limit(
    moments: list[datetime], limits: list[tuple[int, int]]
) -> None:
    """In whatever order the messages come, some for later and some for earlier."""
    windows = [TellingLimit(most=most, hours=hours, source="test") for most, hours in limits]
    sent: list[datetime] = []
    for at in moments:
        if fits(sent, at, windows):
            sent.append(at)
    for window in windows:
        for begin in sent:
            end = begin + timedelta(hours=window.hours)
            assert sum(begin <= one < end for one in sent) <= window.most


def test_a_message_that_fits_no_window_is_withheld_and_urgent_ones_have_limits_of_their_own() -> None:
    usual, urgent = ([NOON - timedelta(hours=ago) for ago in range(n)] for n in (3, 6))
    assert decided("answered", MOBILE, NOON, *usual[:2]) == (Way.SMS, None)
    assert decided("answered", MOBILE, NOON, *usual) == (None, Cause.LIMIT)
    assert decided("transferred", MOBILE, NOON, *urgent[:5]) == (Way.SMS, None)
    assert decided("transferred", MOBILE, NOON, *urgent) == (None, Cause.LIMIT)
    week = [NOON - timedelta(hours=12 * ago) for ago in range(1, 11)]
    assert decided("answered", MOBILE, NOON, *week) == (None, Cause.LIMIT)


def test_messages_that_are_put_off_to_the_morning_count_there() -> None:
    night = datetime(2026, 7, 1, 15, tzinfo=UTC)  # 23:00
    morning = datetime(2026, 7, 2, 0, tzinfo=UTC)
    assert decided("answered", MOBILE, night, *[morning] * 3) == (None, Cause.LIMIT)
