"""An estate as it is registered: what repair needs to know of it, and the parts (专有部分) that its blocks consist of.

Areas are whole 0.01 m². An owner is a reference, never a name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MOST_OVER_PERCENT = 2
"""Parts may add up to so much more than the floor area: the two are measured in different ways."""


@dataclass(frozen=True, slots=True)
class Block:
    """What the parts of a block add up to."""

    block: str
    hallways: tuple[str, ...]
    parts: int
    area: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a list of estates says. `floor_area` in 0.01 m²; `built`: the year; `east` and `north` in degrees."""

    id: str
    name: str
    sub_district: str | None
    property_kind: str | None
    built: int | None
    floor_area: int | None
    east: float | None = None
    north: float | None = None


@dataclass(frozen=True, slots=True)
class RegisteredEstate:
    """`version` rises with each change of what is published of it. What was removed is known by its version alone."""

    facts: Facts
    blocks: tuple[Block, ...]
    version: int
    removed: bool = False

    @property
    def parts(self) -> int:
        return sum(block.parts for block in self.blocks)

    @property
    def parts_area(self) -> int:
        return sum(block.area for block in self.blocks)


class EstatePart(NamedTuple):
    """`area` in 0.01 m²."""

    part_id: str
    block: str
    hallway: str
    area: int
    owner: str


class PartFault(NamedTuple):
    """`row`: the part's place in the list; None where all of them together are wrong. `why` says what to do."""

    row: int | None
    field: str
    why: str


def faults_of(parts: Sequence[EstatePart], floor_area: int | None) -> list[PartFault]:
    """What is wrong with the parts of one estate; with none they may be stored."""
    first: dict[str, int] = {}
    faults = []
    for row, part in enumerate(parts):
        if part.part_id in first:
            faults.append(PartFault(row, "part_id", "stands twice in this estate: leave one out, or correct it"))
        first.setdefault(part.part_id, row)
    total = sum(part.area for part in parts)
    if not faults and floor_area is not None and exceeds(total, floor_area):
        why = f"the parts add up to {metres(total)} m², the floor area is {metres(floor_area)} m²"
        faults.append(PartFault(None, "area_m2", f"{why}: find the part that is wrong, or correct the floor area"))
    return faults


def exceeds(parts_area: int, floor_area: int) -> bool:
    return parts_area * 100 > floor_area * (100 + MOST_OVER_PERCENT)


def blocks_of(parts: Iterable[EstatePart]) -> tuple[Block, ...]:
    """By block, in the order of their names."""
    held: dict[str, list[EstatePart]] = defaultdict(list)
    for part in parts:
        held[part.block].append(part)
    return tuple(
        Block(block, tuple(sorted({one.hallway for one in of_it})), len(of_it), sum(one.area for one in of_it))
        for block, of_it in sorted(held.items())
    )


def metres(area: int) -> str:
    """0.01 m² as square metres with two decimals."""
    return f"{area // 100}.{area % 100:02d}"
