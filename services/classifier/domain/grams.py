"""A text as weighted character n-grams: what the type model counts instead of words.

Characters and not words, because Chinese has no spaces, residents misspell, and no dictionary knows 飞线 or 群租.
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.contracts.writing import plain

LONGEST_READ: Final = 3_000
"""Characters of a text that are counted. A message says what it wants long before."""
LONGEST_WRITTEN: Final = 4 * LONGEST_READ
"""Characters that are looked at for them: some of a text cannot be seen."""
HEADING_LIMIT: Final = 60
HEADING_WEIGHT: Final = 2
"""A first line of at most HEADING_LIMIT characters is a title and says what the matter is: it counts so many times."""
LONGEST_GRAM: Final = 4

Keys = NDArray[np.uint64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of one text in ascending order of their key, each with its count (weighted by where it stands)."""

    keys: Keys
    counts: NDArray[np.int64]


NO_GRAMS: Final = Grams(np.empty(0, np.uint64), np.empty(0, np.int64))


def _alphabet() -> NDArray[np.uint16]:
    """What each UTF-16 unit counts as: itself folded (width, case); every digit 0; 0 for what separates."""
    table = np.zeros(1 << 16, np.uint16)
    for point in range(1 << 16):
        folded = unicodedata.normalize("NFKC", chr(point)).lower()
        character = folded if len(folded) == 1 else chr(point)
        category = unicodedata.category(character)
        if category[0] in "LM" and ord(character) < 1 << 16:
            table[point] = ord(character)
        elif category[0] == "N":
            table[point] = ord("0")
    return table


_ALPHABET: Final = _alphabet()
_DIGIT: Final = ord("0")
_BREAK: Final = np.zeros(1, np.uint16)


def grams_of(text: str) -> Grams:
    """Of any string at all: it may be empty, a megabyte, or full of lone surrogates."""
    heading, body = split_heading(text)
    title = _units(heading)
    units = np.concatenate([title, _BREAK, _units(body)]) if len(title) else _units(body)
    keys = _keys(units, len(title))
    return Grams(*np.unique(np.concatenate(keys), return_counts=True)) if keys else NO_GRAMS


def split_heading(text: str) -> tuple[str, str]:
    """A text's first line where it is a title, and the rest, in plain writing; both no longer than what is read."""
    start = plain(text[:LONGEST_WRITTEN])[:LONGEST_READ].lstrip()
    first, line_break, rest = start.partition("\n")
    return (first, rest) if line_break and len(first) <= HEADING_LIMIT else ("", start)


def key_of(gram: str) -> int:
    """The key of 1 to LONGEST_GRAM characters."""
    key = 0
    for unit in _units(gram)[:LONGEST_GRAM]:
        key = key << 16 | int(unit)
    return key


def gram_of(key: int) -> str:
    """The characters behind a key: keys are no secret keepers."""
    units = [key >> shift & 0xFFFF for shift in (48, 32, 16, 0)]
    return "".join(chr(unit) for unit in units if unit)


def _units(text: str) -> NDArray[np.uint16]:
    if not text:
        return _BREAK[:0]
    encoded = text.encode("utf-16-le" if sys.byteorder == "little" else "utf-16-be", "surrogatepass")
    units = _ALPHABET[np.frombuffer(encoded, np.uint16)]
    stays = np.ones(len(units), bool)
    stays[:-1] = (units[1:] != units[:-1]) | ((units[1:] != _DIGIT) & (units[1:] != 0))
    return units[stays]


def _keys(units: NDArray[np.uint16], titled: int) -> list[Keys]:
    """All n-grams without a separator inside, the single characters first; of the first `titled` units HEADING_WEIGHT
    times."""
    made: list[Keys] = []
    wide = units.astype(np.uint64)
    runs, inside = wide, units > 0
    for length in range(1, min(LONGEST_GRAM, len(units)) + 1):
        if length > 1:
            inside = inside[:-1] & (units[length - 1 :] > 0)
            runs = runs[:-1] << np.uint64(16) | wide[length - 1 :]
        made.append(runs[inside])
        if (end := titled - length + 1) > 0:
            made += (HEADING_WEIGHT - 1) * [runs[:end][inside[:end]]]
    return made
