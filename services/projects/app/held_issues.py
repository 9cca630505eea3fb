"""The hot issues of the cells that a batch counts in: read once, written once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from services.chassis.database.work import Work
from services.projects.app.counting_ports import IssueBatches, KnownMembers, NewMember
from services.projects.app.ports import HotIssues
from services.projects.domain.detection import Call
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import HotIssue, Reason, Tally


class HeldIssues:
    """Implements the port HotIssues for one batch.

    Finding the issue of a call and joining it need no statement. Everything else is rare and left to `stored`, after
    `write` has stored what is pending.
    """

    def __init__(
        self,
        stored: HotIssues,
        batches: IssueBatches,
        cells: Collection[Cell],
        issues: Iterable[HotIssue],
        tickets: Collection[str],
        callers: Collection[str],
        write: Callable[[Work], None],
    ) -> None:
        self._stored = stored
        self._batches = batches
        self._newest: dict[Cell, str | None] = dict.fromkeys(cells)
        self._issues: dict[str, HotIssue] = {}
        self._tickets = tickets
        self._callers = callers
        self._write = write
        self._known: dict[str, KnownMembers] = {}
        self._members: list[NewMember] = []
        self._grown: dict[str, HotIssue] = {}
        for issue in issues:
            self._hold(issue)

    def taker(self, cell: Cell) -> HotIssue | None:
        """The issue that takes the calls of a held cell: its newest, or the one that was merged into."""
        issue = self._issues.get(self._newest.get(cell) or "")
        while issue and issue.merged_into:
            issue = self._issues[issue.merged_into]
        return issue

    def know_members(self, work: Work, issue_ids: Collection[str]) -> None:
        """Reads which of the batch's tickets and callers are members, in one statement."""
        if issue_ids:
            self._known |= self._batches.known(work, issue_ids, self._tickets, self._callers)

    def newest(self, work: Work, cell: Cell) -> HotIssue | None:
        if cell not in self._newest:
            self._write(work)
            self._newest[cell] = None
            if issue := self._stored.newest(work, cell):
                self._hold(issue)
        issue_id = self._newest[cell]
        return _as_stored(self._issues[issue_id]) if issue_id else None

    def lock(self, work: Work, issue_id: str) -> HotIssue | None:
        if issue_id not in self._issues:
            self._write(work)
            issue = self._stored.lock(work, issue_id)
            if issue is None:
                return None
            self._hold(issue)
        return _as_stored(self._issues[issue_id])

    def next_number(self, work: Work) -> int:
        return self._stored.next_number(work)

    def lock_all(self, work: Work, issue_ids: Collection[str]) -> dict[str, HotIssue]:
        self._write(work)
        return self._stored.lock_all(work, issue_ids)

    def save(self, work: Work, issue: HotIssue) -> None:
        self._write(work)
        self._stored.save(work, issue)
        self._hold(issue)

    def save_growth(self, work: Work, issue: HotIssue) -> None:
        self._grown[issue.id] = issue

    def join(self, work: Work, issue: HotIssue, call: Call, reason: Reason, at: datetime) -> bool | None:
        if call.ticket_id not in self._tickets:
            self._rarely(work, issue)
            return self._stored.join(work, issue, call, reason, at)
        if issue.id not in self._known:
            self._write(work)
            self.know_members(work, [issue.id])
        known = self._known[issue.id]
        if call.ticket_id in known.tickets:
            return None
        self._members.append(NewMember(issue.id, call, reason, at))
        known.tickets.add(call.ticket_id)
        if call.caller_ref is None or call.caller_ref in known.callers:
            return False
        known.callers.add(call.caller_ref)
        return True

    def add_members(
        self, work: Work, issue: HotIssue, members: Mapping[str, tuple[Call, Reason]], at: datetime
    ) -> list[str]:
        self._rarely(work, issue)
        return self._stored.add_members(work, issue, members, at)

    def drop_member(self, work: Work, issue: HotIssue, ticket_id: str) -> bool:
        self._rarely(work, issue)
        return self._stored.drop_member(work, issue, ticket_id)

    def drop_members(self, work: Work, issue: HotIssue, until: datetime | None) -> list[str]:
        self._rarely(work, issue)
        return self._stored.drop_members(work, issue, until)

    def dissatisfied(self, work: Work, issue: HotIssue) -> int:
        self._write(work)
        return self._stored.dissatisfied(work, issue)

    def members(self, work: Work, issue: HotIssue) -> list[Call]:
        self._write(work)
        return self._stored.members(work, issue)

    def cells(self, work: Work, issue_ids: Collection[str]) -> dict[str, list[Cell]]:
        self._write(work)
        return self._stored.cells(work, issue_ids)

    def tally(self, work: Work, issue: HotIssue) -> Tally | None:
        self._write(work)
        return self._stored.tally(work, issue)

    def write(self, work: Work) -> None:
        if self._members:
            self._batches.add(work, self._members)
            self._members = []
        if self._grown:
            self._batches.save_many(work, self._grown.values())
            self._grown = {}

    def _rarely(self, work: Work, issue: HotIssue) -> None:
        """Before members change in another way than by joining: they are read again when next needed."""
        self._write(work)
        self._known.pop(issue.id, None)

    def _hold(self, issue: HotIssue) -> None:
        self._issues[issue.id] = issue
        if issue.cell in self._newest:
            known = self._newest[issue.cell]
            if known is None or self._issues[known].ordinal <= issue.ordinal:
                self._newest[issue.cell] = issue.id


def _as_stored(issue: HotIssue) -> HotIssue:
    """Without what belongs to an event published before: its heat and its step."""
    issue.heat = issue.last_step = None
    return issue
