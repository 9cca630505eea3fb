"""Ballots, and which of several for one part counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from services.projects.domain.consultation.rules import Again, Duplicates


class BallotChoice(StrEnum):
    """`empty`: nothing was answered; such a row says only whether the ballot was delivered."""

    AGREE = "agree"
    DISAGREE = "disagree"
    ABSTAIN = "abstain"
    INVALID = "invalid"
    EMPTY = "empty"


class SetAsideReason(StrEnum):
    """Why a ballot does not count beside another of the same part."""

    REPEATED = "repeated"
    """It says the same."""
    HELD_BACK = "held_back"
    """It says something else (a co-owner, or the owner once more)."""
    OUTRANKED = "outranked"
    """It came another way, and the rule prefers the other one."""
    INVALID_BESIDE_VALID = "invalid_beside_valid"


@dataclass(frozen=True, slots=True)
class Ballot:
    """One answer of one part on one item. Owners, co-owners and proxies are not named.

    `number`: its place in the order of arrival. `origin`: paper, electronic, or any other word. `at`: when it was cast
    or received, where known. `text_hash`: of the text it was cast on. `evidence`, `proxy`: references to the paper or
    the export it comes from, and to the written authority.
    """

    number: int
    part_id: str
    item: str
    choice: BallotChoice
    origin: str = ""
    at: datetime | None = None
    delivered: bool = False
    text_hash: str | None = None
    evidence: str | None = None
    proxy: str | None = None
    round: int = 1


@dataclass(frozen=True, slots=True)
class SetAside:
    """`counted` is the ballot that stands in its place."""

    ballot: Ballot
    counted: Ballot
    reason: SetAsideReason


class UndecidedBallots(ValueError):
    """The rule does not say which of these ballots of one part counts."""

    def __init__(self, one: Ballot, other: Ballot, *, refused: bool) -> None:
        super().__init__(f"{one.part_id} voted twice on {one.item}")
        self.one = one
        self.other = other
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts on one item. `delivered`: parts that got a ballot, whether they answered or not."""

    votes: Mapping[str, Ballot]
    delivered: frozenset[str]
    set_aside: tuple[SetAside, ...]


def standing(ballots: Iterable[Ballot], rule: Duplicates) -> Standing:
    """Of ballots on one item, whatever their order. Raises UndecidedBallots."""
    cast: dict[str, list[Ballot]] = defaultdict(list)
    delivered = set()
    for ballot in ballots:
        if ballot.choice is not BallotChoice.EMPTY:
            cast[ballot.part_id].append(ballot)
        if ballot.delivered:
            delivered.add(ballot.part_id)
    votes, aside = {}, []
    for part_id, found in cast.items():
        votes[part_id] = found[0]
        if len(found) > 1:
            counted, *others = _ranked(found, rule)
            votes[part_id] = counted
            aside += [SetAside(other, counted, _reason(counted, other)) for other in others]
    return Standing(votes, frozenset(delivered), tuple(sorted(aside, key=lambda one: one.ballot.number)))


def _ranked(found: list[Ballot], rule: Duplicates) -> list[Ballot]:
    """The one that counts first. Time must tell apart what differs."""
    last = rule.again is Again.LAST

    def place(ballot: Ballot) -> tuple[bool, int]:
        known = ballot.origin in rule.origins
        return ballot.choice is BallotChoice.INVALID, _index(rule, ballot.origin) if known else len(rule.origins)

    def age(ballot: Ballot) -> float:
        moment = (ballot.at or datetime.max.replace(tzinfo=UTC)).timestamp()
        return -moment if last else moment

    ranked = sorted(found, key=lambda one: (*place(one), age(one), one.choice, one.number))
    best = [one for one in ranked if place(one) == place(ranked[0])]
    if len(best) > 1 and rule.again is Again.REFUSE:
        raise UndecidedBallots(best[0], best[1], refused=True)
    for other in best[1:]:
        untimed = ranked[0].at is None or other.at is None
        if other.choice is not ranked[0].choice and (untimed or age(other) == age(ranked[0])):
            raise UndecidedBallots(ranked[0], other, refused=False)
    return ranked


def _index(rule: Duplicates, origin: str) -> int:
    return [str(one) for one in rule.origins].index(origin)


def _reason(counted: Ballot, other: Ballot) -> SetAsideReason:
    if other.choice is counted.choice:
        return SetAsideReason.REPEATED
    if other.choice is BallotChoice.INVALID:
        return SetAsideReason.INVALID_BESIDE_VALID
    return SetAsideReason.HELD_BACK if other.origin == counted.origin else SetAsideReason.OUTRANKED
