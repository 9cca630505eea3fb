"""Runs of digits with little between them, and the windows of a run that may be a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from services.contracts.redaction_sheet import BLOCK, CN, D, Mask

MOST_DIGITS: Final = 19
"""Of a number that is broken up."""
_FEWEST: Final = 7
_BETWEEN: Final = rf"(?:[^\w￥¥$%*{BLOCK}]|_|\*(?!\*\*)){{1,6}}"
_RUN: Final = re.compile(rf"{D}(?:(?:{_BETWEEN}|横?杠)?{D})*")
_GROUP: Final = re.compile(rf"[0-9]+|[{CN}]+")
_DIGITS: Final = str.maketrans(CN, "00123456789" + "1" + "123456789")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring groups of digits, or most of them. `between` are the signs between them."""

    text: str
    start: int
    end: int
    digits: str
    sizes: tuple[int, ...]
    between: frozenset[str]

    @property
    def even(self) -> bool:
        """Broken up in one way from beginning to end, and no list."""
        return len(self.between - {""}) <= 1 and not self.listed

    @property
    def listed(self) -> bool:
        return any(sign in "/,、:;" for signs in self.between for sign in signs)

    def before(self, count: int = 14) -> str:
        return self.text[max(0, self.start - count) : self.start]


Judge = Callable[[Stretch], Mask | None]
Candidates = Callable[[str, int], Iterable[tuple[int, Judge]]]
"""Of the digits that follow each other and the size of the first group: after how many a number may end, and who
judges it. The first that is judged to be one counts."""


def masks_in(text: str, candidates: Candidates) -> Iterator[Mask]:
    for found in _RUN.finditer(text):
        if found.end() - found.start() >= _FEWEST:
            yield from _Run(text, *found.span(), candidates).masks()


def digits_of(text: str) -> str:
    """Its digits, whichever script they are in."""
    return "".join(_GROUP.findall(text)).translate(_DIGITS)


class _Run:
    """Numbers are looked for from every group on."""

    def __init__(self, text: str, start: int, end: int, candidates: Candidates) -> None:
        self._text = text
        self._candidates = candidates
        self._groups = list(_GROUP.finditer(text, start, end))
        self._digits = [group[0].translate(_DIGITS) for group in self._groups]

    def masks(self) -> Iterator[Mask]:
        first = 0
        while first < len(self._groups):
            # A Chinese digit at either end may belong to the word beside it (之一, 一直).
            left_out = range(3 if self._is_chinese(first) else 1)
            found = next(filter(None, (self._from(first, count) for count in left_out)), None)
            if found:
                yield found
            first += 1
            while found and first < len(self._groups) and self._groups[first].start() < found.end:
                first += 1

    def _is_chinese(self, group: int) -> bool:
        return self._groups[group][0][0] in CN

    def _from(self, first: int, left_out: int) -> Mask | None:
        digits = self._digits[first][left_out:]
        if not digits:
            return None
        sizes = [len(digits)]
        for one in self._digits[first + 1 : first + MOST_DIGITS]:
            if len(digits) + len(one) > MOST_DIGITS + 2:
                break
            digits += one
            sizes.append(len(one))
        for length, judge in self._candidates(digits, sizes[0]):
            if (window := self._window(first, left_out, digits[:length], sizes)) and (mask := judge(window)):
                return mask
        return None

    def _window(self, first: int, left_out: int, digits: str, sizes: Sequence[int]) -> Stretch | None:
        """None where a number of so many digits would end inside a group."""
        last, rest = first, len(digits)
        while rest > sizes[last - first]:
            rest -= sizes[last - first]
            last += 1
        over = sizes[last - first] - rest
        if over and (over > 2 or not self._is_chinese(last)):
            return None
        groups = self._groups[first : last + 1]
        signs = (self._text[one.end() : other.start()] for one, other in pairwise(groups))
        return Stretch(
            self._text,
            groups[0].start() + left_out,
            groups[-1].end() - over,
            digits,
            (*sizes[: last - first], rest),
            frozenset("".join(sorted(set(one))) for one in signs),
        )
