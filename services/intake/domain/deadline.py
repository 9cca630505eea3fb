"""The deadlines of a ticket: several at once, each with its own warning, end and outcome.

See docs/domain.md §2.2, §10.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.contracts.ticket_events import ClockLimit, RequestKind
from services.intake.domain.history import TicketHistoryEntry
from services.intake.domain.limits import EXTENDED, DeadlineKind, DeadlineRules, WorkingDays
from services.intake.domain.steps import TicketStep
from services.intake.domain.ticket import Ticket

UNTIL_REPLY = frozenset({DeadlineKind.SETTLE, DeadlineKind.REDO})
"""Deadlines for the answer: an earlier deadline of the city's replaces their end."""


class DeadlineOutcome(StrEnum):
    MET = "met"
    LATE = "late"
    TAKEN_BACK = "taken back"
    LAPSED = "lapsed"


@dataclass(slots=True)
class Deadline:
    """`since` is the ticket's version that started it. `paused` is the time that did not count.

    `calendar_known` is false if plain weekdays were counted, because the State Council had not announced the year.
    `lapses`: it ends a right and not a duty, so that its end is neither warned of nor a breach.
    """

    ticket_id: str
    kind: DeadlineKind
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
    outcome: DeadlineOutcome | None = None
    lapses: bool = False

    def stop(self, at: datetime) -> None:
        self.stopped_at, self.outcome = at, DeadlineOutcome.MET if at <= self.due_at else DeadlineOutcome.LATE

    def lapse(self, at: datetime) -> None:
        """Nobody can use the right any more, and nobody has."""
        self.stopped_at, self.outcome = at, DeadlineOutcome.LAPSED

    def take_back(self, at: datetime) -> None:
        """It does not count: the ticket was not this unit's, or no unit has it any more."""
        self.stopped_at, self.outcome = at, DeadlineOutcome.TAKEN_BACK

    def extend(self, due_at: datetime, warn_at: datetime, calendar_known: bool, rule: str) -> None:
        """Moves the end to a later time, with a new warning. A breached deadline stays breached."""
        if self.breached_at or due_at <= self.due_at:
            return
        self.due_at, self.warn_at, self.calendar_known, self.rule = due_at, warn_at, calendar_known, rule
        self.warned_at = None

    def pause(self, at: datetime) -> None:
        self.paused_at = at

    def resume(self, at: datetime) -> None:
        """Goes on with the time that was left when it was paused; none, if it was over by then."""
        assert self.paused_at
        lasted = at - self.paused_at
        self.paused, self.paused_at = self.paused + lasted, None
        if not self.warned_at:
            self.warn_at += lasted
        if not self.breached_at:
            self.due_at += lasted

    def moments(self) -> list[datetime]:
        """The times of the warning and the end that are still to come or to be recorded."""
        if self.paused_at or self.stopped_at or self.lapses:
            return []
        return [at for at, noted in ((self.warn_at, self.warned_at), (self.due_at, self.breached_at)) if not noted]


ADJUSTING = frozenset({TicketStep.GRANT_EXTENSION, TicketStep.PAUSE, TicketStep.RESUME})
"""Steps that move the settle deadline without starting or stopping it."""


@dataclass(frozen=True, slots=True)
class Timekeeper:
    """Starts, moves and stops deadlines as steps are taken, by the table of rules."""

    rules: DeadlineRules
    usual_kind: Callable[[str], RequestKind | None]
    working_days: WorkingDays

    def concerns(self, step: TicketStep) -> bool:
        """Whether a step can change a deadline at all."""
        return step in ADJUSTING or step in self.rules.moved_by

    def follow(self, ticket: Ticket, running: Sequence[Deadline], entry: TicketHistoryEntry) -> list[Deadline]:
        """Applies a new history entry to the running deadlines; returns those that it changed or started.

        `ticket` is as the step left it.
        """
        changed = [clock for clock in running if self._moved(ticket, clock, entry)]
        fresh = (self._started(kind, ticket, entry) for kind in self.rules.clocks)
        return [*changed, *(clock for clock in fresh if clock)]

    def _moved(self, ticket: Ticket, clock: Deadline, entry: TicketHistoryEntry) -> bool:
        rule = self.rules.clocks[clock.kind]
        if entry.step in rule.starts or entry.step in rule.voids:
            clock.take_back(entry.at)
        elif entry.step in rule.uses or (entry.step in rule.stops and not clock.lapses):
            clock.stop(entry.at)
        elif entry.step in rule.stops:
            clock.lapse(entry.at)
        else:
            return clock.kind is DeadlineKind.SETTLE and self._adjusted(ticket, clock, entry)
        return True

    def _started(self, kind: DeadlineKind, ticket: Ticket, entry: TicketHistoryEntry) -> Deadline | None:
        if entry.step not in self.rules.clocks[kind].starts:
            return None
        rule = self.rules.limit_of(kind, ticket, self.usual_kind(ticket.type_code) if ticket.type_code else None)
        if rule is None:
            return None
        due_at, calendar_known = rule.end(entry.at, self.working_days)
        due_at = capped(kind, ticket, due_at)
        return Deadline(
            ticket_id=ticket.id,
            kind=kind,
            since=entry.version,
            rule=rule.id,
            rules_version=self.rules.version,
            calendar_known=calendar_known,
            started_at=entry.at,
            warn_at=self.warn_at(entry.at, due_at),
            due_at=due_at,
            lapses=self.rules.clocks[kind].ends == "lapse",
        )

    def _adjusted(self, ticket: Ticket, clock: Deadline, entry: TicketHistoryEntry) -> bool:
        match entry.step:
            case TicketStep.GRANT_EXTENSION:
                due_at, known = self.rules.extended.end(clock.started_at, self.working_days)
                due_at = capped(clock.kind, ticket, due_at)
                clock.extend(due_at, self.warn_at(clock.started_at, due_at), known, EXTENDED)
            case TicketStep.PAUSE:
                clock.pause(entry.at)
            case TicketStep.RESUME:
                clock.resume(entry.at)
                if not clock.breached_at:
                    clock.due_at = capped(clock.kind, ticket, clock.due_at)
                    clock.warn_at = min(clock.warn_at, clock.due_at)
            case _:
                return False
        return True

    def warn_at(self, started_at: datetime, due_at: datetime) -> datetime:
        return started_at + (due_at - started_at) * self.rules.warn_at


def capped(kind: DeadlineKind, ticket: Ticket, due_at: datetime) -> datetime:
    """The earlier of the district's end and the city's."""
    return min(due_at, ticket.city_by) if ticket.city_by and kind in UNTIL_REPLY else due_at


def settle_by(changed: Iterable[Deadline], before: datetime | None) -> datetime | None:
    """The end of the settle deadline after some were changed or started; None once it was taken back for good."""
    settle = [clock for clock in changed if clock.kind is DeadlineKind.SETTLE]
    ends = [clock.due_at for clock in settle if clock.stopped_at is None]
    if not ends and any(clock.outcome is DeadlineOutcome.TAKEN_BACK for clock in settle):
        return None
    return max(ends, default=before)


def limits(clocks: Iterable[Deadline], now: datetime) -> tuple[ClockLimit, ...]:
    """The ends of the clocks that run, the next first; a paused one has none, nor has a right that is over."""
    running = (
        clock
        for clock in clocks
        if not clock.stopped_at and not clock.paused_at and not (clock.lapses and clock.due_at < now)
    )
    ends = [ClockLimit(clock=clock.kind, due=clock.due_at) for clock in running]
    return tuple(sorted(ends, key=lambda end: (end.due, end.clock)))
