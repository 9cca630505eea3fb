"""The elements an old-housing repair can consist of (docs/domain.md §4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated

from pydantic import StringConstraints

from services.contracts.data_files import DATA, DataRow, read_rows

ElementCode = Annotated[str, StringConstraints(pattern=r"^E[0-9]{2}$")]


class Level(StrEnum):
    """The national class of an element."""

    BASIC = "basic"
    IMPROVING = "improving"
    UPGRADING = "upgrading"
    OWN_PROGRAMME = "own-programme"


class Choice(StrEnum):
    """Who decides that an element is done: government (must), the residents, or a vote of its own."""

    MUST = "must"
    CHOOSE = "choose"
    OWN_VOTE = "own-vote"
    BEFORE_WORKS = "before-works"
    NONE = "none"


class Element(DataRow):
    code: ElementCode
    level: Level
    choice: Choice
    name_cn: str
    name_en: str


@cache
def elements() -> Mapping[str, Element]:
    """All elements by code."""
    return read_rows(DATA / "elements.yaml", "elements", Element, "code")
