"""When a failed webhook delivery is tried again, and when its receiver is left alone. All of it is real time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The defaults try 11 times over half a day to a day. `share`, from 0 to 1, is the jitter: waits are half to
    whole."""

    waits_s: Sequence[float] = (
        5, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR,
    )  # fmt: skip
    breaker_after: int = 5
    first_rest_s: float = 30
    longest_rest_s: float = 15 * MINUTE
    give_up_after: timedelta = timedelta(days=3)

    @property
    def attempts(self) -> int:
        return len(self.waits_s) + 1

    def wait_s(self, attempts: int, share: float) -> float | None:
        """Until the next attempt, after so many have failed; None when that was the last."""
        return _jittered(self.waits_s[attempts - 1], share) if attempts < self.attempts else None

    def rest_s(self, failures: int, share: float) -> float:
        """How long nothing at all is sent to a receiver that failed so often in a row: the breaker."""
        beyond = failures - self.breaker_after
        if beyond < 0:
            return 0
        return _jittered(min(self.longest_rest_s, self.first_rest_s * 2 ** min(beyond, 30)), share)


def _jittered(seconds: float, share: float) -> float:
    return seconds * (1 + share) / 2
