"""Telling what became of a hot issue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.chassis.metrics import HOT_ISSUES
from services.chassis.work import Work
from services.contracts.event import Event
from services.contracts.hot_issue_events import (
    HotIssueConfirmed,
    HotIssueCureStarted,
    HotIssueDecided,
    HotIssueDecisionOverdue,
    HotIssueMemberJoined,
    HotIssueNotShown,
    HotIssueObserved,
    HotIssueReopened,
    HotIssueVerified,
    HotIssueWithdrawn,
)
from services.projects.domain.hot_issue import HotIssue, Reason, State

TOPIC = "hot-issues"

_EVENTS: Mapping[State, type[Event]] = {
    State.CONFIRMED: HotIssueConfirmed,
    State.DECIDED: HotIssueDecided,
    State.EXPLAINED: HotIssueDecided,
    State.MERGED: HotIssueDecided,
    State.IN_CURE: HotIssueCureStarted,
    State.OBSERVING: HotIssueObserved,
    State.VERIFIED: HotIssueVerified,
    State.NOT_SHOWN: HotIssueNotShown,
    State.REOPENED: HotIssueReopened,
    State.WITHDRAWN: HotIssueWithdrawn,
}
"""What is told when an issue comes into a state."""


def issue_facts(issue: HotIssue) -> dict[str, Any]:
    """An issue's public state, as each of its events carries it."""
    return {
        "version": issue.version,
        "hot_issue_id": issue.id,
        "state": issue.state,
        "type_code": issue.cell.type_code,
        "place": issue.place,
        "lead": issue.lead,
        "callers": issue.callers,
        "calls": issue.calls,
        "first_at": issue.first_at,
        "last_at": issue.last_at,
        "confirmed_at": issue.confirmed_at,
        "decide_by": issue.decide_by,
        "decision": issue.decision,
        "decision_reason": issue.decision_reason,
        "project_id": issue.project_id,
        "merged_into": issue.merged_into,
        "verdict": issue.verdict,
    }


def tell(work: Work, issue: HotIssue) -> None:
    """Publishes the step just taken."""
    assert issue.state
    work.publish(TOPIC, _EVENTS[issue.state](**issue_facts(issue)))
    work.after_commit(HOT_ISSUES.labels(issue.state).inc)


def tell_overdue(work: Work, issue: HotIssue) -> None:
    work.publish(TOPIC, HotIssueDecisionOverdue(**issue_facts(issue)))


def tell_member(work: Work, issue: HotIssue, ticket_id: str, reason: Reason) -> None:
    """Publishes that a ticket became a member, under a version of its own."""
    issue.version += 1
    work.publish(TOPIC, HotIssueMemberJoined(**issue_facts(issue), ticket_id=ticket_id, reason=reason))
