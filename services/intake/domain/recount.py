"""Counts a deadline anew when the holidays of a year become known that were not when it started (docs/domain.md §2.2).

A limit is in working days by law, so its end follows the notice. What was sent to a unit stands where the notice would
put it at a disadvantage for the past: a deadline kept stays kept, and none moves to a time that is already over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard

from services.intake.domain.deadline import UNTIL_REPLY, Deadline, DeadlineOutcome, Timekeeper, capped
from services.intake.domain.limits import Length
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Recount:
    """`moved` is false if only the doubt about the end is gone. `taken_back`: a breach was recorded and was none."""

    was: datetime
    moved: bool
    taken_back: bool


def recount(keeper: Timekeeper, ticket: Ticket, clock: Deadline, at: datetime) -> Recount | None:
    """Moves the end of a running or late deadline to where the calendar puts it now; None if nothing changes."""
    length = _length(keeper, ticket, clock)
    if not _counts_working_days(length):
        return None
    end, known = length.end(clock.started_at, keeper.working_days)
    was, late = clock.due_at, clock.outcome is DeadlineOutcome.LATE
    due_at = was if _city_deadline_is_gone(ticket, clock) else capped(clock.kind, ticket, end + clock.paused)
    if due_at < was and (late or due_at <= at):
        due_at = was
    if (due_at, known) == (was, clock.calendar_known):
        return None
    clock.due_at, clock.calendar_known = due_at, known
    if due_at == was:
        return Recount(was, moved=False, taken_back=False)
    clock.warn_at = min(keeper.warn_at(clock.started_at, end) + clock.paused, due_at)
    lapses = keeper.rules.clocks[clock.kind].ends == "lapse"
    return Recount(was, moved=True, taken_back=not lapses and _take_back(clock, at))


def _take_back(clock: Deadline, at: datetime) -> bool:
    """Whether a recorded breach turns out to be none; clears what then has not happened."""
    reached = clock.stopped_at or at
    if reached > clock.due_at:
        return False
    breached, clock.breached_at = clock.breached_at is not None, None
    if clock.stopped_at:
        clock.outcome = DeadlineOutcome.MET
    elif clock.warn_at > at:
        clock.warned_at = None
    return breached


def _length(keeper: Timekeeper, ticket: Ticket, clock: Deadline) -> Length | None:
    usual_kind = keeper.usual_kind(ticket.type_code) if ticket.type_code else None
    return keeper.rules.length_of(clock.rule) or keeper.rules.limit_of(clock.kind, ticket, usual_kind)


def _counts_working_days(length: Length | None) -> TypeGuard[Length]:
    return length is not None and length.working_days is not None


def _city_deadline_is_gone(ticket: Ticket, clock: Deadline) -> bool:
    """The city set another deadline for the redo; the one that may have ended this clock is not kept."""
    return bool(ticket.city_number and ticket.redos and clock.stopped_at and clock.kind in UNTIL_REPLY)
