"""Telling what became of a hot issue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.chassis.metrics import HOT_ISSUES
from services.chassis.work import Work
from services.contracts.event import Event
from services.contracts.hot_issue_events import (
    HotIssueAssigned,
    HotIssueConfirmed,
    HotIssueCorrected,
    HotIssueCureStarted,
    HotIssueDecided,
    HotIssueDecisionOverdue,
    HotIssueLapsed,
    HotIssueMemberJoined,
    HotIssueMemberLeft,
    HotIssueNotShown,
    HotIssueObserved,
    HotIssueReopened,
    HotIssueSuspected,
    HotIssueVerified,
    HotIssueWithdrawn,
)
from services.projects.app.naming import titled
from services.projects.domain.hot_issue import HotIssue, Reason, State

TOPIC = "hot-issues"

_EVENTS: Mapping[State, type[Event]] = {
    State.SUSPECTED: HotIssueSuspected,
    State.LAPSED: HotIssueLapsed,
    State.CONFIRMED: HotIssueConfirmed,
    State.ASSIGNED: HotIssueAssigned,
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
        **titled(issue),
        "heat": issue.heat,
        **{name: getattr(issue, name) for name in _KEPT},
        **_step_of(issue),
    }


_KEPT = (
    *("level", "ordinal", "counts_from", "rules_version", "window_days", "window_callers", "overdue", "decided_at"),
    *("holds_others", "reopened_at", "cure_started_at", "accepted_at", "observe_until", "before", "after"),
)
"""What a rebuild needs besides, under the issue's own names."""


def _step_of(issue: HotIssue) -> dict[str, Any]:
    """Who took the step that this version is, if it is one."""
    step = issue.last_step
    if step is None or step.version != issue.version:
        return {}
    return {"actor": step.actor, "step_at": step.at, "detail": step.detail}


def tell(work: Work, issue: HotIssue) -> None:
    """Publishes the step just taken."""
    assert issue.state
    work.publish(TOPIC, _EVENTS[issue.state](**issue_facts(issue)))
    work.after_commit(HOT_ISSUES.labels(issue.state).inc)


def tell_overdue(work: Work, issue: HotIssue) -> None:
    work.publish(TOPIC, HotIssueDecisionOverdue(**issue_facts(issue)))


def tell_corrected(work: Work, issue: HotIssue) -> None:
    """Publishes that late facts moved what the issue was found by."""
    issue.version += 1
    work.publish(TOPIC, HotIssueCorrected(**issue_facts(issue)))


def tell_member(work: Work, issue: HotIssue, ticket_id: str, reason: Reason, joined_at: datetime) -> None:
    """Publishes that a ticket became a member, or is one for another reason, under a version of its own."""
    issue.version += 1
    facts = issue_facts(issue)
    work.publish(TOPIC, HotIssueMemberJoined(**facts, ticket_id=ticket_id, reason=reason, joined_at=joined_at))


def tell_chosen(work: Work, issue: HotIssue, ticket_id: str, belongs: bool) -> None:
    """Publishes what a person said of a ticket, which `issue` has just noted; a rebuild takes it from there."""
    facts = issue_facts(issue)
    if belongs:
        joined_at = work.clock.now()
        event: Event = HotIssueMemberJoined(**facts, ticket_id=ticket_id, reason=Reason.BY_HAND, joined_at=joined_at)
    else:
        event = HotIssueMemberLeft(**facts, ticket_id=ticket_id)
    work.publish(TOPIC, event)


def tell_left(work: Work, issue: HotIssue, tickets: Iterable[str]) -> None:
    """Publishes that tickets are members no more, each under a version of its own."""
    for ticket_id in tickets:
        issue.version += 1
        work.publish(TOPIC, HotIssueMemberLeft(**issue_facts(issue), ticket_id=ticket_id))
