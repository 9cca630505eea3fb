"""The only source of business time (DESIGN §4 "Time").

Backoff, sessions, token lifetimes, signatures and Kafka's record timestamps stay on real time and do not ask here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Says when it is, for everything a resident or a department could be held to."""

    def now(self) -> datetime:
        """The present business time: aware, in UTC. Not monotonic: the wall clock behind it may be set back."""
        ...


class SystemClock:
    """Business time is the time of day."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """Business time that stands still until it is advanced (tests)."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError(f"{now!r} has no zone: give an aware datetime")
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by
