"""What a unit answers, and what the supervisor says of it (docs/domain.md §3.5: L27 art. 18 to 21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ReplyClass(StrEnum):
    """A: solved or adopted. B: in this year's plan, with a date. C: planned, with a date. D: not possible now."""

    SOLVED = "A"
    THIS_YEAR = "B"
    PLANNED = "C"
    NOT_POSSIBLE = "D"


PROMISES = frozenset({ReplyClass.THIS_YEAR, ReplyClass.PLANNED})
AGREES: Mapping[ReplyClass, bool] = {one: one is not ReplyClass.NOT_POSSIBLE for one in ReplyClass}


class Contentment(StrEnum):
    SATISFIED = "satisfied"
    MOSTLY = "mostly"
    DISSATISFIED = "dissatisfied"


class Rater(StrEnum):
    PARTY = "party"
    DEPUTY = "deputy"


@dataclass(frozen=True, slots=True)
class UnitAnswer:
    """What a unit sends: `on` is the day on which it was solved, or for which it is promised. `signature` is the hash
    of the paper that the unit's head signed on `signed_on`."""

    reply_class: ReplyClass
    text: str
    on: date | None
    signed_on: date
    signature: str

    @property
    def promised_on(self) -> date | None:
        """The day for which it is promised, if it is a promise."""
        return self.on if self.reply_class in PROMISES else None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came in. `kept` says of a promise whether it was; None while that is open."""

    answer: UnitAnswer
    lead: str
    answered_at: datetime
    in_time: bool
    kept: bool | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    manner: Contentment
    result: Contentment
    why: str | None
    by: Rater
    at: datetime

    @property
    def satisfied(self) -> bool:
        return Contentment.DISSATISFIED not in (self.manner, self.result)


@dataclass(frozen=True, slots=True)
class MoreTime:
    """More time to answer, granted once. `granted` is None until the supervisor has decided; who was refused may ask
    again."""

    reason: str
    until: date
    granted: bool | None = None


class UnfitReply(ValueError):
    """A part of an answer or a rating is missing or cannot be; `field` names it, the message says what would do."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


def check_answer(answer: UnitAnswer, today: date) -> None:
    """Raises UnfitReply."""
    if answer.signed_on > today:
        raise UnfitReply("signed_on", "is still to come: give the day on which the unit's head signed")
    if answer.reply_class is ReplyClass.NOT_POSSIBLE:
        if answer.on is not None:
            raise UnfitReply("on", "is for what is solved or promised: leave it out of class D, and say why in `text`")
    elif answer.on is None:
        raise UnfitReply("on", f"class {answer.reply_class} needs it: {_DATES[answer.reply_class]}")
    elif not _fits(answer.reply_class, answer.on, today):
        raise UnfitReply("on", f"does not fit class {answer.reply_class}: {_DATES[answer.reply_class]}")


def check_rating(rating: Rating) -> None:
    """Raises UnfitReply: who is dissatisfied says why."""
    if not rating.satisfied and rating.why is None:
        raise UnfitReply("why", "says what is not satisfactory, so that the unit can answer again")


_DATES: Mapping[ReplyClass, str] = {
    ReplyClass.SOLVED: "give the day on which it was solved, today at the latest",
    ReplyClass.THIS_YEAR: "give the day for which it is promised, from today to the end of this year",
    ReplyClass.PLANNED: "give the day for which it is planned, after today",
}


def _fits(reply_class: ReplyClass, on: date, today: date) -> bool:
    if reply_class is ReplyClass.SOLVED:
        return on <= today
    if reply_class is ReplyClass.THIS_YEAR:
        return today <= on and on.year == today.year
    return on > today
