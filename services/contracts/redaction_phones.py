"""What a mobile and a landline look like, however they are broken up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from services.contracts.redaction_runs import Stretch, digits_of
from services.contracts.redaction_sheet import CN, UNIT, D, Mask

MOBILE: Final = re.compile(r"(?:(?:00)?86|0|1795[19]|12593)?1[3-9][0-9]{9}")
AREA: Final = re.compile(r"(?:0|(?:00)?860?)(?:(?:10|2[0-9])[2-8][0-9]{7}|[3-9][0-9]{2}[2-8][0-9]{6,7})")
"""A landline with its area."""
_LISTED: Final = frozenset({(3, 4, 4), (4, 4, 3), (4, 3, 4), (3, 8), (8, 3), (7, 4), (5, 6), (6, 5), (1,) * 11})
"""How people break up a mobile, if commas or slashes stand between: so they also list houses and buses."""
_SPOKEN: Final = re.compile(rf"[1一幺][\s\-]?(?:[{CN}洞拐勾两0-9][\s\-]?){{9}}[{CN}洞拐勾两0-9]")
_SPOKEN_DIGITS: Final = str.maketrans("洞拐勾两", "0792")

_DAY: Final = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_RANGE: Final = re.compile(r"20[0-3][0-9]{5}|[0-9]{3}0[0-9]{3}0")
"""Years, and round numbers such as a price from and to."""
_CALLED: Final = re.compile(r"(?:电话|座机|固话|家电|号码|热线|致电|拨打?|打|tel)[^0-9]{0,8}$", re.IGNORECASE)
_PART_OF_A_SUM: Final = re.compile(r"[0-9]\.$|[¥￥]$")
"""A full stop alone ends a sentence."""
_COUNTS: Final = re.compile(rf"{UNIT}|室|[一每][平个套户人]")
_HOUSES: Final = re.compile(r"\s?(?:号楼?|弄|幢|栋|座|楼|层|室|户)")
_EXTENSION: Final = re.compile(r"\s?(?:[\-转]|分机)\s?[0-9]{1,5}(?![0-9])")


def mobile(window: Stretch) -> Mask | None:
    """Of digits that MOBILE matches."""
    sizes, start, code = window.sizes, window.start, len(window.digits) - 11
    if code:
        sizes = sizes[1:] if sizes[0] == code else (sizes[0] - code, *sizes[1:])
    if len(sizes) > 1 and sizes not in _LISTED:
        in_order = window.even or (len(sizes) <= 3 and not window.listed)
        if not in_order or _HOUSES.match(window.text, window.end):
            return None
    while code and start and window.text[start - 1] in "+(":
        start -= 1
    return Mask(start, window.end, _shortened(re.findall(D, window.text[start : window.end])[-11:]))


def spoken_mobiles(read: str) -> Iterator[Mask]:
    """Read out as on the radio: 幺三八洞洞幺三八洞洞洞."""
    if any(sign in read for sign in "洞拐勾"):
        for found in _SPOKEN.finditer(read):
            digits = digits_of(found[0].translate(_SPOKEN_DIGITS))
            if MOBILE.fullmatch(digits):
                yield Mask(*found.span(), _shortened(digits))


def landline(window: Stretch) -> Mask | None:
    start, end, area = window.start, window.end, bool(AREA.fullmatch(window.digits))
    if window.listed or _COUNTS.match(window.text, end) or _PART_OF_A_SUM.search(window.before(2)):
        return None
    if not area and not _is_local(window):
        return None
    while area and start and window.text[start - 1] in "+(":
        start -= 1
    if extension := _EXTENSION.match(window.text, end):
        end = extension.end()
    return Mask(start, end, "[电话]")


def _is_local(window: Stretch) -> bool:
    digits, sizes = window.digits, window.sizes
    called = bool(_CALLED.search(window.before()))
    if len(digits) == 7:
        return called and sizes in ((7,), (3, 4))
    if _DAY.fullmatch(digits) or (len(sizes) > 1 and not called and _RANGE.fullmatch(digits)):
        return False
    return sizes in ((8,), (4, 4)) or (window.even and (called or sizes in ((2, 2, 2, 2), (1,) * 8)))


def _shortened(digits: Sequence[str]) -> str:
    """Enough of a mobile to know one's own number again."""
    return f"{''.join(digits[:3])}****{''.join(digits[7:])}"
