"""A file of parts, estate by estate, as projects takes them. Owners become keyed hashes here and go no further."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.contracts.fingerprint import TermKey
from services.contracts.writing import plain
from services.projects.jobs.consultation.columns import ListedRow, meanings, word
from services.projects.jobs.consultation.parts import area_of

COLUMNS = "register_parts"


class ReadPart(NamedTuple):
    """`row` and `cells` are the file's; `body` is what projects takes."""

    row: int
    cells: Sequence[str]
    body: Mapping[str, str]


class RejectedPart(NamedTuple):
    row: int
    why: str
    cells: Sequence[str]


@dataclass(slots=True)
class PartsFile:
    """`parts`: by the id of their estate, of those estates alone of which every row is sound."""

    parts: dict[str, list[ReadPart]] = field(default_factory=dict)
    rejects: list[RejectedPart] = field(default_factory=list)

    def reject(self, estate_id: str, faults: Sequence[tuple[int | None, str]]) -> None:
        """Takes an estate out that projects refused. A fault names the place of a part, None: all of them."""
        wrong = {place: why for place, why in faults if place is not None}
        others = next((why for place, why in faults if place is None), HELD_BACK)
        for place, part in enumerate(self.parts.pop(estate_id)):
            self.rejects.append(RejectedPart(part.row, wrong.get(place, others), part.cells))


class CutShort(Exception):
    """The file ends within a row: what is missing is unknown, so nothing of it is taken."""


HELD_BACK = "is held back: another row of this estate is wrong, and an estate is taken whole; correct that row"


def is_header(header: Sequence[str]) -> bool:
    return not lacking(header)


def lacking(header: Sequence[str]) -> list[str]:
    here = {meanings(COLUMNS).get(word(cell)) for cell in header}
    return [name for name in dict.fromkeys(meanings(COLUMNS).values()) if name not in here]


def read_parts(
    header: Sequence[str], rows: Iterable[ListedRow], ids: Mapping[str, Sequence[str]], key: TermKey
) -> PartsFile:
    """`ids`: of the registered estates, by name and by themselves. Raises CutShort."""
    names = [meanings(COLUMNS).get(word(cell), "") for cell in header]
    read = PartsFile()
    wrong: set[str] = set()
    sound: dict[str, list[ReadPart]] = defaultdict(list)
    for row in rows:
        if row.cut:
            raise CutShort(f"row {row.number} ends in the middle: the file was cut short; copy or export it again")
        cells = dict(zip(names, row.cells, strict=False))
        estate = cells.get("estate", "").strip()
        known = ids.get(estate, ())
        try:
            if row.fault is not None:
                raise ValueError(row.fault)
            if len(known) != 1:
                raise ValueError(_no_estate(estate, known))
            sound[known[0]].append(ReadPart(row.number, row.cells, _body(cells, known[0], key)))
        except ValueError as fault:
            read.rejects.append(RejectedPart(row.number, str(fault), row.cells))
            wrong.update(known)
    read.parts = dict(sound)
    for estate_id in wrong & sound.keys():
        read.reject(estate_id, [])
    return read


def _body(cells: Mapping[str, str], estate_id: str, key: TermKey) -> dict[str, str]:
    """Raises ValueError, which names the field and says what to do."""
    owner = plain(cells["owner"]).strip()
    if not owner:
        raise ValueError("owner: is blank; give the owner's reference, and builder for what is not sold")
    try:
        area = area_of(cells["area_m2"])
    except ValueError as fault:
        raise ValueError(f"area_m2: {fault}") from None
    if word(owner) in meanings("builder"):
        owner = "builder"
    for name in ("part_id", "building"):
        if not cells[name].strip():
            raise ValueError(f"{name}: is blank; write it as the register has it")
    return {
        "part_id": plain(cells["part_id"]).strip(),
        "block": cells["building"],
        "hallway": cells["hallway"],
        "area_m2": f"{area // 100}.{area % 100:02d}",
        "owner": key.reference_of(f"{estate_id}|{owner}"),
    }


def _no_estate(estate: str, known: Sequence[str]) -> str:
    if known:
        return f"estate: {estate!r} is the name of {', '.join(known)}; write the id"
    return f"estate: {estate!r} is not registered; import it with its name first, or correct the cell"
