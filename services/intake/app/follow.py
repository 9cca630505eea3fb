"""Following the hot issues that callers' tickets belong to, and telling what each caller is to hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.chassis import metrics, timers
from services.chassis.errors import Reject
from services.chassis.timers import Timer
from services.chassis.work import Work
from services.contracts.event import Envelope, deterministic_id
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
from services.contracts.project_events import ProjectAdvanced, ProjectOpened
from services.intake.app.ports import FollowUps, HotIssue, Tickets
from services.intake.domain.follow_up import STAGE_OF, UNTOLD, FollowUp, Stage

HotIssueFact: TypeAlias = (
    HotIssueSuspected
    | HotIssueLapsed
    | HotIssueConfirmed
    | HotIssueAssigned
    | HotIssueCorrected
    | HotIssueMemberJoined
    | HotIssueMemberLeft
    | HotIssueDecisionOverdue
    | HotIssueDecided
    | HotIssueCureStarted
    | HotIssueObserved
    | HotIssueVerified
    | HotIssueNotShown
    | HotIssueReopened
    | HotIssueWithdrawn
)
ProjectFact: TypeAlias = ProjectOpened | ProjectAdvanced

ASK = "follow-up"
"""The timer that runs from the acceptance of the works until the caller is asked."""


@dataclass(frozen=True, slots=True)
class Follow:
    """Handles events of hot issues and projects, in any order across topics; the newest version of an issue counts.

    The caller of each use case holds `FollowUps.in_turn`.
    """

    tickets: Tickets
    follow_ups: FollowUps

    def on_hot_issue(self, envelope: Envelope, work: Work) -> None:
        event = envelope.event
        assert isinstance(event, HotIssueFact)
        issue = self._now(work, event, envelope.time)
        if isinstance(event, HotIssueMemberJoined):
            self.join(work, issue, event.ticket_id)

    def on_project(self, envelope: Envelope, work: Work) -> None:
        assert isinstance(envelope.event, ProjectFact)
        self.follow_ups.keep_project(work, envelope.event)

    def on_ask_due(self, timer: Timer, work: Work) -> None:
        """Handles the timer ASK: the caller is to be asked whether it is really solved."""
        self.follow_ups.in_turn(work)
        follow_up = self.follow_ups.lock(work, timer.subject)
        if follow_up is None or follow_up.stage is not Stage.ACCEPTED or follow_up.ask_at != timer.due_at:
            return  # the issue was reopened since; another acceptance has another timer
        follow_up.ask()
        self._keep(work, [follow_up], told=True)

    def _now(self, work: Work, event: HotIssueFact, at: datetime) -> HotIssue:
        """The issue as it stands with this event, its followers brought along."""
        stage = STAGE_OF.get(event.state)
        if stage is None:
            raise Reject(f"state {event.state!r} of a hot issue is not known; update intake, then replay")
        before = self.follow_ups.issue(work, event.hot_issue_id)
        if before and before.version >= event.version:
            return before
        issue = HotIssue(
            id=event.hot_issue_id,
            version=event.version,
            state=event.state,
            type_code=event.type_code,
            place=event.place,
            project_id=event.project_id,
            accepted_at=((before and before.accepted_at) or at) if stage is Stage.ACCEPTED else None,
        )
        self.follow_ups.keep_issue(work, issue)
        if before and STAGE_OF[before.state] is not stage:
            followers = self.follow_ups.of_issue(work, issue.id)
            moved = [one for one in followers if one.follow(stage, issue.accepted_at)]
            self._keep(work, moved, told=issue.state not in UNTOLD)
        return issue

    def join(self, work: Work, issue: HotIssue, ticket_id: str) -> None:
        """The ticket's caller is followed up on, once for each issue; an anonymous one cannot be.

        A ticket that is a member already changes nothing.
        """
        ticket = self.tickets.find(work, ticket_id)
        if ticket is None:
            raise Reject(f"ticket_id {ticket_id} is no ticket of this district")
        if ticket.caller_ref is None or ticket.history:
            return
        known = self.follow_ups.of_caller(work, issue.id, ticket.caller_ref)
        if known:
            known.call(ticket_id, ticket.occurred_at)
        follow_up = known or FollowUp(
            id=str(deterministic_id("follow-up", f"{issue.id}|{ticket.caller_ref}", ASK)),
            hot_issue_id=issue.id,
            caller_ref=ticket.caller_ref,
            ticket_id=ticket_id,
            called_at=ticket.occurred_at,
            joined_at=work.clock.now(),
        )
        if follow_up.follow(STAGE_OF[issue.state], issue.accepted_at) or not known:
            self._keep(work, [follow_up], told=issue.state not in UNTOLD)
        else:
            self.follow_ups.save(work, [follow_up])

    def _keep(self, work: Work, changed: Sequence[FollowUp], *, told: bool) -> None:
        if not changed:
            return
        self.follow_ups.save(work, changed)
        for one in changed:
            if one.stage is Stage.ACCEPTED and one.ask_at:
                timers.start(work, ASK, one.id, one.ask_at)
            work.after_commit(metrics.FOLLOW_UPS.labels(one.stage).inc)
        if told:
            self.follow_ups.tell(work, changed)
