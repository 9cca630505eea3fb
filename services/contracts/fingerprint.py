"""The fingerprint of a text: which terms it holds and how much it dwells on them, under the district's secret.

A term is a pair of neighbouring characters or a short Latin word, known by 22 bits of its keyed hash. Neighbouring
pairs overlap, so whoever could look terms up could put sentences together again: the secret prevents it (ADR 33). The
numbers stand in their own order, not the text's. They are stable across processes and versions as long as the secret
is: whoever changes how terms are made changes FORM. Fingerprints of different forms or secrets are never compared.

Layout before base64url without padding: one byte FORM, one byte that marks the secret, then three bytes a term,
big-endian: 22 bits term, 2 stress.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Final

FORM: Final = 2
MOST_TERMS: Final = 254
"""2 + 3 x 254 bytes are 1,019 characters."""
TERM_BITS: Final = 22
TERMS: Final = 1 << TERM_BITS
STRESSES: Final = range(4)
"""Said once; said again; said at the opening, where people say what they want; said there and again."""
SAID_AT_OPENING: Final = 2
_REMEMBERED: Final = 1 << 17
"""Terms whose numbers a process remembers: more than the pairs of characters that texts of a year use."""

Terms = Mapping[int, int]
"""Stress by term."""
Weights = Mapping[int, float]
"""A vector of length 1, or of none."""


class BadFingerprint(ValueError):
    """A text that no version of this code made."""


class TermKey:
    """Makes and reads fingerprints under one secret. Thread-safe."""

    def __init__(self, secret: bytes) -> None:
        """Raises ValueError for a secret of more than 64 bytes."""
        self._secret = secret
        self._mark = blake2b(key=secret, person=b"mark", digest_size=1).digest()[0]
        self.term_of = lru_cache(_REMEMBERED)(self._term_of)

    def _term_of(self, word: str) -> int:
        """The term of two characters, or of a Latin word."""
        digest = blake2b(word.encode("utf-8", "surrogatepass"), key=self._secret, digest_size=4).digest()
        return int.from_bytes(digest) % TERMS

    def keyed(self, purpose: str, text: str) -> str:
        """A keyed hash of 128 bits, in hexadecimal, that tells equal texts and nothing else. Hashes of one purpose are
        not those of another; `purpose` has at most 16 letters."""
        person = purpose.encode()
        return blake2b(
            text.encode("utf-8", "surrogatepass"), key=self._secret, person=person, digest_size=16
        ).hexdigest()

    def pairs_of(self, run: str) -> list[int]:
        """The terms of all neighbouring characters, in their order."""
        return list(map(self.term_of, map(str.__add__, run, run[1:])))

    def terms_of(self, name: str) -> frozenset[int]:
        """The terms that a name of Chinese characters brings into a fingerprint."""
        return frozenset(self.pairs_of(name))

    def reference_of(self, person: str) -> str:
        """What stands for a person where no name may be: 32 hexadecimal digits, the same for the same words."""
        return blake2b(
            person.encode("utf-8", "surrogatepass"), key=self._secret, person=b"reference", digest_size=16
        ).hexdigest()

    def encode(self, terms: Terms) -> str | None:
        """None for no term; of too many the most stressed stay, then the smallest numbers: alike texts keep alike
        ones."""
        if not terms:
            return None
        kept = sorted(terms)
        if len(kept) > MOST_TERMS:
            kept = sorted(sorted(kept, key=lambda term: (-terms[term], term))[:MOST_TERMS])
        fours = struct.pack(f">{len(kept)}I", *[term << 2 | terms[term] for term in kept])
        packed = bytearray(2 + 3 * len(kept))
        packed[0], packed[1] = FORM, self._mark
        packed[2::3], packed[3::3], packed[4::3] = fours[1::4], fours[2::4], fours[3::4]
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()

    def decode(self, fingerprint: str | None) -> Terms:
        """Empty for None and for a fingerprint of another form or secret. Raises BadFingerprint."""
        data = bytes_of(fingerprint) if fingerprint is not None else b""
        if data[:2] != bytes((FORM, self._mark)):
            return {}
        numbers = (int.from_bytes(data[at : at + 3]) for at in range(2, len(data), 3))
        return {number >> 2: number & 3 for number in numbers}


def bytes_of(fingerprint: str) -> bytes:
    """Of any form and secret. Raises BadFingerprint for what is no fingerprint."""
    try:
        data = base64.b64decode(fingerprint + "=" * (-len(fingerprint) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadFingerprint(f"is not base64url: {error}") from None
    if not data or (data[0] == FORM and len(data) % 3 != 2):
        raise BadFingerprint("is cut short")
    return data


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
