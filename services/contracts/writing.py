"""One reading of writing: what a text says, whichever script, width or signs it is written in.

Before any word, place, name or number is looked for, a text is made plain: simplified characters, half width, one
digit for each, nothing that cannot be seen. Case and blanks stay, because some readers need them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from hanziconv import HanziConv

from services.contracts.variants import VARIANTS

_HAN: Final = "".join(map(chr, range(0x4E00, 0xA000)))
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\U0001d159")
"""Fillers: letters or signs by category, and nothing to see."""
_REMEMBERED: Final = 0x20000
"""Characters below are remembered once made plain; above stand rare ideographs, which stay as they are."""


def _in_simplified_use(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


# The table changes some that simplified texts use, too (呼 to 唿): those stay.
_SIMPLIFIED: Final[dict[str, str]] = {
    old: new
    for old, new in zip(_HAN, HanziConv.toSimplified(_HAN), strict=True)
    if old != new and not _in_simplified_use(old)
} | VARIANTS


def _plain_of(character: str) -> str:
    """What one character says; nothing for what cannot be seen."""
    if character in VARIANTS:
        return VARIANTS[character]
    category = unicodedata.category(character)
    if character in "\t\n":
        return character
    if character in "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029":
        return "\n"
    if category in ("Cc", "Cf", "Mn", "Me") or character in _BLANK_LETTERS:
        return ""
    if category == "Cs" or character == "\ufffd":
        return "\ufffd"
    if category == "No" and (number := unicodedata.numeric(character)).is_integer() and number < 100:
        bracketed = unicodedata.normalize("NFKC", character)
        return bracketed if bracketed[:1] in "(0123456789" else str(int(number))
    if category == "Nd":
        return str(unicodedata.digit(character))
    parts = unicodedata.normalize("NFKD", character)
    if not any(unicodedata.combining(part) for part in parts):
        parts = unicodedata.normalize("NFKC", character)
    return "".join(map(_folded, parts))


def _folded(character: str) -> str:
    if character in _SIMPLIFIED:
        return _SIMPLIFIED[character]
    category = unicodedata.category(character)
    if category in ("Mn", "Me"):
        return ""
    return " " if category in ("So", "Sk", "Zs") and not character.isascii() else character


class _Plain(dict[int, str]):
    """What each character says, found out when it first occurs."""

    def __missing__(self, code: int) -> str:
        plain = _plain_of(chr(code))
        if code < _REMEMBERED:
            self[code] = plain
        return plain


_PLAIN: Final = _Plain()
_USUAL: Final = map(chr, (*range(0x80), *range(0x3001, 0x3012), *range(0x4E00, 0xA000)))
_OTHERS: Final = re.compile(f"[^{re.escape(''.join(c for c in _USUAL if _PLAIN[ord(c)] == c))}]+")
"""All but the usual characters that are plain as they stand: most of a text need not be looked up."""


class Traced:
    """A plain text that knows where in the original each of its characters comes from."""

    def __init__(self, original: str) -> None:
        self.original = original
        self.text = plain(original)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the original the plain text from `start` to `end` stands, with the unseen that follows it."""
        origins = self._origins
        if start == end:
            return origins[start], origins[start]
        last = origins[end - 1]
        while origins[end] == last:
            end += 1
        return origins[start], origins[end]

    @cached_property
    def _origins(self) -> Sequence[int]:
        if self.text == self.original:
            return range(len(self.original) + 1)
        origins: list[int] = []
        for at, character in enumerate(self.original):
            origins += [at] * len(_PLAIN[ord(character)])
        return [*origins, len(self.original)]


def plain(text: str) -> str:
    """`plain(plain(text))` is `plain(text)`. Lone surrogates become the replacement character."""
    return _OTHERS.sub(lambda found: found[0].translate(_PLAIN), text)
