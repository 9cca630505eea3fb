"""What a receiver's answer to a delivery means (Standard Webhooks)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

MAY_ASK = frozenset({429, 502, 503, 504})
"""Statuses whose Retry-After is honoured."""
GONE = 410


@dataclass(frozen=True, slots=True)
class Outcome:
    """`error` is None if the receiver took the message. `asked_s`: how long it asks to be left alone. `gone`: it wants
    nothing any more, ever."""

    error: str | None = None
    asked_s: float | None = None
    gone: bool = False


def outcome_of(status: int, retry_after: str | None, now: datetime) -> Outcome:
    """2xx alone is success: a redirect is a failure, and is never followed."""
    if status // 100 == 2:
        return Outcome()
    asked = seconds_asked(retry_after, now) if status in MAY_ASK else None
    return Outcome(f"answered {status}", asked, gone=status == GONE)


def seconds_asked(retry_after: str | None, now: datetime) -> float | None:
    """Retry-After as seconds or as a date (RFC 9110); None for what is neither."""
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        return _until(retry_after, now)
    return seconds if math.isfinite(seconds) else None


def _until(date: str, now: datetime) -> float | None:
    try:
        until = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return None if until.tzinfo is None else max(0.0, (until - now).total_seconds())
