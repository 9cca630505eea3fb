"""The district and its sub-districts (docs/domain.md §5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from services.contracts.data_files import DATA, DataRow, InvalidData, read_rows, read_section, row_of
from services.contracts.departments import Department, DepartmentKind, departments
from services.contracts.ticket_events import DepartmentCode, SubDistrictCode

FILE = DATA / "districts.yaml"
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
"""The district's time: working days, months, and the times that people read and write."""


class District(DataRow):
    """`area_code` completes landline numbers given without one (021)."""

    code: str
    name_cn: str
    name_en: str
    area_code: str


class SubDistrict(DataRow):
    """`office` is the department that leads there where the catalogue says 街道办事处."""

    code: SubDistrictCode
    name_cn: str
    name_en: str
    office: DepartmentCode


@cache
def district() -> District:
    return row_of(FILE, "district", District, read_section(FILE, "district"))


@cache
def sub_districts() -> Mapping[str, SubDistrict]:
    """All sub-districts by code."""
    return load_sub_districts(FILE, departments())


def load_sub_districts(file: Path, known: Mapping[str, Department]) -> Mapping[str, SubDistrict]:
    """Raises InvalidData unless sub-districts and departments of the kind `sub-district-office` pair off."""
    rows = read_rows(file, "sub_districts", SubDistrict, "code")
    without_place = {d.code for d in known.values() if d.kind is DepartmentKind.SUB_DISTRICT_OFFICE}
    for row in rows.values():
        if row.office not in without_place:
            raise InvalidData(
                file,
                f"sub-district {row.code}",
                f"office {row.office!r} is no sub-district office of its own; "
                "add it to departments.yaml with the kind sub-district-office, or correct the code",
            )
        without_place.remove(row.office)
    if without_place:
        raise InvalidData(file, "sub_districts", f"no sub-district names the offices {sorted(without_place)}; add them")
    return rows
