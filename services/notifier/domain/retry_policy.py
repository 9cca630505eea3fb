"""When a failed webhook delivery is tried again, and when its receiver is left alone. All of it is real time.

The waits are the schedule that Standard Webhooks publishes: ten tries within 75.6 hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`share`, from 0 to 1, is the jitter: no try comes before its published time, and none much later.

    `warn_after`: the department is notified of a webhook that has taken nothing for so long. `disable_after`: one that
    has taken nothing for so long, when a delivery had its last try, is disabled.
    `longest_asked_s` caps what a receiver may ask for by Retry-After. `give_up_after` outlasts the schedule.
    """

    waits_s: Sequence[float] = (
        5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR,
    )  # fmt: skip
    breaker_after: int = 5
    first_rest_s: float = 30
    longest_rest_s: float = 15 * MINUTE
    longest_asked_s: float = HOUR
    warn_after: timedelta = timedelta(days=1)
    disable_after: timedelta = timedelta(days=3)
    give_up_after: timedelta = timedelta(days=5)

    @property
    def attempts(self) -> int:
        return len(self.waits_s) + 1

    def wait_s(self, attempts: int, share: float) -> float | None:
        """Until the next attempt, after so many have failed; None when that was the last."""
        return self.waits_s[attempts - 1] * (1 + share / 10) if attempts < self.attempts else None

    def rest_s(self, failures: int, share: float) -> float:
        """How long nothing at all is sent to a receiver that failed so often in a row: the breaker."""
        beyond = failures - self.breaker_after
        if beyond < 0:
            return 0
        rest: float = min(self.longest_rest_s, self.first_rest_s * 2 ** min(beyond, 30))
        return rest * (1 + share) / 2

    def asked_s(self, asked_s: float | None) -> float:
        """How long the receiver is left alone because it asks for it."""
        return min(max(asked_s or 0, 0), self.longest_asked_s)
