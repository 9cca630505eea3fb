"""Emergency use of the maintenance fund (维修资金应急使用): asked, answered in days, or done on behalf.

Shanghai's rules on residential property, article 73 (docs/domain.md §4.2). One table holds its steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from services.contracts.districts import SHANGHAI
from services.contracts.ticket_events import Place


class FundUseState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    ON_BEHALF = "on_behalf"
    DONE = "done"


FUND_USE_STEPS: Mapping[FundUseState, frozenset[FundUseState]] = {
    FundUseState.ASKED: frozenset({FundUseState.APPROVED, FundUseState.DECLINED, FundUseState.UNANSWERED}),
    FundUseState.APPROVED: frozenset({FundUseState.DONE}),
    FundUseState.DECLINED: frozenset(),
    FundUseState.UNANSWERED: frozenset({FundUseState.APPROVED, FundUseState.DECLINED, FundUseState.ON_BEHALF}),
    FundUseState.ON_BEHALF: frozenset({FundUseState.DONE}),
    FundUseState.DONE: frozenset(),
}
BY_CLOCK = frozenset({FundUseState.UNANSWERED})
"""What nobody does by hand."""


class IllegalFundStep(ValueError):
    """The table has no such step; the message says why."""


@dataclass(slots=True)
class FundUse:
    """`safety`: use or safety is hit, without which nobody repairs on the committee's behalf."""

    id: str
    place: Place
    lead: str
    kind: str
    element: str | None
    cost_fen: int
    safety: bool
    asked_at: datetime
    answer_by: datetime
    state: FundUseState = FundUseState.ASKED
    done_on: date | None = None
    version: int = 1

    def may_become(self) -> frozenset[FundUseState]:
        """By a person."""
        steps = FUND_USE_STEPS[self.state] - BY_CLOCK
        return steps if self.safety else steps - {FundUseState.ON_BEHALF}

    def take(self, state: FundUseState, on: date) -> None:
        if state is FundUseState.ON_BEHALF and not self.safety:
            raise IllegalFundStep("neither use nor safety is hit: the committee's answer is waited for")
        if state not in FUND_USE_STEPS[self.state]:
            raise IllegalFundStep(f"it is {self.state} and cannot become {state}")
        self.state = state
        self.done_on = on if state is FundUseState.DONE else None
        self.version += 1


def answer_by(asked_at: datetime, days: int) -> datetime:
    """The midnight in Shanghai that closes the last of so many calendar days; the day of the request is not one."""
    last = asked_at.astimezone(SHANGHAI).date() + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(), SHANGHAI).astimezone(asked_at.tzinfo)
