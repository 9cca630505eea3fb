"""How common a term of a fingerprint is: a word that one text in three holds distinguishes no matter."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from typing import Final

from services.contracts.fingerprint import TERMS

MEMORY: Final = 100_000
"""Texts remembered. Beyond them all counts are halved, so that old topics fade."""

UNSEEN: Final = 100
"""Empty texts assumed before the first: otherwise every term would be common at the start."""


class Commonness:
    """Learnt from texts as they come, in 4 bytes a term. Learning a text twice does no harm."""

    def __init__(self) -> None:
        self.texts = 0
        self._holding = array("I", bytes(4 * TERMS))

    def learn(self, terms: Iterable[int]) -> None:
        self.texts += 1
        for term in terms:
            self._holding[term] += 1
        if self.texts > MEMORY:
            self.texts //= 2
            self._holding = array("I", (count // 2 for count in self._holding))

    def rarity(self, term: int) -> float:
        """The logarithm of how many texts there are to one that holds the term, less one."""
        return math.log((1 + self.texts + UNSEEN) / (1 + self._holding[term])) - 1
