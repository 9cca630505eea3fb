"""Addresses: a road and a lane (弄) or house number (号), as the register lists them and as texts name them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from services.classifier.domain.places_writing import written

MOST_NUMBERS: Final = 400
"""Of one range of house numbers; a longer one is taken for a slip of the pen, and only its ends are known."""

_AREA: Final = re.compile(r"^\([^)]*\)|^[一-鿿]+-[一-鿿]+-")
_ROAD: Final = re.compile(r"([一-鿿]{1,8}?(?:路|大道|老街|北街|街|道))(?=\d)")
_NUMBERS: Final = re.compile(r"(\d+)(?:[-至到](\d+))?(支弄|弄|号)?")
_NUMBER: Final = re.compile(r"(?<!\d)(\d{1,5})(支弄|弄|号)?")
_HOUSE: Final = re.compile(r"(\d{1,4})(?:号|幢|栋|座)")
_COUNTED: Final = re.compile(r"[\d.路米元年月日岁天个人次点时分多间户层楼室块平辆公吨度万%-]")
_LONGEST_ROAD: Final = 8
_UNREAD: Final = frozenset("*?#x×某几数多余百千万半第廿卅拾佰仟零〇一二三四五六七八九十壹贰叁肆伍陆柒捌玖")
"""What before a number makes it a part of one that could not be read: 一百*8弄 is not 8弄."""


@dataclass(frozen=True, slots=True)
class Address:
    """`houses` are those of the lane that belong to the estate; None: all, as far as is known. A house in no lane
    has its number in `number` and `lane` False."""

    road: str
    number: int
    lane: bool
    houses: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """`road` is one that is known, or None; `before` is what stands before the number. `lane` is None where neither
    弄 nor 号 is written. `end` is where the mention ends in its text."""

    road: str | None
    before: str
    number: int
    lane: bool | None
    house: int | None
    end: int


def addresses_of(listed: str) -> tuple[list[Address], list[str]]:
    """Of what a register writes (玉田路402-412号, 密云路471弄1-69号; several after commas): the addresses, and what
    names a place without a number (玉田新村)."""
    addresses: list[Address] = []
    names: list[str] = []
    road = ""
    for part in re.split(r"[,;、/]", _AREA.sub("", written(listed))):
        part = _AREA.sub("", part)
        if found := _ROAD.search(part):
            road, rest = found[1], part[found.end() :]
        elif part[:1].isdigit() and road:
            rest = part
        else:
            if name := re.match(r"[一-鿿]{3,12}?[村坊里苑园](?=\d|$)", part):
                names.append(name[0])
            continue
        addresses += _of_road(road, rest)
    return addresses, names


def _of_road(road: str, rest: str) -> Iterator[Address]:
    found = _NUMBERS.match(rest)
    if found is None:
        return
    lane = found[3] in ("弄", "支弄")
    numbers = _range(int(found[1]), int(found[2] or found[1]), same_side=True)
    houses: frozenset[int] | None = None
    if lane and found.end() < len(rest):
        inside = [
            house
            for one in re.finditer(r"(\d+)(?:号?[-至到](\d+))?(号|$)", rest[found.end() :])
            for house in _range(int(one[1]), int(one[2] or one[1]), same_side="单" in rest or "双" in rest)
        ]
        houses = frozenset(inside) or None
    for number in numbers:
        yield Address(road, number, lane, houses)


def _range(first: int, last: int, *, same_side: bool) -> list[int]:
    """Both sides of a street have their own parity."""
    if not first <= last <= first + MOST_NUMBERS:
        return [first, last]
    step = 2 if same_side and (last - first) % 2 == 0 and last > first else 1
    return list(range(first, last + 1, step))


def mentions_in(text: str, is_road: Callable[[str], bool]) -> list[Mention]:
    """Every lane and house number of a canonical text, and every number right behind a known road; none of which a part
    could not be read, and of a lane within a lane (590弄5支弄) the outer one."""
    mentions: list[Mention] = []
    taken = 0
    for found in _NUMBER.finditer(text):
        start, end = found.span()
        if start < taken:
            continue
        if text[start - 1 : start] in _UNREAD or (found[2] == "支弄" and text[start - 1 : start] == "弄"):
            taken = end
            continue
        before = text[max(taken, start - _LONGEST_ROAD) : start]
        road = next((before[at:] for at in range(len(before) - 1) if is_road(before[at:])), None)
        lane = None if found[2] is None else found[2] != "号"
        if lane is None and (road is None or end - start < 2 or _COUNTED.match(text, end)):
            continue
        house: int | None = None
        if lane and (inside := _HOUSE.match(text, end)):
            house, end = int(inside[1]), inside.end()
        taken = end
        mentions.append(Mention(road, before, int(found[1]), lane, house, end))
    return mentions
