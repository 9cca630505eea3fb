"""The city's hotline above ours: what it is told of a ticket, in few states, and how patiently (domain.md §2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.intake.domain.steps import State, Step


class CityState(StrEnum):
    """Where a ticket is as the city sees it. Handling and replied ones are open there."""

    HANDLING = "handling"
    REPLIED = "replied"
    RETURNED = "returned"
    CLOSED = "closed"


_OTHER: Final[Mapping[State, CityState]] = {
    State.SETTLED: CityState.REPLIED,
    State.REJECTED: CityState.RETURNED,
    State.TRANSFERRED: CityState.RETURNED,
    State.VISITED: CityState.CLOSED,
    State.ARCHIVED: CityState.CLOSED,
    State.FILED_AWAY: CityState.CLOSED,
}


def city_state(state: State) -> CityState:
    """Whatever the district does with a ticket among its own is handling."""
    return _OTHER.get(state, CityState.HANDLING)


OPEN_THERE: Final = tuple(one for one in State if city_state(one) in (CityState.HANDLING, CityState.REPLIED))


class MessageKind(StrEnum):
    """`reply`: the matter is settled. `return`: not for this district, or for an emergency line. `return outcome`: what
    became of a unit's wish to give it back. `progress`: everything else worth knowing."""

    PROGRESS = "progress"
    REPLY = "reply"
    RETURN = "return"
    RETURN_OUTCOME = "return outcome"


TOLD: Final[Mapping[Step, MessageKind]] = {
    **dict.fromkeys(
        (Step.DISPATCH, Step.REDISPATCH, Step.SIGN, Step.CONTACT, Step.REPORT, Step.GRANT_EXTENSION, Step.RECONSIDER),
        MessageKind.PROGRESS,
    ),
    Step.SETTLE: MessageKind.REPLY,
    Step.REJECT: MessageKind.RETURN,
    Step.TRANSFER: MessageKind.RETURN,
    Step.UPHOLD_RETURN: MessageKind.RETURN_OUTCOME,
    Step.REFUSE_RETURN: MessageKind.RETURN_OUTCOME,
}
"""The steps that the city hears of; clocks, persons and links are the district's own matter."""

WITH_WORDS: Final = frozenset(
    {Step.REPORT, Step.GRANT_EXTENSION, Step.REJECT, Step.TRANSFER, Step.UPHOLD_RETURN, Step.REFUSE_RETURN}
)
"""What was said with these steps, redacted, goes along."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a message that the city did not take waits, in real time; the defaults try for about a week.

    `share` is the jitter's, from 0 to 1: waits are half to whole.
    """

    first_s: float = 5
    longest_s: float = 3600
    attempts: int = 220

    def wait_s(self, attempts: int, share: float) -> float | None:
        """Until the next attempt, after so many have failed; None when that was the last."""
        if attempts >= self.attempts:
            return None
        doubled = self.first_s * float(2 ** min(attempts - 1, 30))
        return min(self.longest_s, doubled) * (1 + share) / 2
