"""A clock of a ticket: several run at once, each is warned, ends and is judged by itself (domain.md §2.2, §10.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.contracts.ticket_events import RequestKind
from services.intake.domain.limits import ClockKind, ClockRules, WorkingDays
from services.intake.domain.steps import Step
from services.intake.domain.ticket import HistoryEntry, Ticket

UNTIL_REPLY = frozenset({ClockKind.SETTLE, ClockKind.REDO})
"""Clocks that end with the answer: the city's deadline, where there is one, ends them if it comes first."""


class Outcome(StrEnum):
    MET = "met"
    LATE = "late"
    TAKEN_BACK = "taken back"


@dataclass(slots=True)
class Clock:
    """`since` is the ticket's version that started it. `calendar_known`: false if plain weekdays were counted, because
    the State Council had not announced the year. `paused` is the time that did not count."""

    ticket_id: str
    kind: ClockKind
    since: int
    rule: str
    rules_version: int
    calendar_known: bool
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    paused_at: datetime | None = None
    paused: timedelta = timedelta()
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    outcome: Outcome | None = None

    def stop(self, at: datetime) -> None:
        self.stopped_at, self.outcome = at, Outcome.MET if at <= self.due_at else Outcome.LATE

    def take_back(self, at: datetime) -> None:
        """It never counted: the ticket was not this unit's, or is nobody's any more."""
        self.stopped_at, self.outcome = at, Outcome.TAKEN_BACK

    def extend(self, due_at: datetime, warn_at: datetime, calendar_known: bool, rule: str) -> None:
        """A later end, of which the unit is warned again. A clock that was breached stays so."""
        if self.breached_at or due_at <= self.due_at:
            return
        self.due_at, self.warn_at, self.calendar_known, self.rule = due_at, warn_at, calendar_known, rule
        self.warned_at = None

    def pause(self, at: datetime) -> None:
        self.paused_at = at

    def resume(self, at: datetime) -> None:
        """What is left to run is what was left when it was paused; nothing, if it was over by then."""
        assert self.paused_at
        lasted = at - self.paused_at
        self.paused, self.paused_at = self.paused + lasted, None
        if not self.warned_at:
            self.warn_at += lasted
        if not self.breached_at:
            self.due_at += lasted

    def moments(self) -> list[datetime]:
        """When something is to be noted yet."""
        if self.paused_at or self.stopped_at:
            return []
        return [at for at, noted in ((self.warn_at, self.warned_at), (self.due_at, self.breached_at)) if not noted]


ADJUSTING = frozenset({Step.GRANT_EXTENSION, Step.PAUSE, Step.RESUME})
"""Steps that move the settle clock and neither start nor stop it."""


@dataclass(frozen=True, slots=True)
class Timekeeper:
    """Lets the clocks follow the steps of their ticket, by the table."""

    rules: ClockRules
    usual_kind: Callable[[str], RequestKind | None]
    working_days: WorkingDays

    def concerns(self, step: Step) -> bool:
        """Whether such a step moves a clock at all."""
        return step in ADJUSTING or step in self.rules.moved_by

    def follow(self, ticket: Ticket, running: Sequence[Clock], entry: HistoryEntry) -> list[Clock]:
        """What `entry`, a new line of the ticket's history, makes of the clocks: those that it changed or started.

        `ticket` is as the step left it.
        """
        changed = [clock for clock in running if self._moved(ticket, clock, entry)]
        fresh = (self._started(kind, ticket, entry) for kind in self.rules.clocks)
        return [*changed, *(clock for clock in fresh if clock)]

    def _moved(self, ticket: Ticket, clock: Clock, entry: HistoryEntry) -> bool:
        rule = self.rules.clocks[clock.kind]
        if entry.step in rule.starts or entry.step in rule.voids:
            clock.take_back(entry.at)
        elif entry.step in rule.stops:
            clock.stop(entry.at)
        else:
            return clock.kind is ClockKind.SETTLE and self._adjusted(ticket, clock, entry)
        return True

    def _started(self, kind: ClockKind, ticket: Ticket, entry: HistoryEntry) -> Clock | None:
        if entry.step not in self.rules.clocks[kind].starts:
            return None
        rule = self.rules.limit_of(kind, ticket, self.usual_kind(ticket.type_code) if ticket.type_code else None)
        if rule is None:
            return None
        due_at, calendar_known = rule.end(entry.at, self.working_days)
        due_at = _capped(kind, ticket, due_at)
        lapses = self.rules.clocks[kind].ends == "lapse"
        return Clock(
            ticket_id=ticket.id,
            kind=kind,
            since=entry.version,
            rule=rule.id,
            rules_version=self.rules.version,
            calendar_known=calendar_known,
            started_at=entry.at,
            warn_at=self._warn_at(entry.at, due_at),
            due_at=due_at,
            warned_at=entry.at if lapses else None,
            breached_at=entry.at if lapses else None,
        )

    def _adjusted(self, ticket: Ticket, clock: Clock, entry: HistoryEntry) -> bool:
        match entry.step:
            case Step.GRANT_EXTENSION:
                due_at, known = self.rules.extended.end(clock.started_at, self.working_days)
                due_at = _capped(clock.kind, ticket, due_at)
                clock.extend(due_at, self._warn_at(clock.started_at, due_at), known, "extended")
            case Step.PAUSE:
                clock.pause(entry.at)
            case Step.RESUME:
                clock.resume(entry.at)
                if not clock.breached_at:
                    clock.due_at = _capped(clock.kind, ticket, clock.due_at)
                    clock.warn_at = min(clock.warn_at, clock.due_at)
            case _:
                return False
        return True

    def _warn_at(self, started_at: datetime, due_at: datetime) -> datetime:
        return started_at + (due_at - started_at) * self.rules.warn_at


def _capped(kind: ClockKind, ticket: Ticket, due_at: datetime) -> datetime:
    """The earlier of our end and the city's."""
    return min(due_at, ticket.city_by) if ticket.city_by and kind in UNTIL_REPLY else due_at


def settle_by(clocks: Iterable[Clock]) -> datetime | None:
    """The end of the settle clock among those that were just changed or started; None if it is not among them."""
    ends = [clock.due_at for clock in clocks if clock.kind is ClockKind.SETTLE and clock.stopped_at is None]
    return max(ends, default=None)
