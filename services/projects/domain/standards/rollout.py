"""The roll-out (推广) of a standard: what each sub-district made of it, counted against the version in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.projects.domain.standards.clause_checks import GOOD, CheckVerdict, StandardCheck, latest
from services.projects.domain.standards.clauses import Clause, active


class RolloutState(StrEnum):
    PLANNED = "planned"
    ADOPTED = "adopted"
    CHECKED = "checked"
    ACCEPTED = "accepted"
    EXEMPTED = "exempted"


class RolloutStanding(StrEnum):
    """How a sub-district stands towards the version in force; each is in exactly one."""

    ADOPTED = "adopted"
    OLDER = "older"
    EXEMPT = "exempt"
    UNKNOWN = "unknown"
    PLANNED = "planned"


ADOPTED = frozenset({RolloutState.ADOPTED, RolloutState.CHECKED, RolloutState.ACCEPTED})


@dataclass(slots=True)
class Rollout:
    """`number`: the version adopted. `trained_on`: when those who work by it were trained.

    `adopt_by`: the last day to adopt; `overdue`: it was not adopted by then. `exempt_until`: the last day.
    """

    standard_id: str
    sub_district: str
    state: RolloutState = RolloutState.PLANNED
    number: int | None = None
    adopted_on: date | None = None
    trained_on: date | None = None
    adopt_by: date | None = None
    overdue: bool = False
    exempt_reason: str | None = None
    exempt_until: date | None = None
    version: int = 0

    def adopt(self, number: int, day: date, trained_on: date) -> None:
        self.state, self.number, self.adopted_on, self.trained_on = RolloutState.ADOPTED, number, day, trained_on
        self.exempt_reason = self.exempt_until = None
        self.overdue = False

    def exempt(self, reason: str, until: date) -> None:
        self.state, self.exempt_reason, self.exempt_until = RolloutState.EXEMPTED, reason, until
        self.overdue = False

    def is_exempt(self, today: date) -> bool:
        return self.state is RolloutState.EXEMPTED and self.exempt_until is not None and today <= self.exempt_until


def standing(rollout: Rollout, checks: Iterable[StandardCheck], in_force: int | None, today: date) -> RolloutStanding:
    """`checks`: those of this sub-district. `in_force`: the number of the version in force today, if one is."""
    if rollout.is_exempt(today):
        return RolloutStanding.EXEMPT
    if rollout.number is None:
        return RolloutStanding.PLANNED
    if in_force is not None and rollout.number < in_force:
        return RolloutStanding.OLDER
    held = latest(one for one in checks if one.number == rollout.number)
    lapsed = any(one.says(today) is CheckVerdict.UNKNOWN for one in held.values())
    return RolloutStanding.UNKNOWN if lapsed else RolloutStanding.ADOPTED


def tally(standings: Iterable[RolloutStanding]) -> Mapping[RolloutStanding, int]:
    """How many of each; they add up to the sub-districts."""
    counted = Counter(standings)
    return {one: counted[one] for one in RolloutStanding}


def all_checked(clauses: Sequence[Clause], checks: Iterable[StandardCheck]) -> bool:
    """Whether each active clause was looked at."""
    seen = {one.clause for one in checks if one.verdict is not CheckVerdict.UNKNOWN}
    return all(clause.id in seen for clause in active(clauses))


def not_good(clauses: Sequence[Clause], checks: Iterable[StandardCheck], today: date) -> list[str]:
    """The active clauses that keep a sub-district from being accepted today."""
    found = {one.clause: one.says(today) for one in latest(checks).values()}
    return [clause.id for clause in active(clauses) if found.get(clause.id) not in GOOD]
