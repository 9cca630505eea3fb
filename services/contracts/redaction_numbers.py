"""Numbers that identify or reach a person by their digits alone: mobiles, landlines, identity numbers, bank cards.

In doubt a number is masked, unless it reads as a date, money, a measure, a lane or a house.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from services.contracts.redaction_phones import AREA, MOBILE, landline, mobile
from services.contracts.redaction_runs import MOST_DIGITS, Judge, Stretch, masks_in
from services.contracts.redaction_sheet import Mask, Rule

_LOOK_ALIKE: Final = re.compile(r"(?<![A-Za-z0-9])[0-9oOlI](?:[ \-]?[0-9oOlI]){10,18}(?![A-Za-z0-9])")
_LOOK_ALIKES: Final = str.maketrans("oOlI", "0011")
_FEWEST_TRUE_DIGITS: Final = 4

_DAY: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_ID: Final = re.compile(rf"[1-9][0-9]{{5}}(?:18|19|20)[0-9]{{2}}{_DAY}[0-9]{{3}}[0-9X]")
_OLD_ID: Final = re.compile(rf"[1-8][0-9]{{7}}{_DAY}[0-9]{{3}}")
_ID_GROUPS: Final = frozenset({(6, 8, 4), (6, 8, 3), (6, 4, 4, 4), (6, 4, 4, 3), (6, 4, 2, 2, 4), (6, 4, 2, 2, 3)})
_CHECK: Final = re.compile(r"[\s\-(]?[Xx](?![A-Za-z0-9])")
_CARD: Final = re.compile(r"[3-9][0-9]{14,18}")
_FEWEST_OF_AN_ID: Final = 15
_ACCOUNT_BEFORE: Final = re.compile(r"(?:卡|账号|账户|帐号|户头|身份证|证件)[^0-9]{0,10}$")
_REFERENCE_BEFORE: Final = re.compile(
    r"(?:工单|受理|案件|诉求|流水|订单|投诉单?|登记|信访|快递单?|运单)(?:编?号码?)?[:是为\s]{0,3}$"
)
_PARTLY_MASKED: Final = re.compile(r"(?<![0-9])[0-9]{5,14}\*{2,12}[0-9]{0,6}[Xx]?(?![0-9])")

PARTLY_MASKED: Final = Rule(_PARTLY_MASKED, "[证件号]")
"""What somebody has masked before, and left too much of."""


def numbers(read: str) -> Iterator[Mask]:
    return masks_in(_LOOK_ALIKE.sub(_as_digits, read), _candidates)


def _as_digits(found: re.Match[str]) -> str:
    enough = sum(map(str.isdigit, found[0])) >= _FEWEST_TRUE_DIGITS
    return found[0].translate(_LOOK_ALIKES) if enough else found[0]


def _candidates(digits: str, first: int) -> Iterator[tuple[int, Judge]]:
    """The longest first."""
    if len(digits) > MOST_DIGITS:
        yield len(digits), _long
    if first in (1, 6) or first >= _FEWEST_OF_AN_ID or any(one.match(digits) for one in (_ID, _OLD_ID, _CARD)):
        for length in range(min(len(digits), MOST_DIGITS), _FEWEST_OF_AN_ID - 1, -1):
            yield length, _identity
    if found := MOBILE.match(digits):
        yield found.end(), mobile
    if found := AREA.match(digits):
        yield found.end(), landline
        yield found.end() - 1, landline
    for length in (8, 7):
        if len(digits) >= length and digits[0] in "2345678":
            yield length, landline


def _long(window: Stretch) -> Mask | None:
    whole = len(window.sizes) == 1 and not _REFERENCE_BEFORE.search(window.before())
    return Mask(window.start, window.end, "[证件号]") if whole else None


def _identity(window: Stretch) -> Mask | None:
    digits, end = window.digits, window.end
    if check := _CHECK.match(window.text, end):
        end = check.end()
        digits += "X" if len(digits) == 17 else ""
    if _is_id(window, digits) or _is_card(window, digits) or _long(window):
        return Mask(window.start, end, "[证件号]")
    return None


def _is_id(window: Stretch, digits: str) -> bool:
    if len(digits) == 15:
        return bool(_OLD_ID.fullmatch(digits)) and (window.even or window.sizes == (6, 6, 3))
    return len(digits) == 18 and bool(_ID.fullmatch(digits) or window.sizes in _ID_GROUPS)


def _is_card(window: Stretch, digits: str) -> bool:
    singly, of_a_card = set(window.sizes) == {1}, bool(_CARD.fullmatch(digits))
    in_fours = len(digits) >= 16 and set(window.sizes[:-1]) == {4} and window.sizes[-1] <= 4
    if in_fours and of_a_card and _is_luhn(digits):
        return True
    if not window.even or not (singly or of_a_card):
        return False
    return singly or in_fours or _is_luhn(digits) or bool(_ACCOUNT_BEFORE.search(window.before()))


def _is_luhn(digits: str) -> bool:
    if not digits.isdigit():
        return False
    doubled = [int(one) * (2 if place % 2 else 1) for place, one in enumerate(reversed(digits))]
    return sum(one // 10 + one % 10 for one in doubled) % 10 == 0
