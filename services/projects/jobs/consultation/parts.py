"""The file of parts: who votes, with how much area."""

from __future__ import annotations

import re

from services.projects.domain.consultation.electorate import Electorate, OwnedPart
from services.projects.jobs.consultation.columns import Faults, ListedTable, meanings, named_cells, word

_AREA = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.([0-9]*))?(?:m2|平方米|平米)?")
_BUILDER = "\0builder"
"""The one owner of all that is not sold; no file can hold it."""


def area_of(written: str) -> int:
    """In 0.01 m². Raises ValueError, which says what to do."""
    found = _AREA.fullmatch(word(written))
    if found is None:
        if word(written).startswith(("-", "−")):
            raise ValueError(f"{written!r} is negative: give the area of the register, above 0")
        raise ValueError(f"{written!r} is no area: give square metres such as 80.25")
    hundredths = (found[2] or "").rstrip("0")
    if len(hundredths) > 2:
        raise ValueError(f"{written!r} has more than two decimals: give the area of the register, in 0.01 m²")
    area = int(found[1].replace(",", "")) * 100 + int(hundredths.ljust(2, "0"))
    if area == 0:
        raise ValueError(f"{written!r} is zero: give the area of the register, above 0, or leave the part out")
    return area


def read_parts(table: ListedTable, faults: Faults, total_area: int | None = None) -> Electorate | None:
    """None when something is wrong. `total_area` (0.01 m²) is what the areas must add up to, as is a line of totals."""
    owned = read_owned(table, faults, total_area)
    return None if owned is None else Electorate.of(owned)


def read_owned(table: ListedTable, faults: Faults, total_area: int | None = None) -> list[OwnedPart] | None:
    """As `read_parts`, with the owners as the file names them."""
    owned: dict[str, OwnedPart] = {}
    rows: dict[str, int] = {}
    totals: list[tuple[int | None, int]] = [] if total_area is None else [(None, total_area)]
    for number, cells in named_cells("parts", table, faults):
        try:
            area = area_of(cells["area_m2"])
        except ValueError as error:
            faults.add(number, "area_m2", str(error), "area")
            continue
        part_id = cells["part_id"]
        if word(part_id) in meanings("total"):
            totals.append((number, area))
        elif not part_id:
            faults.add(number, "part_id", "is blank: give each part an id of its own", "blank")
        elif part_id in owned:
            why = f"{part_id} stands in row {rows[part_id]}, too: leave one out, or correct it"
            faults.add(number, "part_id", why, "twice")
        elif not cells["owner"]:
            remedy = "give the owner's reference; for all that the builder has not sold write builder"
            faults.add(number, "owner", f"is blank: {remedy}", "blank")
        else:
            rows[part_id] = number
            owner = _BUILDER if word(cells["owner"]) in meanings("builder") else cells["owner"]
            owned[part_id] = OwnedPart(part_id, cells["building"], cells["hallway"], area, owner)
    if not owned and not faults.sentences:
        faults.add(None, "the file", "holds no part, only a header: give each part a row", "no_rows")
    found = sum(part.area for part in owned.values())
    if not faults.sentences:
        for row, total in totals:
            if total != found:
                why = f"the parts add up to {metres(found)} m², the total is {metres(total)} m²"
                remedy = "find the part that is wrong or missing, or correct the total"
                faults.add(row, "area_m2", f"{why}: {remedy}", "total")
    return None if faults.sentences else list(owned.values())


def metres(area: int) -> str:
    """0.01 m² as square metres with two decimals."""
    return f"{area // 100}.{area % 100:02d}"
