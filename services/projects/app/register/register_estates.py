"""Takes estates and their parts into the register, and publishes each estate that changed by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from services.chassis.commands import Unfit, Unknown, must_be_at
from services.chassis.database.work import Work
from services.contracts.estate_events import EstateRegistered, EstateRemoved, RegisteredBlock
from services.projects.app.register.ports import EstateBook
from services.projects.domain.estates import (
    EstatePart,
    Facts,
    PartFault,
    RegisteredEstate,
    blocks_of,
    exceeds,
    faults_of,
    metres,
)

TOPIC = "estates"


class Registered(NamedTuple):
    """What became of one estate: `changed` by it, or refused because of `fault`; then it stays as it was."""

    estate_id: str
    version: int
    changed: bool
    fault: PartFault | None = None


class BadParts(Exception):
    """Parts that cannot be stored; nothing of them was."""

    def __init__(self, faults: Sequence[PartFault]) -> None:
        super().__init__(faults[0].why)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class RegisterEstates:
    """The same list again changes nothing, so that an import that was cut off is repeated from its beginning."""

    book: EstateBook

    def estates(self, work: Work, listed: Sequence[Facts]) -> list[Registered]:
        """One answer for each estate listed, in order."""
        known = self.book.lock(work, {one.id for one in listed})
        changed: dict[str, RegisteredEstate] = {}
        answers = []
        for facts in listed:
            was = changed.get(facts.id) or known.get(facts.id)
            if was is not None and was.removed:
                was = None
            if fault := _too_small(facts, was):
                answers.append(Registered(facts.id, was.version if was else 0, False, fault))
                continue
            if was is None or was.facts != facts:
                version = known[facts.id].version if facts.id in known else 0
                changed[facts.id] = was = RegisteredEstate(facts, was.blocks if was else (), version + 1)
            answers.append(Registered(facts.id, was.version, facts.id in changed))
        self._keep(work, list(changed.values()))
        return answers

    def parts(self, work: Work, estate_id: str, parts: Sequence[EstatePart]) -> Registered:
        """The parts of an estate are these and no others. Raises Unknown for an estate that is not registered, and
        BadParts."""
        known = self._registered(work, estate_id)
        if faults := faults_of(parts, known.facts.floor_area):
            raise BadParts(faults)
        ordered = sorted(parts)
        if ordered == self.book.parts(work, estate_id):
            return Registered(estate_id, known.version, changed=False)
        blocks = blocks_of(ordered)
        if blocks != known.blocks:
            known = replace(known, blocks=blocks, version=known.version + 1)
            self._keep(work, [known])
        self.book.replace_parts(work, estate_id, ordered)
        return Registered(estate_id, known.version, changed=True)

    def remove(self, work: Work, estate_id: str, version: int) -> RegisteredEstate:
        """The district has it no more: its parts go, what was found and done there stays.

        Raises Unknown, Conflict for one that changed since, and Unfit while somebody asks for its repair.
        """
        known = self._registered(work, estate_id)
        must_be_at(version, known.version, "registered")
        if self.book.asks(work, estate_id):
            raise Unfit("estate_id", "has needs that are not settled: refuse or meet them, then remove it")
        gone = replace(known, blocks=(), removed=True, version=known.version + 1)
        self.book.replace_parts(work, estate_id, [])
        self.book.save(work, [gone])
        work.publish(TOPIC, EstateRemoved(version=gone.version, estate_id=estate_id))
        return gone

    def _registered(self, work: Work, estate_id: str) -> RegisteredEstate:
        known = self.book.lock(work, {estate_id}).get(estate_id)
        if known is None or known.removed:
            raise Unknown
        return known

    def _keep(self, work: Work, changed: Sequence[RegisteredEstate]) -> None:
        if changed:
            self.book.save(work, changed)
        for estate in changed:
            work.publish(TOPIC, registered(estate))


def registered(estate: RegisteredEstate) -> EstateRegistered:
    facts = estate.facts
    return EstateRegistered(
        version=estate.version,
        estate_id=facts.id,
        estate_name=facts.name,
        sub_district=facts.sub_district,
        property_kind=facts.property_kind,
        built=facts.built,
        floor_area=facts.floor_area,
        east=facts.east,
        north=facts.north,
        blocks=tuple(
            RegisteredBlock(block=one.block, hallways=one.hallways, parts=one.parts, area=one.area)
            for one in estate.blocks
        ),
    )


def _too_small(facts: Facts, known: RegisteredEstate | None) -> PartFault | None:
    if known is None or facts.floor_area is None or not exceeds(known.parts_area, facts.floor_area):
        return None
    why = f"is {metres(facts.floor_area)} m², and its parts add up to {metres(known.parts_area)} m²"
    return PartFault(None, "floor_area_m2", f"{why}: correct the area, or import its parts anew first")
