"""What a department does in projects by a reply on its own topic: `data/department_acts.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import Field, StringConstraints

from services.contracts.data_files import DATA, DataRow, read_rows

FILE = DATA / "department_acts.yaml"

ActCode = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z_]{1,20}\.[a-z_]{1,20}$"),
    Field(description="What is done: a row of department_acts.yaml, as `project.step`."),
]


class DepartmentAct(DataRow):
    """One act. `path` is the route of projects that does the same."""

    act: ActCode
    path: str
    zh: str
    en: str

    @property
    def about(self) -> tuple[str, ...]:
        """The names that a reply's `about` must have."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))


class OverHttpAlone(DataRow):
    path: str
    why: str


@cache
def department_acts() -> Mapping[str, DepartmentAct]:
    """By `act`."""
    return read_rows(FILE, "acts", DepartmentAct, "act")


@cache
def over_http_alone() -> Mapping[str, OverHttpAlone]:
    """By `path`: what no reply does, because personal data would stand on a topic."""
    return read_rows(FILE, "over_http_alone", OverHttpAlone, "path")
