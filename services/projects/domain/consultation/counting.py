"""Sums of one item in one electorate, twice: by the ballots cast, and with the silent ones following the majority."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.projects.domain.consultation.ballots import BallotChoice
from services.projects.domain.consultation.electorate import Part, weight
from services.projects.domain.consultation.rules import CountBy, Counted, Denominator

OPINIONS = frozenset({BallotChoice.AGREE, BallotChoice.DISAGREE, BallotChoice.ABSTAIN})

Choices = Mapping[str, BallotChoice]
"""What counts, by part. Who is not in it gave no answer."""


@dataclass(frozen=True, slots=True)
class Sums:
    """By one way of counting: 0.01 m², heads or contracts."""

    all: int
    taking_part: int
    agreeing: int

    def counted(self, what: Counted) -> int:
        return self.taking_part if what is Counted.TAKING_PART else self.agreeing

    def over(self, what: Denominator) -> int:
        return self.all if what is Denominator.ALL else self.taking_part


@dataclass(frozen=True, slots=True)
class Counting:
    """`split_heads`: owners of several parts who answered differently: each takes part once and agrees to nothing."""

    area: Sums
    heads: Sums
    contracts: Sums
    split_heads: int

    def by(self, count: CountBy) -> Sums:
        sums: Sums = getattr(self, count.value)
        return sums


class SilenceEffect(StrEnum):
    """What became of delivered ballots without an answer."""

    NO_RULE = "no_rule"
    """The rule does not know it: they did not take part."""
    NOT_WARNED = "not_warned"
    """The ballot did not say it, so the rule cannot be used."""
    NOBODY_SILENT = "nobody_silent"
    NO_MAJORITY = "no_majority"
    """Heads and area do not have the same majority, or none: there is nothing to follow."""
    APPLIED = "applied"


@dataclass(frozen=True, slots=True)
class BothCountings:
    """`silent`: parts whose ballot was delivered and not answered. `majority`: what they would follow, if anything."""

    cast: Counting
    with_silence: Counting
    majority: BallotChoice | None
    silent: int


def count_both(
    parts: Sequence[Part],
    choices: Choices,
    delivered: frozenset[str],
    *,
    invalid_takes_part: bool,
    moved: frozenset[str] = frozenset(),
) -> BothCountings:
    """`moved`: parts that changed hands after the snapshot and before their answer.

    Without a majority both countings are the same. Who handed in an invalid ballot is not silent.
    """
    answers = {part.id: choices[part.id] for part in parts if part.id in choices}
    taking = {part_id: choice for part_id, choice in answers.items() if choice in OPINIONS or invalid_takes_part}
    silent = frozenset(part.id for part in parts if part.id in delivered and part.id not in answers)
    kept = {part.head for part in parts if part.id not in moved}
    speaking = {part.id: part.head for part in parts if part.id not in moved or part.head not in kept}
    heads = _opinions_of_heads(speaking, taking)
    cast = _sums(parts, taking, heads)
    majority = _majority(parts, taking, heads)
    if majority is None or not silent:
        return BothCountings(cast, cast, majority, len(silent))
    followed = dict(heads)
    for part_id in silent & speaking.keys():
        followed.setdefault(speaking[part_id], majority)
    with_silence = _sums(parts, {**taking, **dict.fromkeys(silent, majority)}, followed)
    return BothCountings(cast, with_silence, majority, len(silent))


def _opinions_of_heads(speaking: Mapping[str, int], taking: Choices) -> dict[int, BallotChoice | None]:
    """By head; None for one that is split. `speaking`: the head of each part whose answer is its head's."""
    said: dict[int, set[BallotChoice]] = defaultdict(set)
    for part_id in speaking.keys() & taking.keys():
        said[speaking[part_id]].add(taking[part_id])
    return {head: next(iter(choices)) if len(choices) == 1 else None for head, choices in said.items()}


def _sums(parts: Sequence[Part], taking: Choices, heads: Mapping[int, BallotChoice | None]) -> Counting:
    whole = weight(parts)
    area = contracts = agreeing_area = agreeing_contracts = 0
    for part in parts:
        choice = taking.get(part.id)
        if choice is not None:
            area, contracts = area + part.area, contracts + 1
            if choice is BallotChoice.AGREE:
                agreeing_area, agreeing_contracts = agreeing_area + part.area, agreeing_contracts + 1
    opinions = Counter(heads.values())
    return Counting(
        area=Sums(whole.area, area, agreeing_area),
        heads=Sums(whole.heads, len(heads), opinions[BallotChoice.AGREE]),
        contracts=Sums(whole.parts, contracts, agreeing_contracts),
        split_heads=opinions[None],
    )


def _majority(parts: Sequence[Part], taking: Choices, heads: Mapping[int, BallotChoice | None]) -> BallotChoice | None:
    """Agreement or refusal, if it has more heads and more area than each other opinion."""
    by_heads = Counter(choice for choice in heads.values() if choice in OPINIONS)
    by_area: Counter[BallotChoice] = Counter()
    for part in parts:
        if taking.get(part.id) in OPINIONS:
            by_area[taking[part.id]] += part.area
    leading = _leading(by_heads)
    return leading if leading is _leading(by_area) and leading is not BallotChoice.ABSTAIN else None


def _leading(votes: Mapping[BallotChoice | None, int] | Mapping[BallotChoice, int]) -> BallotChoice | None:
    most = max(votes.values(), default=0)
    leaders = [choice for choice, number in votes.items() if number == most]
    return leaders[0] if len(leaders) == 1 else None
