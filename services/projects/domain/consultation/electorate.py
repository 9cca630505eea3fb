"""Who may vote, as it stood when the consultation opened: parts, areas, heads.

Area counts in whole 0.01 m². Heads count as the Supreme People's Court says (interpretation on strata ownership, 2020,
art. 8-9): a buyer of several parts is one head, and so is the builder with all that is unsold or not handed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from services.projects.domain.consultation.digests import digest

PART_ID = r"^[0-9A-Za-z甲乙丙丁东西南北号幢室]{1,8}([-/_#.][0-9A-Za-z甲乙丙丁东西南北号幢室]{1,8}){0,4}$"
"""How ballots call a part: no name fits it, and no number to call."""


class Level(StrEnum):
    """How much of an estate decides."""

    ESTATE = "estate"
    BUILDING = "building"
    HALLWAY = "hallway"


class BadElectorate(ValueError):
    """No electorate can be made of these parts; `part_id` names the first that is wrong."""

    def __init__(self, part_id: str, why: str) -> None:
        super().__init__(f"{part_id}: {why}")
        self.part_id = part_id


@dataclass(frozen=True, slots=True)
class OwnedPart:
    """One exclusive part (a flat, a shop) as a register knows it. `area` in 0.01 m²; `owner` is any reference."""

    id: str
    building: str
    hallway: str
    area: int
    owner: str


@dataclass(frozen=True, slots=True)
class Part:
    """As the snapshot holds it: `head` numbers the owner, who is not named. `area` in 0.01 m²."""

    id: str
    building: str
    hallway: str
    area: int
    head: int

    @property
    def hash(self) -> str:
        return digest([self.id, self.building, self.hallway, self.area, self.head])


@dataclass(frozen=True, slots=True)
class Transfer:
    """A part changed hands after the snapshot: from `at` on another person votes for it.

    The totals stay. The head stays with the parts that its owner kept, and goes along when none is left.
    """

    part_id: str
    at: datetime
    evidence: str


@dataclass(frozen=True)
class Electorate:
    """A snapshot. `parts` are in the order of their ids, which are unique; their areas are positive."""

    parts: tuple[Part, ...]
    _by_id: dict[str, Part] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.parts:
            raise BadElectorate("-", "there is no part")
        by_id: dict[str, Part] = {}
        for part in self.parts:
            if part.id in by_id:
                raise BadElectorate(part.id, "stands twice")
            if part.area <= 0:
                raise BadElectorate(part.id, "has no positive area")
            by_id[part.id] = part
        object.__setattr__(self, "parts", tuple(by_id[one] for one in sorted(by_id)))
        object.__setattr__(self, "_by_id", by_id)

    @classmethod
    def of(cls, owned: Iterable[OwnedPart]) -> Electorate:
        """Numbers the owners by their first part, whatever the order of `owned`. Raises BadElectorate."""
        heads: dict[str, int] = {}
        parts = []
        for one in sorted(owned, key=lambda part: part.id):
            if not one.owner:
                raise BadElectorate(one.id, "has no owner")
            head = heads.setdefault(one.owner, len(heads) + 1)
            parts.append(Part(one.id, one.building, one.hallway, one.area, head))
        return cls(tuple(parts))

    def __contains__(self, part_id: str) -> bool:
        return part_id in self._by_id

    def __getitem__(self, part_id: str) -> Part:
        return self._by_id[part_id]

    @cached_property
    def hash(self) -> str:
        """Over parts, areas and heads: it stays when owners are referred to in another way, and when nothing else."""
        return digest([part.hash for part in self.parts])

    def within(self, level: Level, building: str | None = None, hallway: str | None = None) -> tuple[Part, ...]:
        """The parts that share what is decided: all, those of a building, or those of one hallway of a building."""
        return tuple(
            part
            for part in self.parts
            if level is Level.ESTATE
            or (part.building == building and (level is Level.BUILDING or part.hallway == hallway))
        )


@dataclass(frozen=True, slots=True)
class Weight:
    """Parts, heads and area (0.01 m²) of an electorate. `heaviest`: the largest area in one hand."""

    parts: int
    heads: int
    area: int
    heaviest: int


def weight(parts: Sequence[Part]) -> Weight:
    """Heads are counted within these parts: an owner in two buildings is a head in each, and one in the estate."""
    by_head: dict[int, int] = {}
    for part in parts:
        by_head[part.head] = by_head.get(part.head, 0) + part.area
    return Weight(len(parts), len(by_head), sum(by_head.values()), max(by_head.values(), default=0))
