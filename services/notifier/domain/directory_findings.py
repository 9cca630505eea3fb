"""What is wrong with the directory of officers as a whole: who would not be reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from services.contracts.departments import DepartmentKind, departments
from services.contracts.supervision_events import SupervisingParty
from services.notifier.domain.officer import Officer, OfficerChannel, Post


class FindingKind(StrEnum):
    NO_DUTY_OFFICER = "no_duty_officer"
    NO_LEADER = "no_leader"
    NO_WAY = "no_way"


class Finding(NamedTuple):
    """`officer` is the one that no way leads to."""

    kind: FindingKind
    unit: str
    officer: Officer | None = None


def units() -> Collection[str]:
    """All that may have officers: departments and supervising parties."""
    return [*departments(), *SupervisingParty]


def misplaced(unit: str, post: Post) -> bool:
    """A representative belongs to a sub-district office: to the place, not to a bureau."""
    department = departments().get(unit)
    at_office = department is not None and department.kind is DepartmentKind.SUB_DISTRICT_OFFICE
    return post is Post.REPRESENTATIVE and not at_office


def findings(directory: Sequence[Officer], of: Collection[str]) -> list[Finding]:
    """Of these units: who has no duty officer, who no leader, and officers without a way. A party needs no leader."""
    held = {(one.unit, one.post) for one in directory}
    found = [Finding(FindingKind.NO_DUTY_OFFICER, unit) for unit in of if (unit, Post.DUTY) not in held]
    found += [
        Finding(FindingKind.NO_LEADER, unit) for unit in of if unit in departments() and (unit, Post.LEADER) not in held
    ]
    return found + [Finding(FindingKind.NO_WAY, one.unit, one) for one in directory if one.unit in of and not one.ways]


class Seated(NamedTuple):
    """How many officers sit at a post, and to how many of them a way leads by a channel that is configured."""

    officers: int
    reached: int


def seated(directory: Sequence[Officer], at_hand: Collection[OfficerChannel]) -> Mapping[tuple[str, Post], Seated]:
    """By unit and post; where nobody sits there is none."""
    there = Counter((one.unit, one.post) for one in directory)
    ways = Counter((one.unit, one.post) for one in directory if any(way.channel in at_hand for way in one.ways))
    return {seat: Seated(number, ways[seat]) for seat, number in there.items()}
