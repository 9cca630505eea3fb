"""What came of an item: both countings, each condition's two integers, what is missing, and which counting decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.projects.domain.consultation.ballots import (
    Ballot,
    BallotChoice,
    BallotStanding,
    SetAside,
    SetAsideReason,
    standing,
)
from services.projects.domain.consultation.counting import BothCountings, Counting, SilenceEffect, count_both
from services.projects.domain.consultation.electorate import BadElectorate, Electorate, Level, Transfer, Weight, weight
from services.projects.domain.consultation.rules import Comparison, Condition, ConsultationRule, Denominator
from services.projects.domain.consultation.sales import of_first_owner


class DecidedBy(StrEnum):
    """Which of the two countings the result rests on."""

    CAST = "cast"
    WITH_SILENCE = "with_silence"


@dataclass(frozen=True, slots=True)
class Judged:
    """`have` and `of`: the condition's two integers (0.01 m², heads or contracts).

    `needed`: the least `have` that meets it while `of` stays. `missing`: how many who did not take part would have to
    agree, or take part; 0 when met, None when no number of them would do. `left`: how many did not cast a ballot.
    """

    condition: Condition
    have: int
    of: int
    met: bool
    needed: int
    missing: int | None
    left: int

    @property
    def is_out_of_reach(self) -> bool:
        """Even if all who are left agreed."""
        return self.missing is None or self.missing > self.left


@dataclass(frozen=True, slots=True)
class Outcome:
    """One counting under all conditions."""

    by_level: Mapping[Level, Counting]
    judged: tuple[Judged, ...]

    @property
    def passed(self) -> bool:
        return not self.failed_conditions

    @property
    def failed_conditions(self) -> tuple[str, ...]:
        return tuple(one.condition.name for one in self.judged if not one.met)


@dataclass(frozen=True, slots=True)
class DecidedItem:
    """`weights`: what the electorates hold. `answers`: parts by what counts for them. `silent`: in the widest one."""

    item: str
    weights: Mapping[Level, Weight]
    cast: Outcome
    with_silence: Outcome
    silence: SilenceEffect
    majority: BallotChoice | None
    silent: int
    answers: Mapping[BallotChoice, int]
    set_aside: tuple[SetAside, ...]

    @property
    def decided_by(self) -> DecidedBy:
        return DecidedBy.WITH_SILENCE if self.silence is SilenceEffect.APPLIED else DecidedBy.CAST

    @property
    def deciding(self) -> Outcome:
        return self.with_silence if self.decided_by is DecidedBy.WITH_SILENCE else self.cast

    @property
    def passed(self) -> bool:
        return self.deciding.passed


def meets(condition: Condition, have: int, of: int) -> bool:
    """Cross-multiplied: nothing is rounded. Of nobody nothing is a share."""
    left, right = have * condition.den, condition.num * of
    return of > 0 and (left > right if condition.op is Comparison.MORE_THAN else left >= right)


def judge(condition: Condition, counting: Counting, cast: Counting) -> Judged:
    """`cast`: by the ballots cast alone, for who says nothing may still say something."""
    sums, said = counting.by(condition.count), cast.by(condition.count)
    have, of = sums.counted(condition.counted), sums.over(condition.denominator)
    met = meets(condition, have, of)
    needed = max(1, _least(condition, condition.num * of, condition.den))
    missing: int | None = 0
    if not met and condition.denominator is Denominator.ALL:
        missing = needed - have
    elif not met:
        gain = condition.den - condition.num
        short = condition.num * of - have * condition.den
        missing = max(1, _least(condition, short, gain)) if gain else None if of else 1
    return Judged(condition, have, of, met, needed, missing, said.all - said.taking_part)


def decide(
    item: str,
    electorate: Electorate,
    rule: ConsultationRule,
    ballots: Iterable[Ballot],
    *,
    building: str | None = None,
    hallway: str | None = None,
    transfers: Iterable[Transfer] = (),
) -> DecidedItem:
    """Counts the ballots on one item, all of which are admissible. `building`, `hallway`: those it concerns.

    Raises VotedTwice, and BadElectorate where nobody votes in an electorate of the rule.
    """
    transfers = tuple(transfers)
    in_right, late = of_first_owner(ballots, transfers)
    found = standing(in_right, rule.duplicates)
    choices = {part_id: ballot.choice for part_id, ballot in found.votes.items()}
    moved = _moved(found, transfers)
    both: dict[Level, BothCountings] = {}
    weights: dict[Level, Weight] = {}
    for level in rule.levels:
        parts = electorate.within(level, building, hallway)
        if not parts:
            raise BadElectorate(item, f"nobody votes in the {level} {building or '-'} {hallway or '-'}")
        weights[level] = weight(parts)
        both[level] = count_both(
            parts, choices, found.delivered, invalid_takes_part=rule.invalid_takes_part, moved=moved
        )
    widest = both[rule.levels[0]]
    cast = {level: one.cast for level, one in both.items()}
    answers: dict[BallotChoice, int] = {choice: 0 for choice in BallotChoice if choice is not BallotChoice.EMPTY}
    for choice in choices.values():
        answers[choice] += 1
    return DecidedItem(
        item=item,
        weights=weights,
        cast=_outcome(rule, cast, cast),
        with_silence=_outcome(rule, {level: one.with_silence for level, one in both.items()}, cast),
        silence=_silence(rule, both),
        majority=widest.majority,
        silent=widest.silent,
        answers=answers,
        set_aside=_all_set_aside(found, late),
    )


def _all_set_aside(found: BallotStanding, late: Iterable[Ballot]) -> tuple[SetAside, ...]:
    sold = (SetAside(one, found.votes[one.part_id], SetAsideReason.AFTER_SALE) for one in late)
    return tuple(sorted((*found.set_aside, *sold), key=lambda one: one.ballot.number))


def _least(condition: Condition, numerator: int, denominator: int) -> int:
    """The least whole number that reaches (or, for >, is above) numerator/denominator."""
    if condition.op is Comparison.MORE_THAN:
        return numerator // denominator + 1
    return -(-numerator // denominator)


def _moved(found: BallotStanding, transfers: Iterable[Transfer]) -> frozenset[str]:
    """A vote of unknown time is taken for the later owner's."""
    moved = set()
    for transfer in transfers:
        ballot = found.votes.get(transfer.part_id)
        if ballot is None or ballot.at is None or ballot.at >= transfer.at:
            moved.add(transfer.part_id)
    return frozenset(moved)


def _outcome(rule: ConsultationRule, by_level: Mapping[Level, Counting], cast: Mapping[Level, Counting]) -> Outcome:
    judged = (judge(one, by_level[one.electorate], cast[one.electorate]) for one in rule.conditions)
    return Outcome(by_level, tuple(judged))


def _silence(rule: ConsultationRule, both: Mapping[Level, BothCountings]) -> SilenceEffect:
    if rule.silence is None:
        return SilenceEffect.NO_RULE
    if not rule.silence.warned:
        return SilenceEffect.NOT_WARNED
    if not any(one.silent for one in both.values()):
        return SilenceEffect.NOBODY_SILENT
    followed = any(one.silent and one.majority is not None for one in both.values())
    return SilenceEffect.APPLIED if followed else SilenceEffect.NO_MAJORITY
