"""Making the fingerprint of a text (its form: services/contracts/fingerprint.py)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import numpy as np

from services.contracts.fingerprint import TOLD_AT_OPENING, encode, term_of

OPENING_CHARACTERS: Final = 40

_RUNS: Final = re.compile(
    # Function words stand in every text, and areas (A3区, 虹口区) hold thousands of matters: neither is a term.
    r"[a-z]\d{0,2}[市县区省]|西地省|虹口区|上海市?"
    r"|([a-z0-9]*[a-z][a-z0-9]*|(?<!\d)\d{2,4}(?!\d))"
    r"|([^\W\da-z_的了是我在有和就不人都也你们这那他她它吗呢吧啊请将被把与及等对为从到向于以而或但让给个上下中之其]{2,})"
)
_BREAK: Final = ord("\n")
_FIRST: Final = np.array([term_of(unit.to_bytes(2, "little") + b"\0\0") for unit in range(1 << 16)], np.uint32)
_SECOND: Final = _FIRST[0] ^ np.array(
    [term_of(b"\0\0" + unit.to_bytes(2, "little")) for unit in range(1 << 16)], np.uint32
)
"""A checksum of two characters is the first's part with the second's: crc32 is linear over exclusive or."""


def fingerprint_of(message: str) -> str | None:
    """Of a normalised message; None where it holds no term. Numbers of five digits and more, which may name a person,
    are never terms."""
    opening: list[str] = []
    later: list[str] = []
    opened: list[int] = []
    told: list[int] = []
    for found in _RUNS.finditer(message):
        opens = found.start() < OPENING_CHARACTERS
        word, run = found.groups()
        if run:
            (opening if opens else later).append(run)
        elif word and 2 <= len(word) <= 12:
            (opened if opens else told).append(term_of(word.encode("utf-16-le")))
    opened += _pairs(opening)
    told += opened + _pairs(later)
    stressed = frozenset(opened)
    return encode({term: (times > 1) + TOLD_AT_OPENING * (term in stressed) for term, times in Counter(told).items()})


def _pairs(runs: list[str]) -> list[int]:
    """The terms of all neighbouring characters within runs."""
    units = np.frombuffer("\n".join(runs).encode("utf-16-le", "surrogatepass"), "<u2")
    first, second = units[:-1], units[1:]
    terms: list[int] = (_FIRST[first] ^ _SECOND[second])[(first != _BREAK) & (second != _BREAK)].tolist()
    return terms
