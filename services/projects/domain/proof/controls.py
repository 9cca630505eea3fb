"""Which estates a repaired one is compared with: of the same kind and age, and without works in the same months."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import cos, hypot, inf, radians
from typing import NamedTuple

from services.contracts.taxonomy import ProblemType
from services.projects.domain.months import Month
from services.projects.domain.proof.rules import ProofRules

METRES_A_DEGREE = 111_320


class RegisteredKind(NamedTuple):
    """What the register knows of an estate that decides what it is compared with. `floor_area` in m²; degrees."""

    property_kind: str | None
    built: int | None
    floor_area: float | None
    lng: float | None = None
    lat: float | None = None


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
    rules: ProofRules,
) -> list[str]:
    """The estates that those in `repaired` are compared with, by id. None where the register lacks kind or year.

    Adjoining ones are not among them: complaints may move there.

    `span`: the first month before the works and the last one after them.
    """
    bands = sorted(rules.age_bands)
    kinds = {_kind(register.get(one), bands) for one in repaired} - {None}
    touched = {one.estate for one in treated if one.touches(*span)} | adjoining(repaired, register, rules.adjoining_m)
    return sorted(
        estate
        for estate, known in register.items()
        if estate not in touched and estate not in repaired and _kind(known, bands) in kinds
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
    if one.lng is None or one.lat is None or other.lng is None or other.lat is None:
        return inf
    east = (one.lng - other.lng) * METRES_A_DEGREE * cos(radians(one.lat))
    return hypot(east, (one.lat - other.lat) * METRES_A_DEGREE)


def _kind(known: RegisteredKind | None, bands: Sequence[int]) -> tuple[str, int] | None:
    if known is None or known.property_kind is None or known.built is None:
        return None
    return known.property_kind, bisect_right(bands, known.built)
