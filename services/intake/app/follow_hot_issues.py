"""Follows the hot issues that callers' tickets belong to, and queues the messages for each caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from services.chassis import metrics
from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.messaging.errors import Reject
from services.chassis.messaging.timers import Timer
from services.contracts.event import Envelope, deterministic_id
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
from services.contracts.numbers import ShortKind, number_of_old
from services.contracts.project_events import ProjectAdvanced, ProjectOpened, ProjectStepReversed
from services.intake.app.ports import FollowUps, KnownHotIssue, Tickets
from services.intake.app.tell_followers import TellFollowers
from services.intake.app.to_tell import person_of
from services.intake.domain.follow_up import CURED, SILENT, SILENT_TO_JOINERS, STAGE_OF, FollowUp, Stage, stage_of
from services.intake.domain.steps import TicketState

HotIssueFact: TypeAlias = (
    HotIssueSuspected
    | HotIssueLapsed
    | HotIssueConfirmed
    | HotIssueAssigned
    | HotIssueCorrected
    | HotIssueMemberJoined
    | HotIssueMemberLeft
    | HotIssueDecisionOverdue
    | HotIssueDecisionMoved
    | HotIssueDecided
    | HotIssueCureStarted
    | HotIssueObserved
    | HotIssueLooked
    | HotIssueVerified
    | HotIssueNotShown
    | HotIssueRelapseSuspected
    | HotIssueReopened
    | HotIssueWithdrawn
)
ProjectFact: TypeAlias = ProjectOpened | ProjectAdvanced | ProjectStepReversed

SUSPENDED, CANCELLED = "suspended", "cancelled"
"""States of a project."""

ASK = "follow-up"
"""The kind of the timer from the acceptance of the works until the caller is asked."""


@dataclass(frozen=True, slots=True)
class FollowHotIssues:
    """Handles events of hot issues and projects, in any order across topics; the newest version of an issue counts.

    Every caller holds the lock of `FollowUps.lock_all`, and those of the persons of its batch.
    """

    tickets: Tickets
    follow_ups: FollowUps
    tell: TellFollowers

    def persons_of(self, envelopes: Sequence[Envelope], work: Work) -> set[str]:
        """Everybody whom a batch may tell something of their hot issue."""
        events = [envelope.event for envelope in envelopes]
        issues = {one for event in events if isinstance(event, ProjectFact) for one in event.hot_issues}
        issues |= {event.hot_issue_id for event in events if isinstance(event, HotIssueFact)}
        joining = {event.ticket_id for event in events if isinstance(event, HotIssueMemberJoined)}
        persons = self.follow_ups.callers_of(work, issues)
        return persons | {person_of(one) for one in self.tickets.find_all(work, joining)}

    def on_hot_issue(self, envelope: Envelope, work: Work) -> None:
        event = envelope.event
        assert isinstance(event, HotIssueFact)
        issue = self._update_issue(work, event, envelope.time)
        if isinstance(event, HotIssueMemberJoined):
            self.join(work, issue, event.ticket_id)
        elif isinstance(event, HotIssueConfirmed) and issue.version == event.version:
            # those who joined an early warning, of which they were not notified
            followers = self.follow_ups.of_issue(work, issue.id)
            self.tell(work, followers, {one.id: one.stage for one in followers})

    def on_project(self, envelope: Envelope, work: Work) -> None:
        """Tells the callers of its hot issues when the works stop and go on, and when they are to start.

        What becomes of a cancelled project's issues, they say themselves.
        """
        project = envelope.event
        assert isinstance(project, ProjectFact)
        start = self.follow_ups.planned_start(work, project.project_id)
        self.follow_ups.keep_project(work, project)
        moved_to = self.follow_ups.planned_start(work, project.project_id)
        if self.follow_ups.project_state(work, project.project_id) == CANCELLED:
            return
        for hot_issue_id in project.hot_issues:
            issue = self.follow_ups.issue(work, hot_issue_id)
            if issue and issue.project_id == project.project_id:
                moved = self._move(work, issue, self._stage(work, issue))
                if moved.stage is issue.stage and moved_to not in (None, start):
                    planned = [one for one in self.follow_ups.of_issue(work, issue.id) if one.stage is Stage.PLANNED]
                    self.tell(work, planned, {one.id: one.stage for one in planned})

    def on_asks_due(self, timers: Sequence[Timer], work: Work) -> None:
        """Handles the timers ASK: these callers are now to be asked whether the problem is solved.

        Of an issue that was reopened since, the next acceptance has another timer.
        """
        self.follow_ups.lock_all(work)
        due = {(timer.subject, timer.due_at) for timer in timers}
        locked = self.follow_ups.lock_each(work, {timer.subject for timer in timers})
        asked = [one for one in locked if one.stage in CURED and (one.id, one.ask_at) in due]
        before = {one.id: one.stage for one in asked}
        for one in asked:
            one.ask()
        self._save(work, asked, message=True)
        self.tell(work, asked, before)

    def _update_issue(self, work: Work, event: HotIssueFact, at: datetime) -> KnownHotIssue:
        """Stores the issue as of this event and moves its follow-ups; returns the newest version."""
        if event.state not in STAGE_OF:
            raise Reject(f"state {event.state!r} of a hot issue is not known; update intake, then replay")
        before = self.follow_ups.issue(work, event.hot_issue_id)
        if before and before.version >= event.version:
            return before
        if isinstance(event, HotIssueDecided) and event.project_id and event.planned_start:
            self.follow_ups.expect_project(work, event.project_id, event.planned_start)
        cured = STAGE_OF[event.state] is Stage.ACCEPTED
        issue = KnownHotIssue(
            id=event.hot_issue_id,
            number=event.number or number_of_old(ShortKind.HOT_ISSUE, event.hot_issue_id),
            version=event.version,
            state=event.state,
            lead=event.lead,
            type_code=event.type_code,
            place=event.place,
            project_id=event.project_id,
            accepted_at=((before and before.accepted_at) or at) if cured else None,
            decision=event.decision,
            stage=before.stage if before else STAGE_OF[event.state],
            callers=event.callers,
            reason=event.decision_reason,
        )
        stage = self._stage(work, issue, event.cause.code if event.cause else None)
        if before is None:
            issue = replace(issue, stage=stage)
        return self._move(work, issue, stage)

    def _stage(self, work: Work, issue: KnownHotIssue, cause: str | None = None) -> Stage:
        suspended = issue.project_id and self.follow_ups.project_state(work, issue.project_id) == SUSPENDED
        return stage_of(issue.state, issue.decision, suspended=bool(suspended), cause=cause)

    def _move(self, work: Work, issue: KnownHotIssue, stage: Stage) -> KnownHotIssue:
        """Stores the issue at its stage; if that is another than before, its followers move along and are notified."""
        moved = replace(issue, stage=stage)
        self.follow_ups.keep_issue(work, moved)
        if stage is not issue.stage:
            followers = self.follow_ups.of_issue(work, issue.id)
            before = {one.id: one.stage for one in followers}
            changed = [one for one in followers if one.follow(stage, issue.accepted_at)]
            self._save(work, changed, message=issue.state not in SILENT)
            self.tell(work, changed, before)
        return moved

    def join(self, work: Work, issue: KnownHotIssue, ticket_id: str) -> None:
        """Starts a follow-up for the ticket's caller, one for each issue; an anonymous caller has none.

        A ticket that joined before changes nothing.
        """
        ticket = self.tickets.find(work, ticket_id)
        if ticket is None:
            raise Reject(f"ticket_id {ticket_id} is no ticket of this district")
        if ticket.caller_ref is None or ticket.history:
            self.tell.nobody(work, issue, ticket)
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
        before = {follow_up.id: follow_up.stage}
        if follow_up.follow(issue.stage, issue.accepted_at) or not known:
            self._save(work, [follow_up], message=issue.state not in SILENT_TO_JOINERS)
            asked_at_once = follow_up.ask_at is not None and follow_up.ask_at <= work.clock.now()
            # The step that filed a ticket away is published already.
            if ticket.state is not TicketState.FILED_AWAY and not asked_at_once:
                self.tell(work, [follow_up], before, joining=True)
        else:
            self.follow_ups.save(work, [follow_up])

    def _save(self, work: Work, changed: Sequence[FollowUp], *, message: bool) -> None:
        if not changed:
            return
        self.follow_ups.save(work, changed)
        for one in changed:
            if one.stage in CURED and one.ask_at:
                timers.start(work, ASK, one.id, one.ask_at)
            work.after_commit(metrics.FOLLOW_UPS.labels(one.stage).inc)
        if message:
            self.follow_ups.queue_messages(work, changed)
