"""An electorate held against the register of the estate: what is missing, unknown, or other than registered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from services.projects.domain.consultation.electorate import OwnedPart


class DifferenceKind(StrEnum):
    MISSING = "missing"
    """It is registered, and not among those who may vote."""
    UNKNOWN = "unknown"
    """It may vote, and is not registered."""
    PLACE = "place"
    """It stands in another building or hallway."""
    AREA = "area"
    HEAD = "head"
    """It is in one hand with other parts than the register says."""


class Difference(NamedTuple):
    """`registered` and `given`: the area in 0.01 m², building/hallway, or the first part in the same hand; None where
    the part is not there."""

    part_id: str
    kind: DifferenceKind
    registered: str | None
    given: str | None


class Place(NamedTuple):
    """A building, or one hallway of it, as it is asked for: 3 or 3/2."""

    building: str
    hallway: str | None

    @classmethod
    def of(cls, written: str) -> Place:
        building, _, hallway = written.partition("/")
        return cls(building, hallway or None)

    def holds(self, part: OwnedPart) -> bool:
        return part.building == self.building and self.hallway in (None, part.hallway)


@dataclass(frozen=True, slots=True)
class RegisterBasis:
    """What an electorate was held against: the register of `estate`, `within` buildings and hallways (none: all of it).

    `hash`: of the electorate that the register gives. `differences`: how many there are; `why` says why the electorate
    stands nevertheless.
    """

    estate: str
    within: tuple[str, ...]
    hash: str
    differences: int = 0
    why: str | None = None


def within(parts: Iterable[OwnedPart], asked: Sequence[str]) -> list[OwnedPart]:
    places = [Place.of(one) for one in asked]
    return [part for part in parts if not places or any(place.holds(part) for place in places)]


def differences(registered: Sequence[OwnedPart], given: Sequence[OwnedPart]) -> list[Difference]:
    """In the order of the parts. Owners are compared by which parts they hold together, as references may differ."""
    here, there = ({part.id: part for part in parts} for parts in (registered, given))
    both = here.keys() & there.keys()
    hands = [_first_in_hand(parts, both) for parts in (here, there)]
    found: list[Difference] = []
    for part_id in sorted(here.keys() | there.keys()):
        one, other = here.get(part_id), there.get(part_id)
        if one is None or other is None:
            kind = DifferenceKind.MISSING if one else DifferenceKind.UNKNOWN
            areas = [str(part.area) if part else None for part in (one, other)]
            found.append(Difference(part_id, kind, *areas))
            continue
        compared = (
            (DifferenceKind.PLACE, _place(one), _place(other)),
            (DifferenceKind.AREA, str(one.area), str(other.area)),
            (DifferenceKind.HEAD, hands[0][part_id], hands[1][part_id]),
        )
        found += [Difference(part_id, kind, mine, theirs) for kind, mine, theirs in compared if mine != theirs]
    return found


def _first_in_hand(parts: Mapping[str, OwnedPart], both: Iterable[str]) -> dict[str, str]:
    """By part, the first of the parts that its owner holds."""
    firsts: dict[str, str] = {}
    return {part_id: firsts.setdefault(parts[part_id].owner, part_id) for part_id in sorted(both)}


def _place(part: OwnedPart) -> str:
    return "/".join(one for one in (part.building, part.hallway) if one)
