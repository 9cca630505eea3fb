"""Names with one slip in them: a character wrong, missing, too many, or two swapped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from ahocorasick_rs import AhoCorasick

from services.classifier.domain.places_offices import is_no_estate
from services.classifier.domain.places_writing import ENDINGS, stem_of

SHORTEST: Final = 4
SHORTEST_STEM: Final = 3
ORDINALS: Final = frozenset("一二三四五六七八九十壹贰叁0123456789东西南北中上下前后新老大外abcdefgh支")
LEADS: Final = frozenset("住在到是问诉映的对从于和与及往去离近给向为由归属叫即")
"""What leads up to a name."""
TELLING: Final = ORDINALS | frozenset("路街道弄")
"""Characters that distinguish an estate from its neighbour: 二村 is never a slip for 三村."""


class Typos:
    """Finds known names that differ from what is written by one slip.

    One slip leaves half of a name whole, so only around halves of names is looked; there every string is compared
    by what is left of it without one of its characters. Names under SHORTEST characters and those of offices are left
    alone, and of those whose own part is under SHORTEST_STEM only two swapped characters or a slip in the general part
    (小区) count.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._without_one: dict[str, set[str]] = defaultdict(set)
        lengths: dict[tuple[str, bool], set[int]] = defaultdict(set)
        for name in names:
            if len(name) < SHORTEST or any(c.isdigit() for c in name) or is_no_estate(stem_of(name)):
                continue
            for shorter in (name, *_shorter(name)):
                self._without_one[shorter].add(name)
            middle = len(name) // 2
            # Two characters swapped over the middle leave no half whole: the swapped name has halves, too.
            for form in (name, f"{name[: middle - 1]}{name[middle]}{name[middle - 1]}{name[middle + 1 :]}"):
                lengths[form[:middle], True].add(len(name))
                lengths[form[middle:], False].add(len(name))
        halves = dict.fromkeys(half for half, _ in lengths)
        self._sizes = [[_around(lengths.get((half, first), set())) for first in (True, False)] for half in halves]
        self._halves = AhoCorasick(list(halves))

    def find(self, text: str) -> dict[str, int]:
        """The names that may be meant in a canonical text, each with where it ends."""
        found: dict[str, int] = {}
        for number, start, end in self._halves.find_matches_as_indexes(text, overlapping=True):
            beginning, ending = self._sizes[number]
            for size in beginning:
                if start + size <= len(text):
                    self._compare(text, start, start + size, found)
            for size in ending:
                if size <= end:
                    self._compare(text, end - size, end, found)
        return found

    def _compare(self, text: str, start: int, end: int, found: dict[str, int]) -> None:
        get, part = self._without_one.get, text[start:end]
        for shorter in (part, *_shorter(part)):
            for name in get(shorter, ()):
                if name in found or not is_slip(name, part) or _is_another(name, text, start):
                    continue
                if part[:1] == name[:1] or not _goes_on_before(text, start):
                    found[name] = end


def _goes_on_before(text: str, start: int) -> bool:
    """Whether what stands before is more of a name: 春江郦城 in 龙湖春江郦城 is no slip for 珠江郦城."""
    return start > 0 and "一" <= text[start - 1] <= "鿿" and text[start - 1] not in LEADS


def _is_another(name: str, text: str, start: int) -> bool:
    """Whether a name's own part stands whole, and another general word behind it: 雅居乐家园 is not 雅居乐花园."""
    stem = stem_of(name)
    behind = start + len(stem)
    if not text.startswith(stem, start) or text.startswith(name[len(stem) :], behind):
        return False
    return any(text.startswith(ending, behind) for ending in ENDINGS if len(ending) > 1)


def is_slip(name: str, text: str, telling: frozenset[str] = TELLING) -> bool:
    """Whether `text` is `name` with exactly one slip that can have happened in writing; none is in `telling`."""
    start = 0
    while start < min(len(name), len(text)) and name[start] == text[start]:
        start += 1
    tail = 0
    while tail < min(len(name), len(text)) - start and name[-1 - tail] == text[-1 - tail]:
        tail += 1
    meant, wrote = name[start : len(name) - tail], text[start : len(text) - tail]
    swapped = len(meant) == 2 and meant == wrote[::-1]
    if not (swapped or (len(meant) <= 1 and len(wrote) <= 1)) or meant == wrote:
        return False
    if telling & {*meant, *wrote} or any(c.isascii() for c in wrote):
        return False
    stem = stem_of(name)
    if not wrote and not tail and stem == name:  # 广灵一 is the beginning of a road rather than 广灵一村
        return False
    return swapped or len(stem) >= SHORTEST_STEM or (stem != name and start >= len(stem))


def _around(lengths: set[int]) -> list[int]:
    """What a name of one of these lengths may have with a slip in it."""
    return sorted({length + more for length in lengths for more in (-1, 0, 1)})


def _shorter(text: str) -> Iterator[str]:
    return (text[:i] + text[i + 1 :] for i in range(len(text)))
