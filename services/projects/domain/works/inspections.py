"""Inspections (查验) of an item: readings that start unknown, and one standing in whatever order they arrive.

An inspector in a cellar is off line: what was read there may arrive days later, after others went on. So each
inspection names those it was made on (`bases`), and the standing is made of the set of inspections alone. Two that were
made on the same one contradict each other until a person inspects on both; none is lost, none wins by being late. One
that names an inspection nobody has waits for it, until it arrives or a person goes on from the one that waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Verdict(StrEnum):
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Check:
    """One reading to take. With `least` or `most` it is a number in `unit`, both limits allowed; else a yes or no."""

    code: str
    unit: str | None = None
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def is_measured(self) -> bool:
        return self.least is not None or self.most is not None

    def fulfilled(self, reading: Reading) -> bool:
        """Raises TypeError for a reading of the other kind."""
        if isinstance(reading, bool) is self.is_measured:
            raise TypeError(f"{self.code} is {'a number' if self.is_measured else 'yes or no'}")
        if isinstance(reading, bool):
            return reading
        return (self.least is None or reading >= self.least) and (self.most is None or reading <= self.most)


Reading = Decimal | bool


@dataclass(frozen=True, slots=True)
class Template:
    """What an inspection of an element reads. A changed template is a new version; old inspections keep theirs."""

    code: str
    version: int
    checks: tuple[Check, ...]

    def verdict(self, readings: Mapping[str, Reading]) -> Verdict:
        """A check without a reading is unknown. One that is not fulfilled refuses, whatever else is unknown."""
        taken = [(check, readings[check.code]) for check in self.checks if check.code in readings]
        if not all(check.fulfilled(reading) for check, reading in taken):
            return Verdict.REFUSED
        return Verdict.ACCEPTED if len(taken) == len(self.checks) else Verdict.UNKNOWN


@dataclass(frozen=True, slots=True)
class Inspection:
    """`id` is the inspector's own, so that a repeated upload is the same inspection. `bases`: those it was made on.

    `accepted`: how much of the item is good by it, all in all; what was accepted before is included. `at`: by the
    inspector's clock. `template`: code and version. `photographs`: their hashes.
    """

    id: str
    item: str
    bases: frozenset[str]
    verdict: Verdict
    accepted: Decimal
    by: str
    at: datetime
    template: tuple[str, int] = ("", 0)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    photographs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """What holds of an item. `heads`: the inspections nobody went on from: none, one, or several that contradict.

    `waiting`: arrived before one that they were made on, and count once that is there; none that somebody went on
    from. `made`: all that arrived, the earliest by their inspectors' clocks first.
    """

    heads: tuple[Inspection, ...] = ()
    waiting: tuple[Inspection, ...] = ()
    made: tuple[Inspection, ...] = ()

    @property
    def contradicts(self) -> bool:
        return len(self.heads) > 1

    @property
    def bases(self) -> list[str]:
        """What the next inspection is made on, so that nothing contradicts it or waits any more."""
        return [one.id for one in (*self.heads, *self.waiting)]

    @property
    def missing(self) -> frozenset[str]:
        """The inspections that others wait for."""
        return frozenset(base for one in self.waiting for base in one.bases) - {one.id for one in self.made}

    @property
    def verdict(self) -> Verdict:
        return self.heads[0].verdict if len(self.heads) == 1 else Verdict.UNKNOWN

    @property
    def accepted(self) -> Decimal:
        """Nothing while inspections contradict, or when the last one refused."""
        return self.heads[0].accepted if self.verdict is Verdict.ACCEPTED else Decimal(0)

    @property
    def once_accepted(self) -> Decimal:
        """The most that any inspection accepted, whatever was found afterwards."""
        return max((one.accepted for one in self.made if one.verdict is Verdict.ACCEPTED), default=Decimal(0))


NEVER_INSPECTED = ItemStanding()


def standing(inspections: Iterable[Inspection]) -> ItemStanding:
    """The standing of one item by all inspections that arrived, in any order, each any number of times."""
    arrived = {one.id: one for one in inspections}
    counted = {one.id for one in arrived.values() if one.bases <= arrived.keys()}
    gone_on_from = {base for id in counted for base in arrived[id].bases}
    return ItemStanding(
        tuple(_in_order(arrived[id] for id in counted - gone_on_from)),
        tuple(_in_order(arrived[id] for id in arrived.keys() - counted - gone_on_from)),
        tuple(_in_order(arrived.values())),
    )


def _in_order(inspections: Iterable[Inspection]) -> list[Inspection]:
    return sorted(inspections, key=lambda one: (one.at, one.id))
