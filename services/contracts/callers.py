"""Who calls, by what is written into the fields for it: one number for one person, and none for nobody."""

from __future__ import annotations

import re
from typing import Final

from services.contracts.districts import district
from services.contracts.writing import plain

EMAIL: Final = r"^[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}$"
"""An address that a caller may be written to, in ASCII; it has at most LONGEST_EMAIL characters."""
LONGEST_EMAIL: Final = 254

_PHONE: Final = re.compile(
    r"(?P<abroad>\+|00)?(?P<digits>[0-9(][0-9 ().\-–—]*)(?:(?:转|ext\.?|x|#)\s*(?P<extension>[0-9]{1,6}))?"
)
_OF_A_SPREADSHEET: Final = re.compile(r"'?([0-9]{7,15})\.0+")
_MOBILE: Final = re.compile(r"0?(1[3-9][0-9]{9})")
_LOCAL: Final = re.compile(r"[2-8][0-9]{6,7}")
_MOST_WRITTEN: Final = 200

_NUMBER: Final = re.compile(
    r"(?<![0-9])(?:(?:(?:\+|00)?86[ \-]?|0)?1[3-9][0-9](?:[ \-–—.]?[0-9]){8}"
    r"|(?:\+|00)?(?:\([0-9]{2,4}\)|[0-9])(?:[ \-–—.()]{0,2}[0-9]){4,14})(?:\.0+)?(?![0-9])"
    r"(?:\s?(?:转|ext\.?|#)\s*[0-9]{1,6}(?![0-9]))?",
    re.IGNORECASE,
)
"""A mobile first: two numbers that a blank separates are not one."""
_MASKED: Final = re.compile(r"[0-9]*[*●○Xx]{2,}[0-9]*")
_NO_NUMBER: Final = re.compile(
    r"(?:0(?:[1-9][0-9]{1,2})?)?(?:1(?:10|14|19|20|22)|1[02][0-9]{3}|9[56][0-9]{3,4})"
    r"|([0-9])\1{4,}|(?:0[1-9][0-9]{1,2})?(?:0{7,8}|[1-9]?23456789?0?)|0123456789"
)
"""The hotlines themselves; all digits one, a number of zeros, and counting."""
_BRACKETS: Final = "()[]{}<>《》【】。!…"
_NO_NAME: Final = re.compile(
    r"[\W_]*|0+|12345|无.{0,6}|没有.{0,4}|未(?:知|提供|填写?|留|登记|详|透露)|不(?:详|明|知|便|愿透露|愿提供|公开|提供)|(?:拒绝|要求)?保密|拒绝.{0,4}"
    r"|匿名.{0,6}|(?:热心|本市|本区|一位|某位?)?(?:.{0,8}网友|市民|居民|群众|业主|住户|租户|租客|老人|路人|游客|访客|用户|来电人|诉求人|当事人|先生|女士|小姐|同志)"
    r"|本人|某某*|[x*]+某?|.某+|anonymous|guest|visitor|unknown|none|null|nil|n/?a|nan|undefined|test|测试",
    re.IGNORECASE,
)


def normalise_phone(phone: str) -> str:
    """Digits only, without the country's 86, of a mobile without a 0 before it, of a landline with the area's 0, that
    of the district if it has none, so that one caller has one number.

    Raises ValueError, which says what to do, for what is not a phone number.
    """
    said = plain(phone).strip()
    if whole := _OF_A_SPREADSHEET.fullmatch(said):
        said = whole[1]
    found = _PHONE.fullmatch(said)
    digits = re.sub(r"[^0-9]", "", found["digits"]) if found else ""
    if found is None or not 5 <= len(digits) <= 15:
        raise ValueError("is not a phone number: give 5 to 15 digits, or leave the caller's phone out")
    home = digits.removeprefix("86")
    if home != digits and (found["abroad"] or _MOBILE.fullmatch(home)):
        digits = home if _MOBILE.fullmatch(home) else f"0{home.removeprefix('0')}"
    elif found["abroad"]:
        return f"00{digits}{found['extension'] or ''}"
    if mobile := _MOBILE.fullmatch(digits):
        digits = mobile[1]
    elif _LOCAL.fullmatch(digits):
        digits = district().area_code + digits
    return digits + (found["extension"] or "")


def phone_in(cell: str) -> str | None:
    """The first number in a cell of a file that reaches somebody, as `normalise_phone` gives it. People write two
    numbers there, remarks, or that there is none; a number masked in part reaches nobody."""
    for found in _NUMBER.finditer(_MASKED.sub(" ", plain(cell[:_MOST_WRITTEN]))):
        try:
            number = normalise_phone(found[0])
        except ValueError:
            continue
        if not is_nobodys_phone(number):
            return number
    return None


def is_nobody(written: str) -> bool:
    """Whether a name or an id stands where there is no caller (匿名网友, 无, -, 000, 138****8000): it proves no caller,
    and two of them are not the same one."""
    said = re.sub(r"\s", "", plain(written[:_MOST_WRITTEN])).strip(_BRACKETS)
    return bool(_NO_NAME.fullmatch(said) or _MASKED.fullmatch(said))


def is_nobodys_phone(number: str) -> bool:
    """Of a number as `normalise_phone` gives it: 00000000, 11111111, 12345."""
    return bool(_NO_NUMBER.fullmatch(number))
