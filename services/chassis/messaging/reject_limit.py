"""Stops a consumer that rejects so many events that the fault must be ours, before it drains a topic into dead letters.

The idea is getsentry/arroyo's DlqLimit (ADR 23).
"""

from __future__ import annotations

from collections import deque


class RejectLimit:
    """Passed when `consecutive` events in a row, or more than `ratio` of the last `window`, were rejected.

    The ratio is looked at only once `window` events have been seen. Kept in memory: it starts afresh with
    the restart that follows the repair.
    """

    def __init__(self, consecutive: int = 20, ratio: float = 0.5, window: int = 200) -> None:
        self._consecutive = consecutive
        self._ratio = ratio
        self._recent: deque[bool] = deque(maxlen=window)
        self._run = 0

    def record(self, rejected: bool) -> bool:
        """Records one event's outcome; True if the limit is passed and the consumer must stop."""
        self._run = self._run + 1 if rejected else 0
        self._recent.append(rejected)
        full = len(self._recent) == self._recent.maxlen
        return self._run > self._consecutive or (full and sum(self._recent) > self._ratio * len(self._recent))
