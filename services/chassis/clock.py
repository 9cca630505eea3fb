"""The only source of business time (DESIGN §4 "Time").

Backoff, sessions, token lifetimes, signatures and Kafka's record timestamps stay on real time and do not ask here.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
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


class VirtualClock:
    """Business time that one driver keeps in a file and every process reads: the demo's years pass in minutes.

    `set` replaces the file in one step, so that a reader sees the old time or the new. Only the driver sets it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = -1
        self._now = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        changed = self._file.stat().st_mtime_ns
        if changed != self._seen:
            self._now = datetime.fromisoformat(self._file.read_text()).astimezone(UTC)
            self._seen = changed
        return self._now

    def set(self, now: datetime) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(now.isoformat())
        os.replace(fresh, self._file)
