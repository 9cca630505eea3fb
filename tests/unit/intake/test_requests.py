"""The body of POST /tickets: which times can be, and which two bodies are one request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.intake.http.ticket_bodies import CLOCK_TOLERANCE, EARLIEST, TicketBody, wrong_time

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@given(st.datetimes(timezones=st.timezones()))
def test_a_time_is_taken_from_2000_to_now_and_a_little(at: datetime) -> None:
    fault = wrong_time(at, NOW)
    assert (fault is None) == (EARLIEST <= at <= NOW + CLOCK_TOLERANCE)
    assert fault is None or "leave it out" in fault


@pytest.mark.parametrize(
    "at",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=23, minutes=59))),
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=23, minutes=59))),
        NOW + CLOCK_TOLERANCE + timedelta(microseconds=1),
        EARLIEST - timedelta(microseconds=1),
    ],
)
def test_the_ends_of_time_are_refused_and_do_not_overflow(at: datetime) -> None:
    assert wrong_time(at, NOW) is not None


@pytest.mark.parametrize("at", [None, NOW, NOW + CLOCK_TOLERANCE, EARLIEST])
def test_a_time_left_out_and_the_edges_are_right(at: datetime | None) -> None:
    assert wrong_time(at, NOW) is None


@pytest.mark.parametrize("number", [1751328000, 1751328000000, 0, -1, 1.5, True, "1751328000", " 1751328000.5", "-1"])
def test_a_bare_number_is_no_time(number: Any) -> None:
    with pytest.raises(ValidationError, match="a time with its zone"):
        TicketBody.model_validate({"text": "漏水", "occurred_at": number})


SAME: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"text": "漏水", "channel": "web"}, {"channel": "web", "text": "漏水"}),
    ({"text": "漏水"}, {"text": "漏水", "channel": "phone", "address": None, "caller": None, "occurred_at": None}),
]
DIFFERENT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"text": "漏水"}, {"text": "漏水 "}),
    ({"text": "漏水"}, {"text": "漏水", "channel": "web"}),
    ({"text": "漏水"}, {"text": "漏水", "caller": {"phone": "13812345678"}}),
    ({"text": "漏水", "caller": {"phone": "13812345678"}}, {"text": "漏水", "caller": {"name": "13812345678"}}),
    ({"text": "漏水", "occurred_at": "2026-07-01T08:30:00Z"}, {"text": "漏水", "occurred_at": "2026-07-01T08:30:01Z"}),
    ({"text": "a", "address": "b"}, {"text": "b", "address": "a"}),
]


def canonical(body: dict[str, Any]) -> bytes:
    return TicketBody.model_validate(body).canonical()


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_spelling_of_a_request_does_not_matter(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert canonical(one) == canonical(other)


def test_a_field_left_out_leaves_no_mark_so_that_a_later_version_may_add_one() -> None:
    assert canonical({"text": "漏水", "channel": "phone", "caller": None}) == '{"text":"漏水"}'.encode()


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_request_is_distinguished(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert canonical(one) != canonical(other)
