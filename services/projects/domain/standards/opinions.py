"""What is said of a draft by those who are asked, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OpinionRole(StrEnum):
    BUREAU = "bureau"
    SUB_DISTRICT = "sub_district"
    DEPUTY = "deputy"
    RESIDENT = "resident"


@dataclass(frozen=True, slots=True)
class StandardOpinion:
    """On a draft's version `number`; `clause` None: on the whole. `adopted` None: not answered yet."""

    id: str
    number: int
    role: OpinionRole
    clause: str | None
    words: str
    adopted: bool | None = None
    why: str | None = None
    version: int = 1
