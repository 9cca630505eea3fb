"""Locks and reads what a batch of tickets may change, before anything is decided."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chassis.database.work import Work
from services.projects.app.counting_ports import CellCalls, Days, IssueBatches, Sightings
from services.projects.app.held_calls import HeldCalls
from services.projects.app.held_days import HeldDays
from services.projects.app.held_issues import HeldIssues
from services.projects.app.ports import Calls, CurrentRules, HotIssues
from services.projects.app.touched import Touched, may_change
from services.projects.domain.citywide import TypeDay
from services.projects.domain.detection import Sighted
from services.projects.domain.evidence import Cell, Reading, TicketFact
from services.projects.domain.hot_issue import OPEN, IssueState
from services.projects.domain.rules import RuleBook
from services.projects.domain.sighting import Sighting

Write = Callable[[Work], None]


class Pending:
    """What a batch has decided but not stored yet; written in the order in which the parts were added."""

    def __init__(self) -> None:
        self._parts: list[Write] = []

    def add(self, part: Write) -> None:
        self._parts.append(part)

    def write(self, work: Work) -> None:
        for part in self._parts:
            part(work)


class HeldSightings:
    """The sightings of a batch's tickets, which are locked."""

    def __init__(self, stored: Sightings, held: dict[str, Sighting]) -> None:
        self._stored = stored
        self._held = held
        self._unwritten: set[str] = set()

    def get(self, ticket_id: str) -> Sighting:
        return self._held[ticket_id]

    def keep(self, sighting: Sighting) -> None:
        self._held[sighting.ticket_id] = sighting
        self._unwritten.add(sighting.ticket_id)

    def write(self, work: Work) -> None:
        if self._unwritten:
            self._stored.save(work, [self._held[one] for one in sorted(self._unwritten)])
            self._unwritten.clear()


@dataclass(frozen=True, slots=True)
class LockedBatch:
    sightings: HeldSightings
    days: HeldDays
    calls: HeldCalls
    issues: HeldIssues
    pending: Pending


@dataclass(frozen=True, slots=True)
class LockBatch:
    """Locks tickets, days of types, cells and issues, each in one order, so that nobody deadlocks (ADR 24).

    Missing rows are created first, so that two transactions cannot both take themselves for the first of a ticket, a
    day or a cell. A day that may become citywide, or stop being so, also locks every cell with calls on it.
    """

    sightings: Sightings
    days: Days
    cells: CellCalls
    issue_batches: IssueBatches
    calls: Calls
    issues: HotIssues
    rules: CurrentRules

    def __call__(self, work: Work, events: Sequence[TicketFact | Reading]) -> LockedBatch:
        book, pending = self.rules.book(), Pending()
        sightings = self.sightings.lock(work, {event.ticket_id for event in events})
        touched = Touched.by(events, sightings)
        watched = self._watched(work, touched, book)
        cells = touched.cells()
        for sighted in (one for calls in watched.values() for one in calls):
            cells.setdefault(sighted.cell, set()).add(sighted.call.occurred_at)
        if cells:
            self.cells.lock(work, cells)
        issues = self._hold_issues(work, cells, events, sightings, pending)
        types = {cell.type_code for cell in cells}
        citywide = self.days.citywide(work, types) if types and book.event_days else set()
        days = HeldDays(self.days, book, citywide, watched)
        since = _windows(cells, issues, timedelta(days=book.longest_days))
        first = self.cells.after(work, since) if since else {}
        calls = HeldCalls(self.calls, days, since, first, pending.write)
        held = HeldSightings(self.sightings, sightings)
        for part in (held.write, calls.written, days.write, issues.write):
            pending.add(part)
        return LockedBatch(held, days, calls, issues, pending)

    def _watched(self, work: Work, touched: Touched, book: RuleBook) -> Mapping[TypeDay, Sequence[Sighted]]:
        """The days whose state the batch may change, with the calls that an event of such a day covers."""
        days = touched.days() if book.event_days else None
        if not days:
            return {}
        known = self.days.lock(work, days)
        spreads = self.days.spreads(work, days)
        watched = {}
        for day, citywide in known.items():
            if may_change(day, citywide, spreads[day], days[day], book):
                rule = book.at(day.begin).detection.citywide
                watched[day] = rule.lasts_days if rule else 1
        calls = self.days.calls(work, watched) if watched else {}
        return {day: calls.get(day, []) for day in watched}

    def _hold_issues(
        self,
        work: Work,
        cells: Collection[Cell],
        events: Sequence[TicketFact | Reading],
        sightings: Mapping[str, Sighting],
        pending: Pending,
    ) -> HeldIssues:
        locked = self.issue_batches.lock_of(work, cells) if cells else []
        callers = {event.caller_ref for event in events if isinstance(event, TicketFact)}
        callers |= {sighting.caller_ref for sighting in sightings.values()}
        known = {caller for caller in callers if caller}
        issues = HeldIssues(self.issues, self.issue_batches, cells, locked, set(sightings), known, pending.write)
        takers = map(issues.taker, cells)
        issues.know_members(work, {taker.id for taker in takers if taker and taker.state in OPEN})
        return issues


def _windows(cells: Mapping[Cell, set[datetime]], issues: HeldIssues, longest: timedelta) -> dict[Cell, datetime]:
    """From which moment the calls of each cell are read. An open issue takes later calls unread."""
    since = {}
    for cell, moments in cells.items():
        taker = issues.taker(cell)
        takes_all = taker is not None and taker.state in OPEN and taker.state is not IssueState.OBSERVING
        if moments and not (takes_all and taker and min(moments) > taker.confirmed_at):
            since[cell] = min(moments) - longest
    return since
