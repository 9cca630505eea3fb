"""Making the fingerprint of a text (its form: services/contracts/fingerprint.py)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final
from zlib import crc32

from services.contracts.fingerprint import TERMS, encode

OPENING_CHARACTERS: Final = 40

_RUNS: Final = re.compile(
    # Function words stand in every text, and areas (A3区, 虹口区) hold thousands of matters: neither is a term.
    r"[a-z]\d{0,2}[市县区省]|西地省|虹口区|上海市?"
    r"|([a-z0-9]*[a-z][a-z0-9]*|(?<!\d)\d{2,4}(?!\d))"
    r"|([^\W\da-z_的了是我在有和就不人都也你们这那他她它吗呢吧啊请将被把与及等对为从到向于以而或但让给个上下中之其]{2,})"
)


def fingerprint_of(message: str) -> str | None:
    """Of a normalised message; None where it holds no term. Numbers of five digits and more, which may name a person,
    are never terms."""
    told: list[int] = []
    opening = 0
    for found in _RUNS.finditer(message):
        if found.start() < OPENING_CHARACTERS:
            opening = -1
        elif opening < 0:
            opening = len(told)
        word, run = found.groups()
        if run:
            coded = run.encode("utf-16-le", "surrogatepass")
            told += [crc32(coded[at : at + 4]) % TERMS for at in range(0, len(coded) - 2, 2)]
        elif word and 2 <= len(word) <= 12:
            told.append(crc32(word.encode("utf-16-le")) % TERMS)
    opened_with = frozenset(told if opening < 0 else told[:opening])
    return encode({term: (times > 1) | (term in opened_with) << 1 for term, times in Counter(told).items()})
