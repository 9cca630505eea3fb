"""The fingerprint of a text: which terms it holds and how much it dwells on them, as numbers that give no text back.

A term is a pair of neighbouring characters or a short Latin word, known by 22 bits of a checksum, so that many terms
share a number; the numbers stand in their own order, not the text's. It is stable across processes and versions:
whoever changes how terms are made changes FORM, and fingerprints of different forms are never compared.

Layout before base64url without padding: one byte FORM, then three bytes a term, big-endian: 22 bits term, 2 stress.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Callable, Mapping
from typing import Final
from zlib import crc32

FORM: Final = 1
MOST_TERMS: Final = 255
"""1 + 3 x 255 bytes are 1,022 characters."""
TERM_BITS: Final = 22
TERMS: Final = 1 << TERM_BITS
STRESSES: Final = range(4)
"""Told once; told again; told at the opening, where people say what they want; told there and again."""
TOLD_AT_OPENING: Final = 2

Terms = Mapping[int, int]
"""Stress by term."""
Weights = Mapping[int, float]
"""A vector of length 1, or of none."""


class BadFingerprint(ValueError):
    """A text that no version of this code made."""


def encode(terms: Terms) -> str | None:
    """None for no term; of too many the most stressed stay, then the smallest numbers: alike texts keep alike ones."""
    if not terms:
        return None
    kept = sorted(terms)
    if len(kept) > MOST_TERMS:
        kept = sorted(sorted(kept, key=lambda term: (-terms[term], term))[:MOST_TERMS])
    fours = struct.pack(f">{len(kept)}I", *[term << 2 | terms[term] for term in kept])
    packed = bytearray(1 + 3 * len(kept))
    packed[0] = FORM
    packed[1::3], packed[2::3], packed[3::3] = fours[1::4], fours[2::4], fours[3::4]
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(fingerprint: str | None) -> Terms:
    """Empty for None and for a fingerprint of another form. Raises BadFingerprint."""
    if fingerprint is None:
        return {}
    try:
        data = base64.b64decode(fingerprint + "=" * (-len(fingerprint) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadFingerprint(f"is not base64url: {error}") from None
    if data[0] != FORM:
        return {}
    if len(data) % 3 != 1:
        raise BadFingerprint("is cut short")
    numbers = (int.from_bytes(data[at : at + 3], "big") for at in range(1, len(data), 3))
    return {number >> 2: number & 3 for number in numbers}


def weigh(terms: Terms, rarity: Callable[[int], float]) -> Weights:
    """Each term's weight is its stress times its rarity; terms of no rarity fall away."""
    weights = {term: (stress + 1) * rare for term, stress in terms.items() if (rare := rarity(term)) > 0}
    return scaled(weights)


def scaled(weights: Weights) -> Weights:
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {term: weight / length for term, weight in weights.items()} if length else {}


def similarity(one: Weights, other: Weights) -> float:
    """The cosine: 0 for nothing in common, 1 for the same."""
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other[term] for term, weight in one.items() if term in other)


def term_of(pair: bytes) -> int:
    """The term of two characters, or of a Latin word, in UTF-16 little-endian."""
    return crc32(pair) % TERMS


def terms_of(name: str) -> frozenset[int]:
    """The terms that a name of Chinese characters brings into a fingerprint."""
    coded = name.encode("utf-16-le", "surrogatepass")
    return frozenset(term_of(coded[at : at + 4]) for at in range(0, len(coded) - 2, 2))
