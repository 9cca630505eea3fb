"""The only source of business time (ADR 8).

Back-off, sessions, token lifetimes, signatures and Kafka's record timestamps use real time instead.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Business time: whatever a resident or a department can be held to is measured by it."""

    def now(self) -> datetime:
        """The current business time, aware, in UTC. Not monotonic: the wall clock behind it may be set back."""
        ...


class SystemClock:
    """Business time is the wall clock."""

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
    """Business time in a file that one driver writes and every process reads: the demo's years pass in minutes.

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
