"""A text as the rules of redaction read it, and what they mask of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.contracts.writing import Traced

CN: Final = "零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
D: Final = f"[0-9{CN}]"
"""A digit in either script."""
UNIT: Final = (
    r"\s?(?:[0-9*年月日天元块角万千百亿米平方㎡人名个家次辆台只根棵条度吨斤级路弄号线届%]|[.:][0-9]|户(?!主)|小时|分钟"
    r"|公里|多|余|几|左右|不等|以上|以下|之间|m2|kg|km)"
)
"""What stands behind a number that counts or dates something, and reaches nobody."""

_DASHES: Final = re.compile("[‐‑‒–—―−ー─]")
_DOTS: Final = re.compile("[·•・‧。∙⋅]")
_FORMAL_THREE: Final = re.compile(r"(?<=[零壹贰叁肆伍陆柒捌玖])参|参(?=[零壹贰叁肆伍陆柒捌玖])")
"""The formal digit, in traditional characters, has become the word's character."""
BLOCK: Final = "\ue000"
"""Stands for each character that is masked: no rule reads it."""
_MASKED: Final = re.compile(rf"\[(?:证件号|电话|车牌|账号|室号|尾号)\]|(?<![0-9]){D}{{3}}\*{{4}}{D}{{4}}(?![0-9])")


class Mask(NamedTuple):
    """What `instead` stands for: the text as it is read, from `start` to `end`."""

    start: int
    end: int
    instead: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Masks what a pattern finds, but for what it names `keep`. Most texts hold nothing of what it `needs`, and that is
    soon seen."""

    pattern: re.Pattern[str]
    instead: str
    needs: re.Pattern[str] | None = None

    def __call__(self, read: str) -> Iterator[Mask]:
        if self.needs is None or self.needs.search(read):
            for found in self.pattern.finditer(read):
                yield Mask(found.end("keep") if self._keeps(found) else found.start(), found.end(), self.instead)

    def _keeps(self, found: re.Match[str]) -> bool:
        return "keep" in self.pattern.groupindex and found["keep"] is not None


class Sheet:
    """`read` is plain writing in which dashes and dots are one each, and what is masked already is blocked out, so
    that a rule finds in a redacted text what it found in the text before."""

    def __init__(self, text: str) -> None:
        self._traced = Traced(text)
        self.read = _FORMAL_THREE.sub("叁", _DOTS.sub(".", _DASHES.sub("-", self._traced.text))).replace("×", "X")
        self._masks: list[Mask] = []
        self._block((found.start(), found.end()) for found in _MASKED.finditer(self.read))

    def mask(self, masks: Iterable[Mask]) -> bool:
        """Whether there was anything. The masks are in the order of the text and do not overlap."""
        found = list(masks)
        if found:
            self._masks += found
            self._block((one.start, one.end) for one in found)
        return bool(found)

    def redacted(self) -> str:
        text, parts, done = self._traced.original, [], 0
        for one in sorted(self._masks):
            start, end = self._traced.span(one.start, one.end)
            parts += [text[done:start], one.instead]
            done = end
        return "".join((*parts, text[done:]))

    def _block(self, spans: Iterable[tuple[int, int]]) -> None:
        parts, done = [], 0
        for start, end in spans:
            parts += [self.read[done:start], BLOCK * (end - start)]
            done = end
        if done:
            self.read = "".join((*parts, self.read[done:]))
