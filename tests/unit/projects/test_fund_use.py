"""The maintenance fund's short way: seven days to answer, then on the committee's behalf where safety is hit."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.contracts.ticket_events import Place
from services.projects.domain.fund_use import FUND_USE_STEPS, FundUse, FundUseState, IllegalFundStep, answer_by

ASKED_AT = datetime(2026, 9, 28, 17, 0, tzinfo=UTC)  # 01:00 of the 29th in Shanghai
TODAY = date(2026, 10, 8)


def use(state: FundUseState = FundUseState.ASKED, *, safety: bool = True) -> FundUse:
    due = answer_by(ASKED_AT, 7)
    return FundUse("u", Place(estate="quyang-1"), "housing", "pump", None, 1000, safety, ASKED_AT, due, state)


def test_seven_calendar_days_are_counted_from_the_day_after_and_holidays_are_days() -> None:
    assert answer_by(ASKED_AT, 7).isoformat() == "2026-10-06T16:00:00+00:00"


@pytest.mark.parametrize("state", FundUseState)
@pytest.mark.parametrize("to", FundUseState)
def test_only_the_steps_of_the_table_can_be_taken(state: FundUseState, to: FundUseState) -> None:
    one = use(state)
    if to in FUND_USE_STEPS[state]:
        one.take(to, TODAY)
        assert (one.state, one.version) == (to, 2)
        assert one.done_on == (TODAY if to is FundUseState.DONE else None)
    else:
        with pytest.raises(IllegalFundStep):
            one.take(to, TODAY)
        assert (one.state, one.version) == (state, 1)


def test_nobody_repairs_on_behalf_where_neither_use_nor_safety_is_hit() -> None:
    one = use(FundUseState.UNANSWERED, safety=False)
    assert FundUseState.ON_BEHALF not in one.may_become()
    with pytest.raises(IllegalFundStep, match="neither use nor safety"):
        one.take(FundUseState.ON_BEHALF, TODAY)


def test_nobody_says_by_hand_that_there_was_no_answer() -> None:
    assert use().may_become() == {FundUseState.APPROVED, FundUseState.DECLINED}
