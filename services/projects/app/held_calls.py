"""The calls of the cells that a batch counts in: read once, kept up to date in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from services.chassis.database.work import Work
from services.projects.app.counting_ports import FirstCalls
from services.projects.app.held_days import HeldDays
from services.projects.app.ports import Calls
from services.projects.domain.detection import Call, Sighted
from services.projects.domain.evidence import Cell


class _HeldCell:
    """All calls of a cell later than `since` and up to `until` (None: without bound)."""

    def __init__(self, since: datetime, first: FirstCalls) -> None:
        self.since = since
        self.until = first.until
        self.calls = {call.ticket_id: call for call in first.calls}

    def covers(self, after: datetime, until: datetime | None) -> bool:
        return after >= self.since and (self.until is None or (until is not None and until <= self.until))

    def holds(self, call: Call) -> bool:
        return call.occurred_at > self.since and (self.until is None or call.occurred_at <= self.until)


class HeldCalls:
    """Implements the port Calls for one batch.

    What it does not hold comes from `stored`, after `write` has stored what is pending.
    """

    def __init__(
        self,
        stored: Calls,
        days: HeldDays,
        since: Mapping[Cell, datetime],
        first: Mapping[Cell, FirstCalls],
        write: Callable[[Work], None],
    ) -> None:
        self._stored = stored
        self._days = days
        self._cells = {cell: _HeldCell(since[cell], calls) for cell, calls in first.items()}
        self._write = write
        self._unwritten: dict[str, tuple[Sighted | None, Sighted | None]] = {}

    def move(self, ticket_id: str, before: Sighted | None, after: Sighted | None) -> None:
        """The ticket counts elsewhere, or not at all, from now on. This is not stored yet."""
        if before and (cell := self._cells.get(before.cell)):
            cell.calls.pop(ticket_id, None)
        if after and (cell := self._cells.get(after.cell)) and cell.holds(after.call):
            cell.calls[ticket_id] = after.call
        stored, _ = self._unwritten.get(ticket_id, (before, after))
        self._unwritten[ticket_id] = (stored, after)

    def written(self, _work: Work) -> None:
        """Called when the moved tickets have been stored."""
        self._unwritten.clear()

    def between(self, work: Work, cell: Cell, after: datetime, until: datetime | None) -> list[Call]:
        held = self._cells.get(cell)
        if held is None or not held.covers(after, until):
            self._write(work)
            return self._stored.between(work, cell, after, until)
        found = [
            call
            for call in held.calls.values()
            if call.occurred_at > after
            and (until is None or call.occurred_at <= until)
            and not self._days.event_driven(Sighted(cell, call))
        ]
        return sorted(found, key=lambda call: (call.occurred_at, call.ticket_id))

    def count(self, work: Work, cells: Collection[Cell], begin: datetime, end: datetime) -> int:
        """Counts what is stored, and adds the difference of what is not stored yet."""

        def within(one: Sighted | None) -> bool:
            return one is not None and one.cell in cells and begin <= one.call.occurred_at < end

        moved = sum(within(now) - within(stored) for stored, now in self._unwritten.values())
        return self._stored.count(work, cells, begin, end) + moved

    def latest(self, work: Work, cell: Cell) -> datetime | None:
        self._write(work)
        return self._stored.latest(work, cell)

    def present(self, work: Work, cell: Cell, since: datetime, until: datetime) -> bool:
        held = self._cells.get(cell)
        if held is None or since <= held.since or not held.covers(since, until):
            self._write(work)
            return self._stored.present(work, cell, since, until)
        return any(since <= call.occurred_at <= until and not call.history for call in held.calls.values())
