"""A first redaction: what names or reaches a person is masked before any text leaves intake (domain.md §9).

No redaction is perfect: other people's names and roundabout descriptions get through, which is why redacted text is
kept for a short time only. In doubt a number is masked, unless it reads as a date, money, a measure, a lane or a
house: those are what a ticket is read for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

# Rules read folded text: one character for each, so that full-width and circled digits are digits, and the kinds of
# dash, dot and blank (invisible ones too) are one each. What is kept is kept as it was written.
_FOLDED = {
    code: plain
    for code in (*range(0x80, 0x10000), *range(0x1D7CE, 0x1D800))
    if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1 and plain.isascii()
}
_FOLDED |= dict.fromkeys(map(ord, "‐‑‒–—―−－﹣"), "-") | dict.fromkeys(map(ord, "·•・‧。"), ".") | {ord("×"): "X"}
_FOLDED |= dict.fromkeys((0xAD, *range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF), " ")

_CN = "零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_D = f"[0-9{_CN}]"
_S = r"[\s.\-_/,、()~]"
_UNIT = (
    r"\s?(?:[0-9*年月日天元块角万千百亿米平方㎡人名个家次辆台只根棵条度吨斤级路弄号线届%]|[.:][0-9]|户(?!主)|小时|分钟"
    r"|公里|多|余|几|左右|不等|以上|以下|之间)"
)

# How people break up the eleven digits of a mobile, besides 3-4-4 and not at all.
_GROUPINGS = (
    (4, 4, 3), (4, 3, 4), (3, 3, 5), (3, 5, 3), (3, 3, 3, 2), (2, 3, 3, 3), (1, 3, 3, 4), (1, 2, 4, 4), (5, 6), (6, 5),
    (2, 9), (2, 2, 2, 2, 2, 1), (1, 2, 2, 2, 2, 2), (3, 2, 2, 2, 2), (1,) * 11,
)  # fmt: skip
_GROUPED = "|".join(rf"{_S}{{1,3}}".join(rf"{_D}{{{size}}}" for size in sizes) for sizes in _GROUPINGS)
_MOBILE = re.compile(
    rf"(?<![0-9])(?:(?:\+|00)?86{_S}{{0,3}}|0)?(?=[1一幺壹]{_S}{{0,3}}[3-9三四五六七八九叁肆伍陆柒捌玖])"
    rf"(?:{_D}{{3}}{_S}{{0,3}}{_D}{{4}}{_S}{{0,3}}{_D}{{4}}|{_GROUPED})(?![0-9])"
)
_ID_OR_CARD = re.compile(
    rf"(?<![0-9])(?:{_D}{{6}}{_S}?{_D}{{4}}{_S}?{_D}{{2}}{_S}?{_D}{{2}}{_S}?{_D}{{3}}{_S}?[0-9Xx{_CN}]"
    rf"|[3-6]{_D}{{3}}(?:{_S}{_D}{{4}}){{3}}(?:{_S}?{_D}{{1,3}})?|{_D}(?:{_S}{_D}){{14,16}}(?:{_S}[0-9Xx])?"
    rf"|{_D}{{15,}}[Xx]?)(?![0-9])"
)
_A_DAY = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
_YEARS = r"(?:19|20)[0-9]{2}[- ](?:19|20)[0-9]{2}(?![0-9])"
_LANDLINE = re.compile(
    rf"(?<![0-9.¥￥])(?:(?:(?:\+|00)?86[- ]?\(?0?[1-9][0-9]{{1,2}}|\(?0[1-9][0-9]{{1,2}})\)?[- ]?{_D}{{3,4}}"
    rf"|(?!{_A_DAY}|{_YEARS})[2-8二三四五六七八]{_D}{{3}})[- ]?{_D}{{4}}(?!{_UNIT}|室)"
    r"(?:\s?[-转]\s?[0-9]{1,5}(?![0-9]))?"
)
_PLATE = re.compile(
    rf"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]牌?{_S}{{0,2}}[A-HJ-NP-Za-hj-np-z]{_S}{{0,2}}"
    rf"(?:[A-HJ-NP-Za-hj-np-z0-9{_CN}]{_S}?){{4,5}}[A-HJ-NP-Za-hj-np-z0-9{_CN}挂学警港澳领使]"
)
_ACCOUNT = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"
    r"|(?P<keep>(?:微信|QQ|qq)号?码?[:\s是为]{0,3})[A-Za-z0-9_-]{5,20}"
)

_NUMERAL = f"[{_CN}两十百]{{1,6}}"
_ROOM = r"\s?号?(?:室|房间|房(?![管产租价屋]))"
_SMALL_ROOM = rf"\s?号?(?:室(?!户|\s?[0-9{_CN}两]\s?[厅卫]|[外内主型温友])|房间)"
_FLAT = re.compile(
    rf"(?<![0-9])(?:[0-9]{{3,4}}\s?[、,和及与~至到-]\s?){{0,5}}"
    rf"(?:[A-Za-z]?[0-9]{{3,4}}[A-Za-z]?{_ROOM}|(?:[A-Za-z]?[0-9]{{1,2}}[A-Za-z]?|{_NUMERAL}){_SMALL_ROOM})"
)
_FLAT_BEHIND_A_HOUSE = re.compile(
    rf"(?P<keep>(?<![0-9月])(?<!月[0-9])(?:[0-9]{{1,4}}|{_NUMERAL})(?:号楼?|幢|栋|座|楼|层|单元)[\s\-/,]{{0,2}})"
    rf"(?:[A-Za-z]?[0-9]{{3,4}}[A-Za-z]?|[{_CN}]{{3,4}})(?!{_UNIT})"
)
_FLAT_BEHIND_A_DASH = re.compile(
    r"(?P<keep>(?<![0-9\-/.:])(?!400|800|(?:[0-9]{1,2}[-/]){2}(?:19|20)[0-9]{2})(?:[0-9]{1,3}\s?[-/]\s?){1,2})"
    rf"[0-9]{{3,4}}(?!{_UNIT}|\s?[-/][0-9])"
)


def _short_mobile(number: str) -> str:
    digits = re.findall(_D, number)[-11:]
    return f"{''.join(digits[:3])}****{''.join(digits[7:])}"


_FLATS = (_FLAT, _FLAT_BEHIND_A_HOUSE, _FLAT_BEHIND_A_DASH)
_RULES: tuple[tuple[re.Pattern[str], str | Callable[[str], str]], ...] = (
    (_ID_OR_CARD, "[证件号]"),
    (_MOBILE, _short_mobile),
    (_LANDLINE, "[电话]"),
    (_PLATE, "[车牌]"),
    (_ACCOUNT, "[账号]"),
    *((pattern, "[室号]") for pattern in _FLATS),
)

# What is written into the field of a name when there is none to write.
_NOBODY = re.compile(r"居民|业主|市民|群众|住户|租户|租客|匿名|保密|不详|无名|老人|路人|先生|女士|小姐")
_TITLED = re.compile(r"(?:先生|女士|小姐|阿姨|阿婆|爷叔|叔叔|老师|师傅)$")


def redact(text: str, *, name: str | None = None, flats: frozenset[str] = frozenset()) -> str:
    """Masks numbers of phones, identity papers, cards and plates, accounts, and cuts flats to their building.

    Of the caller, `name` is cut to the surname and the numbers `flats` (see `flats_in`) are masked wherever they
    stand alone. Idempotent.
    """
    folded = text.translate(_FOLDED)
    for pattern, mask in _RULES:
        matches = [*pattern.finditer(folded)]
        if matches:
            text = _masked(text, matches, mask)
            folded = text.translate(_FOLDED)
    for flat in flats:
        if flat in text:
            text = re.sub(rf"(?<![0-9{_CN}]){flat}(?![{_CN}]|{_UNIT})", "[室号]", text)
    if name and len(name) > 1 and not _NOBODY.fullmatch(name) and not _TITLED.search(name):
        text = text.replace(name, f"{name[0]}某")
    return text


def flats_in(text: str) -> frozenset[str]:
    """The numbers of the flats that a text names, for masking them in what else the same caller says."""
    text = text.translate(_FOLDED)
    found = (match[0][len(_kept(match)) :] for pattern in _FLATS for match in pattern.finditer(text))
    return frozenset(number for flat in found for number in re.findall(rf"[0-9]{{3,4}}|[{_CN}]{{3,4}}", flat))


def _masked(text: str, matches: list[re.Match[str]], mask: str | Callable[[str], str]) -> str:
    parts, end = [], 0
    for match in matches:
        parts += [text[end : match.start() + len(_kept(match))], mask if isinstance(mask, str) else mask(match[0])]
        end = match.end()
    return "".join((*parts, text[end:]))


def _kept(match: re.Match[str]) -> str:
    return (match.groupdict().get("keep") or "") if match.lastgroup else ""
