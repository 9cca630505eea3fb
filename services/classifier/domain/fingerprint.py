"""Making the fingerprint of a text (its form: services/contracts/fingerprint.py)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from services.contracts.fingerprint import SAID_AT_OPENING, TermKey

OPENING_CHARACTERS: Final = 40
LONGEST_WORD: Final = 12
LONGEST_NUMBER: Final = 4

_RUNS: Final = re.compile(
    # Function words stand in every text, and areas (A3区, 虹口区) hold thousands of matters: neither is a term.
    r"[a-z]\d{0,2}[市县区省]|西地省|虹口区|上海市?"
    r"|([a-z0-9]+)"
    r"|([^\W\da-z_的了是我在有和就不人都也你们这那他她它吗呢吧啊请将被把与及等对为从到向于以而或但让给个上下中之其]{2,})"
)


def fingerprint_of(message: str, key: TermKey, address: str = "") -> str | None:
    """Of a normalised message, which its address opens; None where it holds no term. Numbers of five digits and more,
    which may name a person, are never terms."""
    opening: list[int] = []
    later: list[int] = []
    for found in (*_RUNS.finditer(address), *_RUNS.finditer(message)):
        terms = opening if found.string is address or found.start() < OPENING_CHARACTERS else later
        word, run = found.groups()
        if run:
            terms += key.pairs_of(run)
        elif word and 2 <= len(word) <= (LONGEST_NUMBER if word.isdigit() else LONGEST_WORD):
            terms.append(key.term_of(word))
    stressed = frozenset(opening)
    used = Counter(opening + later)
    return key.encode({term: (times > 1) + SAID_AT_OPENING * (term in stressed) for term, times in used.items()})
