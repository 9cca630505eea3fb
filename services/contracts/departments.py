"""The departments a ticket can be dispatched to, and the parties they call in (docs/domain.md §5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from services.contracts.data_files import DATA, DataRow, InvalidData, read_rows
from services.contracts.ticket_events import DepartmentCode

FILE = DATA / "departments.yaml"


class DepartmentKind(StrEnum):
    BUREAU = "bureau"
    POLICE = "police"
    HUB = "hub"
    SUB_DISTRICT_OFFICE = "sub-district-office"


class Department(DataRow):
    """A department of the district government. `code` names its topic, `departments.<code>`, and never changes."""

    code: DepartmentCode
    kind: DepartmentKind
    name_cn: str
    name_en: str
    aliases: tuple[str, ...] = ()


class Party(DataRow):
    """A co-handler that no ticket is dispatched to (residents' committee, water supplier …): the lead calls it in."""

    name_cn: str
    name_en: str


@cache
def departments() -> Mapping[str, Department]:
    """All departments by code."""
    return load_departments(FILE)


@cache
def parties() -> Mapping[str, Party]:
    """All parties by Chinese name."""
    return read_rows(FILE, "parties", Party, "name_cn")


@cache
def department_codes() -> Mapping[str, str]:
    """The department's code by each Chinese name and alias."""
    return names_of(FILE, departments())


def load_departments(file: Path) -> Mapping[str, Department]:
    loaded = read_rows(file, "departments", Department, "code")
    names_of(file, loaded)
    return loaded


def names_of(file: Path, rows: Mapping[str, Department]) -> Mapping[str, str]:
    codes: dict[str, str] = {}
    for department in rows.values():
        for name in (department.name_cn, *department.aliases):
            if name in codes:
                raise InvalidData(
                    file,
                    f"department {department.code!r}",
                    f"the name {name!r} already means {codes[name]!r}; a name has one department",
                )
            codes[name] = department.code
    return MappingProxyType(codes)
