"""Whether a person gets a message, on which channel and from when on; if not, why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.contracts.quiet_hours import after_quiet
from services.intake.domain.occasion import Occasion
from services.intake.domain.occasion_rules import Occasions, TellingLimit
from services.intake.domain.reach import ways_of
from services.intake.domain.telling import Way


class Cause(StrEnum):
    """Why a person gets no message. Each has words in both languages (`words.yaml`)."""

    HISTORY = "imported history"
    CITY = "the city tells them"
    ANONYMOUS = "anonymous"
    NO_WAY = "no way to reach them"
    STOPPED = "stopped by the person"
    CONFIDENTIAL = "confidential"
    LIMIT = "limit reached"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person in a matter. `confidential`: nothing about it may be written to them, only said."""

    named: bool
    reach: Collection[str]
    history: bool = False
    of_city: bool = False
    confidential: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """`way` and `cause`: one of them is None."""

    way: Way | None
    not_before: datetime
    cause: Cause | None = None


def decide(
    table: Occasions, occasion: Occasion, to: Addressee, message_times: Sequence[datetime], now: datetime
) -> Decision:
    """`message_times`: when messages of the same urgency were, or will be, sent to the person."""
    way, cause = _way(occasion, to)
    if way is None:
        return Decision(None, now, cause)
    at = now + timedelta(minutes=occasion.wait_minutes)
    if not occasion.urgent:
        at = after_quiet(at, table.quiet)
    if not fits(message_times, at, table.limits.of(occasion)):
        return Decision(None, now, Cause.LIMIT)
    return Decision(way, at)


def obstacle(occasion: Occasion, to: Addressee, way: Way) -> Cause | None:
    """Why this channel may not be used for a person; None if it may."""
    if to.history:
        return Cause.HISTORY
    if to.of_city and occasion.city_tells:
        return Cause.CITY
    if to.stopped and not occasion.urgent:
        return Cause.STOPPED
    if way not in ways_of(to.reach):
        return Cause.NO_WAY if to.named or to.reach else Cause.ANONYMOUS
    if to.confidential and way is not Way.CALL:
        return Cause.CONFIDENTIAL
    return None


def _way(occasion: Occasion, to: Addressee) -> tuple[Way | None, Cause | None]:
    """The first way without an obstacle. That they could be reached, if it were not for a rule, says more than that one
    of the ways leads nowhere."""
    obstacles = [(way, obstacle(occasion, to, way)) for way in occasion.ways]
    for way, cause in obstacles:
        if cause is None:
            return way, None
    causes = [cause for _, cause in obstacles]
    return None, Cause.CONFIDENTIAL if Cause.CONFIDENTIAL in causes else causes[0]


def fits(message_times: Iterable[datetime], at: datetime, windows: Iterable[TellingLimit]) -> bool:
    """Whether one more message at `at` leaves every window of time, before and after it, within its limit."""
    times = sorted((*message_times, at))
    return not any(
        later - earlier < timedelta(hours=window.hours)
        for window in windows
        for earlier, later in zip(times, times[window.most :], strict=False)
    )
