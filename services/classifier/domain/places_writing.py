"""One spelling for what people write in several: Chinese numerals, ordinals, short names."""

from __future__ import annotations

import re
from typing import Final

from services.classifier.domain.lexicon import normalise
from services.classifier.domain.places_offices import DWELLINGS, is_no_estate

_DIGITS: Final = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {"〇": "0", "两": "2"}
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_OTHER_NUMERALS: Final = str.maketrans(
    {"廿": "二十", "卅": "三十", "卌": "四十"}
    | dict(zip("幺壹贰叁肆伍陆柒捌玖拾佰仟", "一一二三四五六七八九十百千", strict=True))
)
_IN_NUMERALS: Final = "〇零一二两三四五六七八九十百千廿卅卌幺壹贰叁肆伍陆柒捌玖拾佰仟"
_NUMERAL: Final = re.compile(
    rf"(?<![{_IN_NUMERALS}])[{_IN_NUMERALS}]++(?=支?弄|号|幢|栋|楼|座|[-至到][{_IN_NUMERALS}]+(?:弄|号))"
)
_ORDINAL: Final = re.compile(r"(?<![0-9])第?([一二三四五六七八九十]|1?[0-9])(?=小区|[村期区居街])")
_CHINESE_ORDINALS: Final = dict(zip(map(str, range(1, 11)), "一二三四五六七八九十", strict=True))

SUFFIXES: Final = (
    *(
        "住宅小区",
        "小区",
        "新村",
        "花园",
        "花苑",
        "公寓",
        "大厦",
        "大楼",
        "家园",
        "名苑",
        "名邸",
        "新苑",
        "别墅",
        "公房",
    ),
    *("嘉园", "佳苑", "丽园", "雅苑", "广场", "宿舍楼", "宿舍"),
)
"""What an estate is called by, and what is left out in speech."""
ENDINGS: Final = (
    *SUFFIXES,
    *(
        "家属院",
        "家属楼",
        "公馆",
        "山庄",
        "庄园",
        "新城",
        "星城",
        "名城",
        "花城",
        "华城",
        "国际",
        "华府",
        "府邸",
        "御府",
        "名苑",
        "世家",
    ),
    *(
        "华庭",
        "豪庭",
        "家苑",
        "馨苑",
        "名园",
        "丽苑",
        "府",
        "城",
        "湾",
        "苑",
        "园",
        "庭",
        "居",
        "轩",
        "阁",
        "坊",
        "里",
        "村",
        "邸",
        "墅",
    ),
)
"""What names of estates end in, and what distinguishes none from another."""
_SHORTEST_STEM: Final = 3
_PART: Final = re.compile(r"\((.*?)\)")
_A_PART: Final = re.compile(r"[a-z0-9一二三四五六七八九十东西南北中]{1,4}[期区苑村]")
_PART_OF_AN_ESTATE: Final = re.compile(r"[a-z0-9一二三四五六七八九十东西南北中]{1,4}[期区苑村]?|公寓|单|双")


def canonical(text: str) -> str:
    """A normalised text with the numerals of addresses as digits (一千二百零一弄: 1201弄) and the ordinals of names in
    Chinese (邮电第2村: 邮电二村)."""
    text = _NUMERAL.sub(lambda found: str(number_of(found[0])), text)
    return _ORDINAL.sub(lambda found: _CHINESE_ORDINALS.get(found[1], found[1]), text)


def number_of(numeral: str) -> int:
    """一千二百零一, 一二〇一, 十五, 一百廿八. A numeral in no order is read as it comes, up to 10 characters."""
    numeral = numeral[:10].translate(_OTHER_NUMERALS)
    if not any(unit in numeral for unit in _UNITS):
        return int("".join(_DIGITS[c] for c in numeral))
    total = digit = 0
    for c in numeral:
        if c in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[c], 0
        else:
            digit = int(_DIGITS[c])
    last_unit = next(_UNITS[c] for c in reversed(numeral) if c in _UNITS)
    if digit and last_unit > 10 and numeral[-2] in _UNITS:  # 一百二 is 120
        return total + digit * last_unit // 10
    return total + digit


def written(name: str) -> str:
    """A name as it is looked for."""
    return canonical(normalise(name))


def full_forms(name: str) -> tuple[str, ...]:
    """The name, and what it is with its part in brackets in place: 瑞景新城(一期) is also 瑞景新城一期."""
    whole = written(name)
    if not _PART.search(whole):
        return (whole,)
    plain = _ORDINAL.sub(lambda found: _CHINESE_ORDINALS.get(found[1], found[1]), _PART.sub(r"\1", whole))
    return (whole, plain)


def short_forms(name: str) -> tuple[str, ...]:
    """What people shorten a name to. None has fewer than 3 characters: those are words, too."""
    whole = written(name)
    bare = _PART.sub("", whole)
    inner = [part for part in _PART.findall(whole) if not _PART_OF_AN_ESTATE.fullmatch(part)]
    forms = [bare, *(one for one in inner if not is_no_estate(one))]
    for form in (bare, *inner):
        forms += [_shortened(form, suffix) for suffix in SUFFIXES if form.endswith(suffix)][:1]
        forms += [form.removeprefix(city) for city in ("虹口", "上海") if form.startswith(city)]
    return tuple(form for form in dict.fromkeys(forms) if len(form) >= _SHORTEST_STEM and form != whole)


def _shortened(name: str, suffix: str) -> str:
    stem = name.removesuffix(suffix)
    return "" if is_no_estate(stem) or suffix.startswith("宿舍") else stem


def office_forms(name: str) -> tuple[str, ...]:
    """What else a name is called that is an office's with a general word behind: 燃气公司宿舍 is 燃气公司家属楼."""
    bare = _PART.sub("", written(name))
    stems = [bare.removesuffix(suffix) for suffix in (*SUFFIXES, *DWELLINGS) if bare.endswith(suffix)][:1]
    return tuple(f"{stem}{kind}" for stem in stems if is_no_estate(stem) for kind in DWELLINGS)


def is_part(name: str, form: str) -> bool:
    """Whether a short form of a name leaves out which part of an estate it is: 瑞景新城 for 瑞景新城(一期)."""
    parts = _PART.findall(written(name))
    return any(_A_PART.fullmatch(part) for part in parts) and not any(part in form for part in parts)


def stem_of(form: str) -> str:
    """What is a name's own, without the general words at its end."""
    stem = form
    while ending := next((one for one in ENDINGS if stem.endswith(one) and len(stem) >= len(one) + 2), ""):
        stem = stem.removesuffix(ending)
    return stem
