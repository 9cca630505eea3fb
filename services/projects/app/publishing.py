"""Publishes the changes of a hot issue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from services.chassis.database.work import Work
from services.chassis.metrics import HOT_ISSUES
from services.contracts.event import Event
from services.contracts.hot_issue_events import (
    HotIssueAssigned,
    HotIssueConfirmed,
    HotIssueCorrected,
    HotIssueCureStarted,
    HotIssueDecided,
    HotIssueDecisionMoved,
    HotIssueDecisionOverdue,
    HotIssueLapsed,
    HotIssueLooked,
    HotIssueMemberJoined,
    HotIssueMemberLeft,
    HotIssueNotShown,
    HotIssueObserved,
    HotIssueRelapseSuspected,
    HotIssueReopened,
    HotIssueSuspected,
    HotIssueVerified,
    HotIssueWithdrawn,
)
from services.contracts.ticket_events import StepCause
from services.projects.domain.causes import Cause
from services.projects.domain.hot_issue import HotIssue, IssueState, Reason

TOPIC = "hot-issues"

_EVENTS: Mapping[IssueState, type[Event]] = {
    IssueState.SUSPECTED: HotIssueSuspected,
    IssueState.LAPSED: HotIssueLapsed,
    IssueState.CONFIRMED: HotIssueConfirmed,
    IssueState.ASSIGNED: HotIssueAssigned,
    IssueState.DECIDED: HotIssueDecided,
    IssueState.EXPLAINED: HotIssueDecided,
    IssueState.MERGED: HotIssueDecided,
    IssueState.IN_CURE: HotIssueCureStarted,
    IssueState.OBSERVING: HotIssueObserved,
    IssueState.VERIFIED: HotIssueVerified,
    IssueState.NOT_SHOWN: HotIssueNotShown,
    IssueState.REOPENED: HotIssueReopened,
    IssueState.WITHDRAWN: HotIssueWithdrawn,
}
"""The event that is published when an issue enters a state."""

_AS_THEY_ARE = (
    *("number", "version", "state", "place", "lead", "callers", "calls", "first_at", "last_at"),
    *("confirmed_at", "decide_by", "decide_from"),
    *("decision", "decision_reason", "project_id", "merged_into", "heat", "effect", "judged"),
    *("level", "ordinal", "counts_from", "rules_version", "window_days", "window_callers", "overdue", "decided_at"),
    *("holds_others", "reopened_at", "cure_started_at", "accepted_at", "observe_until", "before", "after"),
)
"""Fields that events carry under the same name."""


class IssueWords(Protocol):
    """Texts that events carry beside the facts, for readers without texts of their own."""

    def titled(self, issue: HotIssue) -> dict[str, str]:
        """title, title_en, summary and summary_en."""

    def verdict(self, issue: HotIssue) -> str | None:
        """What was found of its cure, in Chinese and English."""

    def detail(self, cause: Cause | None, note: str | None) -> str | None:
        """In English."""


def issue_facts(issue: HotIssue, words: IssueWords) -> dict[str, Any]:
    """An issue's public state, as each of its events carries it."""
    return {
        "hot_issue_id": issue.id,
        "type_code": issue.cell.type_code,
        **{name: getattr(issue, name) for name in _AS_THEY_ARE},
        "verdict": words.verdict(issue),
        **words.titled(issue),
        **_step_of(issue, words),
    }


def _step_of(issue: HotIssue, words: IssueWords) -> dict[str, Any]:
    """Who took the step and why, if this version is a step."""
    step = issue.last_step
    if step is None or step.version != issue.version:
        return {}
    cause = StepCause(code=step.cause.why, values=dict(step.cause.values)) if step.cause else None
    return {
        "actor": step.actor,
        "step_at": step.at,
        "detail": words.detail(step.cause, step.note),
        "cause": cause,
        "note": step.note,
    }


@dataclass(frozen=True, slots=True)
class PublishIssue:
    words: IssueWords

    def decided(self, work: Work, issue: HotIssue, planned_start: date | None) -> None:
        """Publishes the decision just taken, with the day on which the works of its project are to start."""
        assert issue.state
        work.publish(TOPIC, HotIssueDecided(**self._facts(issue), planned_start=planned_start))
        work.after_commit(HOT_ISSUES.labels(issue.state).inc)

    def step(self, work: Work, issue: HotIssue) -> None:
        """Publishes the step just taken."""
        assert issue.state
        work.publish(TOPIC, _EVENTS[issue.state](**self._facts(issue)))
        work.after_commit(HOT_ISSUES.labels(issue.state).inc)

    def looked(self, work: Work, issue: HotIssue) -> None:
        """Publishes a look that shows no cure yet, which `issue` has just recorded."""
        work.publish(TOPIC, HotIssueLooked(**self._facts(issue)))

    def relapse_suspected(self, work: Work, issue: HotIssue) -> None:
        work.publish(TOPIC, HotIssueRelapseSuspected(**self._facts(issue)))

    def overdue(self, work: Work, issue: HotIssue) -> None:
        work.publish(TOPIC, HotIssueDecisionOverdue(**self._facts(issue)))

    def moved(self, work: Work, issue: HotIssue) -> None:
        """Publishes that the days to decide were recalculated."""
        work.publish(TOPIC, HotIssueDecisionMoved(**self._facts(issue)))

    def correction(self, work: Work, issue: HotIssue) -> None:
        """Publishes that late facts changed what the issue was found by."""
        issue.version += 1
        work.publish(TOPIC, HotIssueCorrected(**self._facts(issue)))

    def taken_back(self, work: Work, issue: HotIssue) -> None:
        """Publishes that the step just recorded took back a wrong one."""
        work.publish(TOPIC, HotIssueCorrected(**self._facts(issue)))

    def member(self, work: Work, issue: HotIssue, ticket_id: str, reason: Reason, joined_at: datetime) -> None:
        """Publishes that a ticket became a member, or is one for another reason, under a new version."""
        issue.version += 1
        facts = self._facts(issue)
        work.publish(TOPIC, HotIssueMemberJoined(**facts, ticket_id=ticket_id, reason=reason, joined_at=joined_at))

    def choice(self, work: Work, issue: HotIssue, ticket_id: str, belongs: bool) -> None:
        """Publishes a person's choice, which `issue` has just recorded. A rebuild takes it from this event."""
        facts = self._facts(issue)
        if belongs:
            joined_at = work.clock.now()
            event: Event = HotIssueMemberJoined(
                **facts, ticket_id=ticket_id, reason=Reason.BY_HAND, joined_at=joined_at
            )
        else:
            event = HotIssueMemberLeft(**facts, ticket_id=ticket_id)
        work.publish(TOPIC, event)

    def leavers(self, work: Work, issue: HotIssue, tickets: Iterable[str]) -> None:
        """Publishes that tickets are no longer members, each under a new version."""
        for ticket_id in tickets:
            issue.version += 1
            work.publish(TOPIC, HotIssueMemberLeft(**self._facts(issue), ticket_id=ticket_id))

    def _facts(self, issue: HotIssue) -> dict[str, Any]:
        return issue_facts(issue, self.words)
