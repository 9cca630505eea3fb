"""Who may vote: the parts of the register, or those of a file that is held against it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.chassis.commands import Unfit
from services.chassis.database.work import Work
from services.projects.domain.consultation.course import Voters
from services.projects.domain.consultation.electorate import PART_ID, BadElectorate, Electorate, OwnedPart, weight
from services.projects.domain.consultation.register_check import Difference, RegisterBasis, differences, within
from services.projects.domain.estates import EstatePart
from services.projects.domain.works.repair_project import RepairProject


class PartsRegister(Protocol):
    def parts(self, work: Work, estate_id: str) -> list[EstatePart]:
        """The registered parts of an estate; none where it has none."""


@dataclass(frozen=True, slots=True)
class AskedElectors:
    """`owned`: whose parts, with keyed hashes of owners; none: those of the register. `estate`: which one of the
    project's. `within`: buildings (3) and hallways (3/2); none: all. `total_area`: what the areas must add up to, in
    0.01 m². `why_differs`: why the parts may differ from the register."""

    owned: Sequence[OwnedPart] = ()
    estate: str | None = None
    within: tuple[str, ...] = ()
    total_area: int | None = None
    why_differs: str | None = None


@dataclass(frozen=True, slots=True)
class Electors:
    """`basis` is None where nothing is registered to hold them against."""

    owned: Sequence[OwnedPart]
    electorate: Electorate
    basis: RegisterBasis | None = None
    differences: Sequence[Difference] = ()

    @property
    def voters(self) -> Voters:
        whole = weight(self.electorate.parts)
        return Voters(self.electorate.hash, whole.parts, whole.heads, whole.area)


class DiffersFromRegister(Exception):
    """The parts are not those of the register, and nobody said why."""

    def __init__(self, estate: str, found: Sequence[Difference]) -> None:
        super().__init__(f"{len(found)} differences from the register of {estate}")
        self.estate = estate
        self.found = found


@dataclass(frozen=True, slots=True)
class FindElectors:
    register: PartsRegister

    def find(self, work: Work, project: RepairProject, asked: AskedElectors) -> Electors:
        """Raises Unfit, which names the field, and DiffersFromRegister."""
        estate, registered = self._registered(work, project, asked)
        if not registered:
            if not asked.owned:
                why = "is missing, and the register holds no parts here: import them (closedloop register parts)"
                raise Unfit("parts", why)
            return Electors(asked.owned, _electorate(asked.owned, asked.total_area))
        by_register = _electorate(registered, None)
        if not asked.owned:
            _fit_ballots(registered)
            _electorate(registered, asked.total_area)
            return Electors(registered, by_register, RegisterBasis(estate, asked.within, by_register.hash))
        electorate = _electorate(asked.owned, asked.total_area)
        found = differences(registered, asked.owned)
        if found and not asked.why_differs:
            raise DiffersFromRegister(estate, found)
        reason = asked.why_differs if found else None
        basis = RegisterBasis(estate, asked.within, by_register.hash, len(found), reason)
        return Electors(asked.owned, electorate, basis, found)

    def _registered(self, work: Work, project: RepairProject, asked: AskedElectors) -> tuple[str, list[OwnedPart]]:
        """The estate, and those of its parts that are asked about. An electorate is that of one estate."""
        places = project.estates or (project.place,)
        ids: list[str] = [where.estate for where in places if where.estate]
        if asked.estate is not None and asked.estate not in ids:
            raise Unfit("estate", f"is none of the project: take one of {', '.join(ids)}")
        asked_of: list[str] = [asked.estate] if asked.estate else ids
        held = {named: self.register.parts(work, named) for named in asked_of}
        named = [estate for estate in held if held[estate]]
        if len(named) > 1:
            raise Unfit("estate", f"is missing: owners of one estate vote together; take one of {', '.join(named)}")
        if not named:
            return asked.estate or "", []
        owned = [OwnedPart(one.part_id, one.block, one.hallway, one.area, one.owner) for one in held[named[0]]]
        for place in asked.within:
            if not within(owned, [place]):
                known = ", ".join(sorted({part.building for part in owned}))
                raise Unfit("within", f"names {place}, where nothing is registered; the buildings are {known}")
        return named[0], within(owned, asked.within)


def _fit_ballots(registered: Sequence[OwnedPart]) -> None:
    for part in registered:
        if not re.fullmatch(PART_ID, part.id):
            why = f"cannot be taken from the register: ballots cannot name {part.id}; register it as 3-2-501"
            raise Unfit("parts", why)


def _electorate(owned: Sequence[OwnedPart], total_area: int | None) -> Electorate:
    try:
        electorate = Electorate.of(owned)
    except BadElectorate as error:
        raise Unfit("parts", f"{error}; correct it") from None
    area = sum(part.area for part in electorate.parts)
    if total_area is not None and area != total_area:
        why = f"is {total_area / 100:.2f} m², and the parts add up to {area / 100:.2f} m²: find the part that is wrong"
        raise Unfit("total_area_m2", why)
    return electorate
