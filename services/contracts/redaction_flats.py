"""Flats: a number that says behind which door somebody lives. The house stays, for that is where the work is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import Final

from services.contracts.redaction_sheet import CN, UNIT, Mask, Rule

_NUMERAL: Final = f"[{CN}两十百]{{1,6}}"
_ROOM: Final = r"\s?号?(?:室|房间|房(?![管产租价屋东客地])|屋(?![顶面外里内檐脊]))"
_SMALL_ROOM: Final = rf"\s?号?(?:室(?!户|\s?[0-9{CN}两]\s?[厅卫]|[外内主型温友])|房间)"
_ONE: Final = rf"[A-Za-z]?(?:[0-9]{{3,4}}(?:[A-Ea-e](?![A-Za-z0-9])|-[0-9](?![0-9]))?|[{CN}]{{3,4}})(?![0-9{CN}])"
_MORE: Final = rf"(?:\s?[、,和及与跟~至到\-]\s?{_ONE}(?!{UNIT})){{0,5}}"
_NO_FLAT: Final = r"(?!(?:110|114|119|120|122|400|800)(?![0-9])|(?:19|20)[0-9]{2}[\-/.][0-9]{1,2}[\-/.])"

_FLAT: Final = re.compile(
    rf"(?<![0-9])(?:(?:[0-9]{{3,4}}|[{CN}]{{3,4}})\s?[、,和及与~至到\-]\s?){{0,5}}"
    rf"(?:(?:[A-Za-z]?[0-9]{{3,4}}(?:[A-Za-z]|-[0-9])?|[{CN}]{{3,4}}){_ROOM}|(?:[A-Za-z]?[0-9]{{1,2}}[A-Za-z]?|{_NUMERAL}){_SMALL_ROOM})"
)
_HOUSE: Final = (
    rf"(?<![0-9月A-Za-z])(?<!月[0-9])(?:[0-9]{{1,4}}|{_NUMERAL}|[A-Za-z])(?:号楼?|#楼?|幢|栋|座|楼|层|单元|门洞?|梯)"
    r"|(?:[这本同那该东西南北中左右前后]|我们?|咱们?|隔壁|[0-9A-Za-z]号)(?:楼|栋|幢|座|单元|门洞|边?户)"
)
_BEHIND_A_HOUSE: Final = re.compile(
    rf"(?P<keep>(?:{_HOUSE})(?:[\s\-/,、]|的|里|内|[0-9]{{1,2}}[\-/]){{0,3}}){_NO_FLAT}{_ONE}{_MORE}(?!{UNIT})"
)
_BEHIND_A_DASH: Final = re.compile(
    r"(?P<keep>(?<![0-9\-/:])(?<![0-9]\.)(?<![A-Z]{2})(?<!编号)(?!400|800|(?:[0-9]{1,2}[-/]){2}(?:19|20)[0-9]{2})(?:(?:[0-9]{1,3}|(?<![A-Za-z])[A-Za-z])\s?[-/]\s?){1,2})"
    rf"(?:[0-9]{{3,4}}|[{CN}]{{3,4}})(?!{UNIT}|\s?[-/][0-9])"
)
_AT_HOME: Final = (
    r"我们?家|我在|我们|家里|家住|家在|居住|住|我是|本人是?|他家|她家|邻居家?|隔壁|对门|对面|本户|我户|住户|业主|租客|租户|户主|房主|房东|楼上|楼下|顶楼"
    r"|房号|门牌号?|室号|房间号?|屋号|户号|门号|房"
)
_BEHIND_HOME: Final = re.compile(
    rf"(?P<keep>(?:{_AT_HOME})(?:[\s:,\-(]|在|是|的|为|于|号){{0,3}}){_NO_FLAT}{_ONE}{_MORE}(?!{UNIT}|号(?![室房]))"
)
_WHOSE: Final = (
    r"[这那]?的?(?:业主|住户|住家|房东|户主|房主|租客|租户|房客|邻居|老人|老太|大爷|大妈|大叔|阿姨|先生|女士|男主|女主|主人|人家)"
    r"|(?:这|那)(?:家|户)|家(?:里|的|漏|一直|天天|经常|每天|半夜|晚上|养|装修|孩子|小孩|老人)|的(?:居民|人家|家|那|一家)|户(?:主|漏)"
)
_BEFORE_ITS_PEOPLE: Final = re.compile(
    rf"(?<![0-9{CN}A-Za-z\-/年月第])(?<![0-9A-Za-z]\.)(?<![约近有共达])"
    rf"(?:(?:[A-Za-z]?[0-9]{{3,4}}[A-Za-z]?|[{CN}]{{3,4}})\s?[、,和及与]\s?){{0,5}}{_NO_FLAT}[A-Za-z]?(?:[0-9]{{3,4}}|[{CN}]{{3,4}})"
    rf"[A-Za-z]?(?=\s?(?:{_WHOSE}))"
)
_BEFORE_ITS_TROUBLE: Final = re.compile(
    rf"(?<![^\s,.;:!?()]){_NO_FLAT}[0-9]{{3,4}}(?=\s?(?:漏|渗|滴水|装修|敲墙|养[狗猫鸡]|住[着的]|没人|半夜|又|也|那边))"
)
_THREE_DIGITS: Final = re.compile(rf"[0-9]{{3}}|[{CN}]{{3}}")

FLATS: Final = (
    Rule(_FLAT, "[室号]", re.compile("室|房")),
    *(
        Rule(one, "[室号]", _THREE_DIGITS)
        for one in (_BEHIND_A_HOUSE, _BEHIND_A_DASH, _BEHIND_HOME, _BEFORE_ITS_PEOPLE, _BEFORE_ITS_TROUBLE)
    ),
)
_NUMBER: Final = re.compile(rf"[0-9]{{3,4}}|[{CN}]{{3,4}}")
_ALONE: Final = re.compile(rf"(?<![0-9{CN}])(?:[0-9]{{3,4}}|[{CN}]{{3,4}})(?![{CN}]|{UNIT})")


def flats_named(read: str) -> frozenset[str]:
    """The numbers of the flats that a text names."""
    found = (read[mask.start : mask.end] for rule in FLATS for mask in rule(read))
    return frozenset(number for flat in found for number in _NUMBER.findall(flat))


def flats_alone(read: str, known: Set[str]) -> Iterator[Mask]:
    """Known numbers of flats wherever they stand alone."""
    if known:
        yield from (Mask(*found.span(), "[室号]") for found in _ALONE.finditer(read) if found[0] in known)
