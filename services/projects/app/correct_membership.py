"""A person corrects which tickets a matter holds. The correction outranks every later comparison."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.commands import Conflict, Unfit, admitted, must_be_at
from services.chassis.database.work import Work
from services.projects.app.authority import Authority
from services.projects.app.detect import Detect
from services.projects.app.matter_ports import Choices, Matters
from services.projects.app.ports import HotIssues
from services.projects.app.publishing import PublishIssue
from services.projects.domain.detection import Call, Sighted
from services.projects.domain.hot_issue import OPEN, HotIssue, Reason
from services.projects.domain.unplaced import IN_PLACE_OF_ESTATE


@dataclass(frozen=True, slots=True)
class Membership:
    """`version` is the issue's as the person saw it."""

    version: int
    ticket_id: str
    belongs: bool
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class CorrectMembership:
    matters: Matters
    choices: Choices
    issues: HotIssues
    publish: PublishIssue
    detect: Detect

    def __call__(self, work: Work, issue_id: str, said: Membership, authority: Authority) -> HotIssue:
        """Raises Unknown, Forbidden, Conflict, Unfit. A ticket that is removed may join others, never this one."""
        self.matters.lock(work)
        issue = self._locked(work, issue_id, said, authority)
        if said.belongs:
            authority.bring_tickets("ticket_id")
        call = self._call(work, issue, said)
        self.choices.choose(work, said.ticket_id, issue.cell.estate, said.belongs)
        if said.belongs:
            self.issues.join(work, issue, call, Reason.BY_HAND, work.clock.now())
        else:
            self.issues.drop_member(work, issue, call.ticket_id)
        tally = self.issues.tally(work, issue)
        if tally:
            issue.tally(tally)
        else:
            issue.calls = issue.callers = 0
        issue.remark(work.clock.now(), said.actor, None, said.reason)
        self.publish.choice(work, issue, call.ticket_id, said.belongs)
        self.issues.save(work, issue)
        if not said.belongs:
            self.detect(work, Sighted(issue.cell, call), None)
        after = self.issues.lock(work, issue_id)
        assert after
        return after

    def _locked(self, work: Work, issue_id: str, said: Membership, authority: Authority) -> HotIssue:
        issue = admitted(self.issues.lock(work, issue_id), authority.act_on)
        assert issue.state
        if not issue.cell.estate.startswith(IN_PLACE_OF_ESTATE):
            why = "it is of a registered estate: correct the ticket's place or type"
            raise Conflict(why, issue.version, issue.state, "registered_estate")
        if issue.state not in OPEN:
            raise Conflict(f"it is {issue.state}: it takes no members", issue.version, issue.state)
        must_be_at(said.version, issue.version, issue.state)
        return issue

    def _call(self, work: Work, issue: HotIssue, said: Membership) -> Call:
        ticket, has_estate = self.choices.ticket(work, said.ticket_id)
        is_member = ticket is not None and ticket.matter_id == issue.cell.estate
        if not said.belongs and not is_member:  # a member's own facts are no secret, those of other tickets are
            raise Unfit("ticket_id", "is not of this matter")
        if ticket is None or ticket.compared is None:
            raise Unfit("ticket_id", "is not known as a ticket without a registered estate")
        if has_estate:
            raise Unfit("ticket_id", "counts in a registered estate: correct its place first, or merge the issues")
        if said.belongs and is_member:
            raise Unfit("ticket_id", "is of this matter already")
        if said.belongs and ticket.matter_id is not None:
            raise Unfit("ticket_id", "is of another matter: take it out there first")
        return ticket.compared
