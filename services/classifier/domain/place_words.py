"""Names of places in a text, known to the register or not: what stands before 小区, 路, 广场 and the like.

They tell two matters of one kind apart (docs/domain.md §2.6: many callers, one matter). A name is cut at its left by
the words that lead up to it, so it may carry a word too many: readers compare names by containment. Districts, towns
and cities are areas, not places, and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

MOST_WORDS: Final = 8
LONGEST_BEFORE_ENDING: Final = 8
LONGEST: Final = 20

_MASKED: Final = tuple(f"{letter}{digit}县" for letter in "ijklmnopqrstuvwxyz" for digit in range(10))
"""What publishers put for a part of a name (万境K9县); their districts have the letters before (A3区)."""
_AREA: Final = re.compile(
    r"(?<![a-z])[a-h]\d{0,2}[市县区省]|(?<![a-z])[i-z][市县省]|西地省"
    r"|[\u4e00-\u9fff]{2,3}(?:街道|镇|乡)(?:办事处)?|[\u4e00-\u9fff]{2}自治区",
    re.ASCII,
)
_NAME: Final = re.compile(r"[\u4e00-\u9fffa-z0-9]{2,}$")


class PlaceWords:
    """Finds names by what they end with. `leads` lead up to a name; those of `in_names` may also be part of one."""

    def __init__(self, endings: Iterable[str], leads: Iterable[str], in_names: Iterable[str]) -> None:
        self._no_names = frozenset(endings)
        self._in_names = frozenset(in_names)
        is_ending = dict.fromkeys(leads, False) | dict.fromkeys((*self._no_names, *_MASKED), True)
        self._is_ending = list(is_ending.values())
        self._words = AhoCorasick(list(is_ending), matchkind=MatchKind.LeftmostLongest)

    def of(self, message: str) -> tuple[str, ...]:
        """Of a normalised message: at most MOST_WORDS names, each once, in the order of the text."""
        text = _AREA.sub(_blank, message)
        return tuple(dict.fromkeys(self._names(text)))[:MOST_WORDS]

    def _names(self, text: str) -> Iterator[str]:
        begin, name = 0, ""
        before = left = 0
        for number, start, end in self._words.find_matches_as_indexes(text):
            ending = self._is_ending[number]
            between = text[left:start]
            if name and not (ending and (not between or between.isdigit())):
                yield name
                name = ""
            if ending:
                begin = begin if name else self._beginning(text, before, left, start)
                name = text[begin:end] if begin < start and end <= begin + LONGEST else ""
                if not name:
                    continue
            before, left = end if ending else start, end
        if name:
            yield name

    def _beginning(self, text: str, before: int, left: int, end: int) -> int:
        """Where the name begins whose ending begins at `end`; `end` where there is none."""
        left = max(left, end - LONGEST_BEFORE_ENDING)
        if end - left < 2 and text[before:left] in self._in_names:
            left = before
        found = _NAME.search(text, left, end)
        if found is None or found[0].isdigit() or found[0] in self._no_names:
            return end
        return found.start()


def _blank(area: re.Match[str]) -> str:
    return "|" * len(area[0])
