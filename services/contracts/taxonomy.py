"""The types of problems: who leads, who helps, what repairs them, by when (docs/domain.md §8, `data/taxonomy.csv`)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import PositiveInt, model_validator

from services.contracts.data_files import DATA, DataRow, InvalidData, by_key, row_of
from services.contracts.departments import department_codes, parties
from services.contracts.districts import sub_districts
from services.contracts.elements import ElementCode, elements
from services.contracts.ticket_events import DepartmentCode, RequestKind, TypeCode, Urgency

FILE = DATA / "taxonomy.csv"

OTHER: Final = "OT"
"""The type code of a ticket that is none of the 41 types. It has no row: a person decides."""

OFFICE_OF_THE_PLACE: Final = "@office-of-the-place"
"""Stands for the sub-district office of where the matter is. No department code can begin with @."""

Unit = DepartmentCode | Literal["@office-of-the-place"]


class Area(StrEnum):
    ESTATE = "XQ"
    REPAIR = "MJ"
    MARKET = "SC"


class Resolvable(StrEnum):
    """Whether a repair project cures the problem."""

    YES = "Y"
    PARTLY = "P"
    NO = "N"


class ProblemType(DataRow):
    """One type of problem. Limits are in working days; `special_limit` is the exception in words, if any.

    `lead` and `co_handlers` are department codes or OFFICE_OF_THE_PLACE; `parties` (Chinese names) are called
    in by the lead and not dispatched to. `inferred` names what no source states: type, lead, limit, elements.
    """

    code: TypeCode
    area: Area
    area_cn: str
    area_en: str
    name_cn: str
    name_en: str
    keywords: tuple[str, ...]
    lead: Unit
    co_handlers: tuple[Unit, ...]
    parties: tuple[str, ...]
    elements: tuple[ElementCode, ...]
    resolvable: Resolvable
    kind: RequestKind
    urgency: Urgency
    first_contact_days: PositiveInt
    settle_days: PositiveInt
    extended_settle_days: PositiveInt
    special_limit: str | None
    inferred: tuple[str, ...]
    sources: tuple[str, ...]

    @model_validator(mode="after")
    def _each_unit_once(self) -> Self:
        units = [self.lead, *self.co_handlers]
        if len(set(units)) < len(units):
            raise ValueError("lead or co-handlers name a unit twice")
        return self

    def lead_at(self, sub_district: str | None) -> str | None:
        """The department that leads in a sub-district; None if it depends on a place that is not known."""
        return _department(self.lead, sub_district)

    def co_handlers_at(self, sub_district: str | None) -> tuple[str, ...]:
        """The departments that help there; the office of an unknown place is left out."""
        found = (_department(unit, sub_district) for unit in self.co_handlers)
        return tuple(code for code in found if code is not None)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All types by code, in the order of the file."""

    types: Mapping[str, ProblemType]


@cache
def taxonomy() -> Taxonomy:
    return load_taxonomy(FILE)


def load_taxonomy(file: Path) -> Taxonomy:
    """Raises InvalidData for a row that names a department, party or element that no data file knows."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        cells = enumerate(csv.DictReader(lines, restkey="surplus"), start=2)
        rows = [_problem_type(file, f"row {number} ({row.get('code')})", row) for number, row in cells]
    return Taxonomy(by_key(file, "types", rows, "code"))


def _department(unit: str, sub_district: str | None) -> str | None:
    if unit != OFFICE_OF_THE_PLACE:
        return unit
    place = sub_districts().get(sub_district or "")
    return place.office if place else None


_KINDS = {
    "咨询": RequestKind.ENQUIRY,
    "求助": RequestKind.HELP,
    "投诉": RequestKind.COMPLAINT,
    "举报": RequestKind.REPORT,
    "建议": RequestKind.SUGGESTION,
    "表扬": RequestKind.PRAISE,
}


def _problem_type(file: Path, row: str, cells: dict[str, str]) -> ProblemType:
    if "surplus" in cells or None in cells.values():
        raise InvalidData(file, row, "has not as many cells as columns; put quotes round a cell that holds a comma")
    units = {"街道办事处": OFFICE_OF_THE_PLACE, **department_codes()}

    def one(column: str, names: Mapping[str, Any], remedy: str) -> Any:
        if cells[column] not in names:
            raise InvalidData(file, row, f"{column} {cells[column]!r} is not known; {remedy}")
        return names[cells[column]]

    def split(column: str, separator: str = ";") -> tuple[str, ...]:
        return tuple(part for part in cells[column].split(separator) if part)

    def known(column: str, is_known: Callable[[str], bool], remedy: str) -> tuple[str, ...]:
        unknown = [part for part in split(column) if not is_known(part)]
        if unknown:
            raise InvalidData(file, row, f"{column} {'; '.join(unknown)} not known; {remedy}")
        return split(column)

    try:
        helpers = known(
            "co_depts_cn",
            lambda name: name in units or name in parties(),
            "add it to departments.yaml, as department, alias or party",
        )
        values = {
            "code": cells["code"],
            "area": cells["area_code"],
            "area_cn": cells["area_cn"],
            "area_en": cells["area_en"],
            "name_cn": cells["type_cn"],
            "name_en": cells["type_en"],
            "keywords": split("keywords_cn", "|"),
            "lead": one("lead_dept_cn", units, "add it to departments.yaml as a department or an alias"),
            "co_handlers": tuple(units[name] for name in helpers if name in units),
            "parties": tuple(name for name in helpers if name in parties()),
            "elements": known("repair_elements", elements().__contains__, "add it to elements.yaml"),
            "resolvable": cells["project_resolvable"],
            "kind": one("default_kind", _KINDS, f"write one of {', '.join(_KINDS)}"),
            "urgency": cells["default_urgency"],
            "first_contact_days": cells["first_contact_wd"],
            "settle_days": cells["due_wd"],
            "extended_settle_days": cells["extended_due_wd"],
            "special_limit": cells["special_limit"] or None,
            "inferred": tuple(b for b in ("type", "lead", "limit", "elements") if cells[f"basis_{b}"] == "inferred"),
            "sources": split("sources"),
        }
    except KeyError as missing:
        raise InvalidData(file, row, f"the column {missing} is missing; add it") from None
    return row_of(file, row, ProblemType, values)
