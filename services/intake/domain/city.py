"""What the city's hotline hears of a ticket: its states, its kinds of message, and their retries.

See docs/domain.md §2.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.intake.domain.steps import TicketState, TicketStep


class CityState(StrEnum):
    """The state of a ticket as the city sees it. `handling` and `replied` are open there."""

    HANDLING = "handling"
    REPLIED = "replied"
    RETURNED = "returned"
    CLOSED = "closed"


_OTHER: Final[Mapping[TicketState, CityState]] = {
    TicketState.SETTLED: CityState.REPLIED,
    TicketState.REJECTED: CityState.RETURNED,
    TicketState.TRANSFERRED: CityState.RETURNED,
    TicketState.VISITED: CityState.CLOSED,
    TicketState.ARCHIVED: CityState.CLOSED,
    TicketState.FILED_AWAY: CityState.CLOSED,
}


def city_state(state: TicketState) -> CityState:
    """The city's state for ours; whatever the district does among its own units is `handling`."""
    return _OTHER.get(state, CityState.HANDLING)


@dataclass(frozen=True, slots=True)
class ListedByCity:
    """A ticket that the city's hotline lists as open."""

    number: str
    state: CityState
    deadline: datetime | None


OPEN_THERE: Final = tuple(one for one in TicketState if city_state(one) in (CityState.HANDLING, CityState.REPLIED))


class MessageKind(StrEnum):
    """`reply`: the ticket is settled. `return`: not for this district, or handed to an emergency line.

    `return outcome`: whether a unit's request to return it was upheld. `progress`: any other step that is reported.
    """

    PROGRESS = "progress"
    REPLY = "reply"
    RETURN = "return"
    RETURN_OUTCOME = "return outcome"


REPORTED: Final[Mapping[TicketStep, MessageKind]] = {
    TicketStep.DISPATCH: MessageKind.PROGRESS,
    TicketStep.REDISPATCH: MessageKind.PROGRESS,
    TicketStep.SIGN: MessageKind.PROGRESS,
    TicketStep.CONTACT: MessageKind.PROGRESS,
    TicketStep.REPORT: MessageKind.PROGRESS,
    TicketStep.GRANT_EXTENSION: MessageKind.PROGRESS,
    TicketStep.RECONSIDER: MessageKind.PROGRESS,
    TicketStep.SETTLE: MessageKind.REPLY,
    TicketStep.REJECT: MessageKind.RETURN,
    TicketStep.TRANSFER: MessageKind.RETURN,
    TicketStep.UPHOLD_RETURN: MessageKind.RETURN_OUTCOME,
    TicketStep.REFUSE_RETURN: MessageKind.RETURN_OUTCOME,
}
"""The steps that are reported to the city; deadlines, persons and links are the district's own matter."""

WITH_WORDS: Final = frozenset(
    {
        TicketStep.REPORT,
        TicketStep.GRANT_EXTENSION,
        TicketStep.REJECT,
        TicketStep.TRANSFER,
        TicketStep.UPHOLD_RETURN,
        TicketStep.REFUSE_RETURN,
    }
)
"""Steps whose redacted words are sent along."""


@dataclass(frozen=True, slots=True)
class CityRetry:
    """When a message that the city did not take is sent again, in real time. The defaults try for about a week."""

    first_s: float = 5
    longest_s: float = 3600
    attempts: int = 220

    def wait_s(self, attempts: int, share: float) -> float | None:
        """Seconds until the next attempt, after `attempts` have failed; None when that was the last.

        `share`, from 0 to 1, is the jitter: a wait is between half of it and the whole.
        """
        if attempts >= self.attempts:
            return None
        doubled = self.first_s * float(2 ** min(attempts - 1, 30))
        return min(self.longest_s, doubled) * (1 + share) / 2
