"""Which ballots may be counted at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.projects.domain.consultation.ballots import Ballot, BallotChoice
from services.projects.domain.consultation.electorate import Electorate
from services.projects.domain.consultation.rules import ConsultationRule

PAPER = "paper"


class Inadmissible(StrEnum):
    NO_SUCH_PART = "no_such_part"
    NOT_CONCERNED = "not_concerned"
    """The part belongs to another building or hallway than those that decide."""
    NO_SUCH_ITEM = "no_such_item"
    OTHER_TEXT = "other_text"
    NO_TEXT = "no_text"
    OTHER_ROUND = "other_round"
    BEFORE_OPENING = "before_opening"
    AFTER_CLOSING = "after_closing"
    NO_TIME = "no_time"
    """It is not known whether it came in time."""
    ENTERED_LATE = "entered_late"
    """After closing, and neither paper that was handed in before nor of the system in which the vote was held."""
    NO_PROXY = "no_proxy"
    """The rule does not know votes by proxy."""


@dataclass(frozen=True, slots=True)
class ItemOnBallot:
    """How one item is decided. `building`, `hallway`: those it concerns. `text_hash`: of what was put to the vote."""

    item: str
    rule: ConsultationRule
    building: str | None = None
    hallway: str | None = None
    text_hash: str | None = None


@dataclass(frozen=True, slots=True)
class HeldIn:
    """A vote in another system, a district's say. `number`: how that system calls it. `evidence`: SHA-256 of its
    protocol or export, `issued_on` the day that stands on it."""

    system: str
    number: str
    evidence: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Opening:
    """`opens` and `closes`: the first and the last moment of voting; None where that is not known.

    `held_in`: the system in which the vote was held, where that was not this one.
    """

    opens: datetime | None = None
    closes: datetime | None = None
    round: int = 1
    held_in: HeldIn | None = None


ANY_TIME = Opening()


def inadmissible(
    ballots: Sequence[Ballot], electorate: Electorate, items: Mapping[str, ItemOnBallot], opening: Opening
) -> Iterator[tuple[Ballot, Inadmissible]]:
    """Each ballot that cannot be counted, with the first reason."""
    concerned = {name: _concerned(item, electorate) for name, item in items.items()}
    for ballot in ballots:
        reason = _reason(ballot, electorate, items, concerned, opening)
        if reason is not None:
            yield ballot, reason


def _reason(
    ballot: Ballot,
    electorate: Electorate,
    items: Mapping[str, ItemOnBallot],
    concerned: Mapping[str, frozenset[str]],
    opening: Opening,
) -> Inadmissible | None:
    if ballot.part_id not in electorate:
        return Inadmissible.NO_SUCH_PART
    item = items.get(ballot.item)
    if item is None:
        return Inadmissible.NO_SUCH_ITEM
    if ballot.part_id not in concerned[ballot.item]:
        return Inadmissible.NOT_CONCERNED
    if ballot.round != opening.round:
        return Inadmissible.OTHER_ROUND
    if ballot.text_hash and item.text_hash and ballot.text_hash != item.text_hash:
        return Inadmissible.OTHER_TEXT
    if ballot.choice is BallotChoice.EMPTY:
        return None
    if item.text_hash and not ballot.text_hash:
        return Inadmissible.NO_TEXT
    if ballot.proxy and item.rule.proxy == "none":
        return Inadmissible.NO_PROXY
    return _untimely(ballot, opening)


def _untimely(ballot: Ballot, opening: Opening) -> Inadmissible | None:
    if ballot.at is None:
        return Inadmissible.NO_TIME if opening.opens or opening.closes else None
    if opening.opens and ballot.at < opening.opens:
        return Inadmissible.BEFORE_OPENING
    if opening.closes and ballot.at > opening.closes:
        return Inadmissible.AFTER_CLOSING
    return Inadmissible.ENTERED_LATE if entered_late(ballot, opening) and not _may_come_late(ballot, opening) else None


def entered_late(ballot: Ballot, opening: Opening) -> bool:
    """Whether it was entered after voting had closed."""
    return bool(opening.closes and ballot.entered_at and ballot.entered_at > opening.closes)


def _may_come_late(ballot: Ballot, opening: Opening) -> bool:
    return ballot.origin == PAPER or opening.held_in is not None


def _concerned(item: ItemOnBallot, electorate: Electorate) -> frozenset[str]:
    return frozenset(
        part.id for level in item.rule.levels for part in electorate.within(level, item.building, item.hallway)
    )
