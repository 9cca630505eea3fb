"""Which estates a repaired one is compared with: of the same kind and age, and without works in the same months."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import cos, hypot, inf, radians
from typing import NamedTuple

from services.contracts.taxonomy import ProblemType
from services.projects.domain.months import Month

METRES_A_DEGREE = 111_320


class RegisteredKind(NamedTuple):
    """What the register knows of an estate that decides what it is compared with. `floor_area` in m²; degrees."""

    property_kind: str | None
    built: int | None
    floor_area: float | None
    east: float | None = None
    north: float | None = None


class Treated(NamedTuple):
    """Works, or a service or rule that was to remove a cause: from when until when; None while it goes on."""

    estate: str
    started: Month
    ended: Month | None

    def touches(self, begin: Month, end: Month) -> bool:
        return self.started <= end and (self.ended is None or self.ended >= begin)


def controls_for(
    repaired: Collection[str],
    register: Mapping[str, RegisteredKind],
    treated: Iterable[Treated],
    span: tuple[Month, Month],
    near: Collection[str],
    bands: Sequence[int],
) -> list[str]:
    """The estates that those in `repaired` are compared with, by id. None where the register lacks kind or year.

    Those in `near` are not among them: complaints may move there.

    `span`: the first month before the works and the last one after them.
    """
    bands = sorted(bands)
    kinds = {_kind(register.get(one), bands) for one in repaired} - {None}
    left_out = {*repaired, *near, *(one.estate for one in treated if one.touches(*span))}
    return sorted(
        estate for estate, known in register.items() if estate not in left_out and _kind(known, bands) in kinds
    )


def adjoining(repaired: Collection[str], register: Mapping[str, RegisteredKind], metres: float) -> frozenset[str]:
    """Estates whose middles are so near; of one whose place is not known nothing is said."""
    middles = [register[one] for one in repaired if one in register]
    return frozenset(
        estate
        for estate, known in register.items()
        if estate not in repaired and any(_metres(one, known) <= metres for one in middles)
    )


def neighbouring(types: Collection[str], taxonomy: Mapping[str, ProblemType], apart: Collection[str]) -> frozenset[str]:
    """Other types that the same elements of a building cause: complaints may move there."""
    elements = {element for code in types if code in taxonomy for element in taxonomy[code].elements}
    return frozenset(
        code
        for code, kind in taxonomy.items()
        if code not in types and code not in apart and elements.intersection(kind.elements)
    )


def _metres(one: RegisteredKind, other: RegisteredKind) -> float:
    """On the ground, for places of one city."""
    if one.east is None or one.north is None or other.east is None or other.north is None:
        return inf
    across = (one.east - other.east) * METRES_A_DEGREE * cos(radians(one.north))
    return hypot(across, (one.north - other.north) * METRES_A_DEGREE)


def _kind(known: RegisteredKind | None, bands: Sequence[int]) -> tuple[str, int] | None:
    if known is None or known.property_kind is None or known.built is None:
        return None
    return known.property_kind, bisect_right(bands, known.built)
