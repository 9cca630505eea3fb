"""Parts that are sold while a vote runs: the right to vote moves, the totals stay (docs/domain.md §4.1).

Who voted before the sale keeps the ballot; the buyer votes if nobody has.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.projects.domain.consultation.ballots import Ballot
from services.projects.domain.consultation.counting import OPINIONS
from services.projects.domain.consultation.electorate import Transfer


@dataclass(frozen=True, slots=True)
class Sale:
    """`number`: its place in the order in which sales were entered, from 1. `evidence`: SHA-256 of the contract, or of
    the register's answer."""

    number: int
    part_id: str
    at: datetime
    evidence: str
    entered_at: datetime
    entered_by: str

    @property
    def transfer(self) -> Transfer:
        return Transfer(self.part_id, self.at, self.evidence)


def sale_facts(sale: Sale) -> dict[str, Any]:
    return {
        "number": sale.number,
        "part_id": sale.part_id,
        "at": sale.at.isoformat(),
        "evidence": sale.evidence,
        "entered_at": sale.entered_at.isoformat(),
        "entered_by": sale.entered_by,
    }


def of_first_owner(ballots: Iterable[Ballot], transfers: Sequence[Transfer]) -> tuple[list[Ballot], list[Ballot]]:
    """The ballots among which one counts, and those that a later owner gave although an earlier one had voted.

    A ballot of unknown time is taken for the last owner's.
    """
    sold = defaultdict[str, list[datetime]](list)
    for one in sorted(transfers, key=lambda one: one.at):
        sold[one.part_id].append(one.at)
    if not sold:
        return list(ballots), []
    found = list(ballots)
    voting: dict[tuple[str, str], int] = {}
    for ballot in found:
        if ballot.part_id in sold and ballot.choice in OPINIONS:
            key, owner = (ballot.part_id, ballot.item), _owner(ballot, sold[ballot.part_id])
            voting[key] = min(owner, voting.get(key, owner))
    late = {
        ballot.number
        for ballot in found
        if ballot.part_id in sold
        and ballot.choice in OPINIONS
        and _owner(ballot, sold[ballot.part_id]) > voting[ballot.part_id, ballot.item]
    }
    return [one for one in found if one.number not in late], [one for one in found if one.number in late]


def _owner(ballot: Ballot, sold: Sequence[datetime]) -> int:
    """How many sales there had been."""
    return len(sold) if ballot.at is None else bisect_right(sold, ballot.at)
