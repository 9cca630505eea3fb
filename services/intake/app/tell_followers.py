"""Plans messages to the callers of hot issues when their follow-ups have moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.database.work import Work
from services.intake.app.ports import FollowUps, KnownHotIssue, Tickets
from services.intake.app.tell_callers import TellCallers
from services.intake.app.to_tell import StageReached
from services.intake.domain.follow_up import FollowUp, Stage
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class TellFollowers:
    tell: TellCallers
    tickets: Tickets
    follow_ups: FollowUps

    def __call__(
        self, work: Work, followers: Sequence[FollowUp], before: Mapping[str, Stage], *, joining: bool = False
    ) -> None:
        """`before` are the stages that they had, by the follow-up's id; the hot issues are stored as they are now."""
        if not followers:
            return
        tickets = {one.id: one for one in self.tickets.find_all(work, {one.ticket_id for one in followers})}
        found = (self.follow_ups.issue(work, one) for one in {one.hot_issue_id for one in followers})
        issues = {one.id: one for one in found if one}
        starts = {one.id: self._start(work, one) for one in issues.values()}
        self.tell.of_stages(
            work,
            [
                StageReached(
                    issue=issues[one.hot_issue_id],
                    ticket=tickets[one.ticket_id],
                    stage=one.stage,
                    round=one.round,
                    before=before[one.id],
                    joining=joining,
                    start=starts[one.hot_issue_id] if one.stage is Stage.PLANNED else None,
                )
                for one in followers
            ],
        )

    def nobody(self, work: Work, issue: KnownHotIssue, ticket: Ticket) -> None:
        """Records why the caller of a member is not notified of the issue: there is no follow-up."""
        self.tell.of_stages(work, [StageReached(issue, ticket, Stage.NOTED, 0, Stage.NOTED, joining=True)])

    def _start(self, work: Work, issue: KnownHotIssue) -> date | None:
        return self.follow_ups.planned_start(work, issue.project_id) if issue.project_id else None
