"""Checks of a clause at a sub-district: that nobody looked does not say that it fails, and no check holds for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class CheckVerdict(StrEnum):
    SATISFIED = "satisfied"
    NOT_SATISFIED = "not_satisfied"
    EXEMPT = "exempt"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


GOOD = frozenset({CheckVerdict.SATISFIED, CheckVerdict.EXEMPT, CheckVerdict.NOT_APPLICABLE})
"""What lets a sub-district be accepted."""


class CheckMethod(StrEnum):
    ON_SITE = "on_site"
    PAPERS = "papers"
    INTERVIEW = "interview"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class StandardCheck:
    """`evidence`: what was seen. `valid_until`: the last day on which it still says something.

    `mend_by`: of a clause that is not satisfied, the day by which the finding is to be mended. `number`: the version
    of the standard that was checked. `noted_at`: when it was written down, which tells checks of one day apart.
    """

    id: str
    sub_district: str
    clause: str
    number: int
    method: CheckMethod
    evidence: str
    checked_on: date
    valid_until: date
    verdict: CheckVerdict
    mend_by: date | None = None
    noted_at: datetime | None = None

    def says(self, today: date) -> CheckVerdict:
        """What it says today: an overdue check is unknown."""
        return self.verdict if today <= self.valid_until else CheckVerdict.UNKNOWN


def latest(checks: Iterable[StandardCheck]) -> Mapping[tuple[str, str], StandardCheck]:
    """By sub-district and clause: the check made last; of the same day the one that was written down last."""
    found: dict[tuple[str, str], StandardCheck] = {}
    for one in sorted(checks, key=_order):
        found[one.sub_district, one.clause] = one
    return found


def _order(check: StandardCheck) -> tuple[date, float, str]:
    return check.checked_on, check.noted_at.timestamp() if check.noted_at else 0.0, check.id


def open_findings(checks: Iterable[StandardCheck]) -> list[StandardCheck]:
    """Clauses that were not satisfied, and that no later check found good; an undecided check ends no finding."""
    decided = (one for one in checks if one.verdict is not CheckVerdict.UNKNOWN)
    return [one for one in latest(decided).values() if one.verdict is CheckVerdict.NOT_SATISFIED]
