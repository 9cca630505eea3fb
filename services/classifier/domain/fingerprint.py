"""Making the fingerprint of a text (its form: services/contracts/fingerprint.py)."""

from __future__ import annotations

import re
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
    told: dict[int, int] = {}
    for found in _RUNS.finditer(message):
        opening = 2 if found.start() < OPENING_CHARACTERS else 0
        word, run = found[1], found[2]
        if run:
            coded = run.encode("utf-16-le", "surrogatepass")
            for at in range(0, len(coded) - 2, 2):
                term = crc32(coded[at : at + 4]) % TERMS
                told[term] = told[term] | 1 if term in told else opening
        elif word and 2 <= len(word) <= 12:
            term = crc32(word.encode("utf-16-le")) % TERMS
            told[term] = told[term] | 1 if term in told else opening
    return encode(told)
