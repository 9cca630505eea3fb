"""Ballots, and which of several for one part counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
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
    AFTER_SALE = "after_sale"
    """It was given after the part was sold, and the earlier owner had voted."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """One answer of one part on one item. Owners, co-owners and proxies are not named.

    `number`: its place in the order of arrival. `origin`: paper, electronic, or any other word. `at`: when it was cast
    or received, where known. `text_hash`: of the text it was cast on. `evidence`, `proxy`: references to the paper or
    the export it comes from, and to the written authority. `entered_at`, `entered_by`: when it came into the service,
    and by whose hand; None where it is counted from a file.
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
    entered_at: datetime | None = None
    entered_by: str | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """`counted` is the ballot that stands in its place."""

    ballot: Ballot
    counted: Ballot
    reason: SetAsideReason


class VotedTwice(ValueError):
    """The rule takes one ballot a part, and here are two."""

    def __init__(self, one: Ballot, other: Ballot) -> None:
        super().__init__(f"{one.part_id} voted twice on {one.item}")
        self.one = one
        self.other = other


@dataclass(frozen=True, slots=True)
class BallotStanding:
    """What counts on one item. `delivered`: parts that got a ballot, whether they answered or not."""

    votes: Mapping[str, Ballot]
    delivered: frozenset[str]
    set_aside: tuple[SetAside, ...]


def standing(ballots: Iterable[Ballot], rule: Duplicates) -> BallotStanding:
    """Of ballots on one item; their order in the iterable does not matter. Raises VotedTwice."""
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
    return BallotStanding(votes, frozenset(delivered), tuple(sorted(aside, key=lambda one: one.ballot.number)))


def _ranked(found: list[Ballot], rule: Duplicates) -> list[Ballot]:
    """The one that counts first."""
    by_rank: dict[tuple[bool, int], list[Ballot]] = defaultdict(list)
    for ballot in found:
        origins = (*rule.origins, ballot.origin)
        by_rank[ballot.choice is BallotChoice.INVALID, origins.index(ballot.origin)].append(ballot)
    ranked = [_in_time(by_rank[rank], rule.again) for rank in sorted(by_rank)]
    if len(ranked[0]) > 1 and rule.again is Again.REFUSE:
        raise VotedTwice(*ranked[0][:2])
    return [ballot for ballots in ranked for ballot in ballots]


def _in_time(ballots: list[Ballot], again: Again) -> list[Ballot]:
    """By the time that each gives, or, where one gives none or two the same, by their arrival."""
    timed = all(ballot.at for ballot in ballots)
    ordered = sorted(ballots, key=lambda one: (one.at.timestamp() if timed and one.at else 0.0, one.number))
    return ordered[::-1] if again is Again.LAST else ordered


def _reason(counted: Ballot, other: Ballot) -> SetAsideReason:
    if other.choice is counted.choice:
        return SetAsideReason.REPEATED
    if other.choice is BallotChoice.INVALID:
        return SetAsideReason.INVALID_BESIDE_VALID
    return SetAsideReason.HELD_BACK if other.origin == counted.origin else SetAsideReason.OUTRANKED
