"""Opinions on a draft, and what followed from them."""

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
    """On a draft's version `number`; `clause` None: on the whole. `adopted` None: not answered yet.

    `on_text`: the digest of the content that it was given on. Once the draft is changed the opinion counts no more.
    """

    id: str
    number: int
    role: OpinionRole
    clause: str | None
    words: str
    adopted: bool | None = None
    why: str | None = None
    version: int = 1
    on_text: str | None = None
