from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.projects.app.publishing import _EVENTS
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import (
    JUDGED,
    OPEN,
    TRANSITIONS,
    UNDECIDED,
    HotIssue,
    IllegalIssueStep,
    IssueState,
    Reason,
    reason_of,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def issue() -> HotIssue:
    return HotIssue("id", "R26-00042-0", Cell("quyang-1", "MJ01"), 0, NOW, NOW, NOW, NOW)


@given(st.lists(st.sampled_from(IssueState), max_size=30))
def test_a_walk_takes_the_steps_of_the_table_and_no_other(walk: list[IssueState]) -> None:
    walked = issue()
    for number, state in enumerate(walk):
        before = (walked.state, walked.version, len(walked.steps))
        if state in TRANSITIONS[walked.state]:
            walked.take(state, NOW, "somebody", f"step {number}")
            assert (walked.state, walked.version) == (state, before[1] + 1)
            assert (walked.steps[-1].state, walked.steps[-1].version) == (state, walked.version)
        else:
            with pytest.raises(IllegalIssueStep):
                walked.take(state, NOW, "somebody")
            assert (walked.state, walked.version, len(walked.steps)) == before


def test_every_state_stands_in_the_table_can_be_reached_and_is_published() -> None:
    assert TRANSITIONS.keys() == {None, *IssueState}
    assert {state for following in TRANSITIONS.values() for state in following} == set(IssueState)
    assert _EVENTS.keys() == set(IssueState)


def test_the_loop_runs_from_confirmed_to_verified_and_round_again() -> None:
    looped = issue()
    for state in ("confirmed", "decided", "in cure", "observing", "verified", "reopened", "decided"):
        looped.take(IssueState(state), NOW, "somebody")


def test_what_is_decided_on_cannot_be_withdrawn_and_what_is_explained_or_merged_is_at_its_end() -> None:
    assert [state for state in IssueState if IssueState.WITHDRAWN in TRANSITIONS[state]] == [
        IssueState.CONFIRMED,
        IssueState.ASSIGNED,
    ]
    assert not TRANSITIONS[IssueState.EXPLAINED] | TRANSITIONS[IssueState.MERGED]
    assert UNDECIDED < OPEN
    assert not OPEN & JUDGED


def test_a_decision_that_came_to_nothing_is_forgotten_whole() -> None:
    decided = issue()
    fresh = issue()
    decided.project_id, decided.decision_reason, decided.decided_at = "project", "reason", NOW
    decided.cure_started_at = decided.accepted_at = decided.observe_until = NOW
    decided.before, decided.after, decided.verdict = 1, 2, "words"
    decided.forget_decision()
    assert decided == fresh


def test_a_member_is_of_the_window_or_later() -> None:
    assert reason_of(NOW, NOW) is Reason.WINDOW
    assert reason_of(NOW.replace(day=2), NOW) is Reason.LATER
