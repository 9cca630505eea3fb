"""How long consumers wait for records, and pause so that their batches become larger (ADR 25)."""

from __future__ import annotations

from dataclasses import dataclass

# Each batch has fixed costs (two transactions, a commit of offsets or of a Kafka transaction). After a small one the
# loop pauses, so that at a high rate the next is larger; a record that comes alone does not wait for it.
BREATH_S = 0.025
LONGEST_BREATH_S = 0.12
FEW = 50


@dataclass(frozen=True, slots=True)
class Pace:
    """How a consumer waits for records: within a poll, between two polls that find nothing, and after a small batch.

    The last is at least `breath_s`, and `breaths` times as long as the batch took: a loop that has much to do, or a
    slow machine, then works on few large batches.
    """

    poll_ms: int
    rest_s: float = 0
    breath_s: float = BREATH_S
    breaths: float = 0

    def breath_after(self, worked_s: float) -> float:
        """The pause in seconds after a small batch that took `worked_s`."""
        return max(self.breath_s, min(self.breaths * worked_s, LONGEST_BREATH_S))


JOINING = Pace(500)
"""Long, because joining makes progress only within polls, and there is nothing to read yet."""

UNTIL_RUNG = Pace(30, rest_s=2.0, breath_s=0.1)
"""For a consumer with a doorbell. A record nobody rang for (a department's own program does not) is found within this
rest. The breath is long, because a ring comes for every few records; whoever waits ends it."""
