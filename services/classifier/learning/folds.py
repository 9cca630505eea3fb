"""Folds for cross-validation: near-duplicates share a fold, so that none is learnt by heart."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from services.classifier.domain.grams import Grams

BANDS: Final = 16
ROWS: Final = 4
"""Two texts that share half of their shingles meet in a band with 64 %, those that share 0.8 with 99.98 %."""
_SEED: Final = 12345
_SHINGLES: Final = np.uint64(1 << 48)
"""Keys from here on are n-grams of full length."""


class TooAlike(ValueError):
    """The texts cannot be split in two."""


def groups_of(texts: Sequence[Grams]) -> NDArray[np.intp]:
    """A group number for each text; near-duplicates (MinHash over 4-grams), also through others, share one."""
    random = np.random.default_rng(_SEED)
    factors = random.integers(1, 1 << 63, size=(BANDS * ROWS, 1), dtype=np.uint64) | np.uint64(1)
    parent = list(range(len(texts)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    seen: dict[tuple[int, bytes], int] = {}
    for number, grams in enumerate(texts):
        shingles = grams.keys[grams.keys >= _SHINGLES]
        if not len(shingles):
            shingles = grams.keys if len(grams.keys) else np.zeros(1, np.uint64)
        # The high bits of an odd multiple mix all bits of the key; the low ones do not.
        least = ((shingles * np.uint64(0x9E3779B97F4A7C15) ^ shingles >> np.uint64(29)) * factors >> np.uint64(20)).min(
            1
        )
        for band in range(BANDS):
            first = seen.setdefault((band, least[band * ROWS : (band + 1) * ROWS].tobytes()), number)
            if first != number:
                parent[root(number)] = root(first)
    return np.array([root(number) for number in range(len(texts))])


def folds(
    labels: Sequence[str], groups: NDArray[np.intp], count: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """(train, test) pairs, fewer than `count` where there are fewer groups or texts of a label: each text is tested
    once, its group never on both sides, labels spread evenly. Raises TooAlike."""
    count = min(count, len(np.unique(groups)), max(Counter(labels).values()))
    if count < 2:
        raise TooAlike("the texts are too few or too alike to hold any back to measure by: bring others")
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=_SEED)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class", category=UserWarning)
        return list(splitter.split(np.zeros(len(labels)), np.asarray(labels), groups))
