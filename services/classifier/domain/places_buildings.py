"""Which building of an estate a text means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_BUILDING: Final = re.compile(
    r"(?:小区)?(?:的|内|里)?(?:第)?(?:(\d{1,4})(?:号楼|号|幢|栋|楼(?!上|下|道|顶|层)|座)|([a-h])(?:座|栋|幢))"
)
_BUILDING_ANYWHERE: Final = re.compile(r"(\d{1,4})(?:号楼|幢|栋)")


def building_in(mentions: Sequence[tuple[int | None, int]], texts: Sequence[str]) -> str | None:
    """The building of an estate whose mentions are given by the house that each says, if any, and where it ends."""
    for house, end in mentions:
        if house is not None:
            return str(house)
        for text in texts:
            if found := _BUILDING.match(text, end):
                return (found[1] or "").lstrip("0") or (found[2] or "").upper() or None
    named = {found[1].lstrip("0") for text in texts for found in _BUILDING_ANYWHERE.finditer(text)}
    return named.pop() or None if len(named) == 1 else None
