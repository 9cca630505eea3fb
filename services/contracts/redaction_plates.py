"""Number plates, with and without the province."""

from __future__ import annotations

import re
from typing import Final

from services.contracts.redaction_sheet import CN, Rule

_PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_GAP: Final = r"[\s.\-_/,、()\"'“”*|]"
_LETTER: Final = "[A-HJ-NP-Za-hj-np-z]"
_SIGN: Final = "[A-HJ-NP-Za-hj-np-z0-9]"
_TAIL: Final = rf"(?:[A-HJ-NP-Za-hj-np-z0-9{CN}]{_GAP}{{0,2}}){{4,5}}[A-HJ-NP-Za-hj-np-z0-9{CN}挂学警港澳领使应急]"
_PLATE: Final = re.compile(
    rf"WJ\s?[{_PROVINCES}]?{_GAP}{{0,2}}[0-9](?:{_GAP}?[0-9]){{3,6}}{_LETTER}?(?![A-Za-z0-9])|[使领](?:[0-9]{_GAP}?){{6}}"
    rf"|[{_PROVINCES}临]市?(?:牌照?|字)?{_GAP}{{0,3}}{_LETTER}(?:牌照?|{_GAP}{{0,3}}){_TAIL}"
)
_BARE: Final = (
    rf"(?<![A-Za-z0-9]){_LETTER}[\s.\-]{{0,2}}(?=(?:[A-Za-z]{{0,3}}[0-9]){{3}}){_SIGN}(?:[\s.\-]?{_SIGN}){{4,5}}"
    r"(?![A-Za-z0-9])"
)
_VEHICLE: Final = r"[车牌](?:牌|照|辆|尾)?(?:号码?)?|SUV|停[着在了]|[有辆部]"
_BEHIND_A_VEHICLE: Final = re.compile(
    rf"(?P<keep>(?:{_VEHICLE})(?:[\s:=(\"'“”\-,]|是|为|的|叫|上海){{0,4}}){_BARE}", re.IGNORECASE
)
_BEFORE_A_VEHICLE: Final = re.compile(
    rf"{_BARE}(?=[\s\")'”]?[的这那一]?[辆部台]?(?:[\u4e00-\u9fff]{{0,3}}车|SUV|[\u4e00-\u9fff]{{0,3}}(?:停在|违停|乱停|占|堵)))",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(
    r"(?<![A-Za-z0-9/])(?<![号型批杆])(?<!编号.)(?<!型号.)(?:[A-HJ-NP-Z][\s.\-]?(?:[DF]?[0-9]{5}|[0-9]{5}[DF])"
    r"|[A-FHJ-NP-RT-Z][\s.\-]?(?=[0-9]{1,4}[A-HJ-NP-Z][0-9]{0,3}(?![A-Za-z0-9]))[0-9A-Z]{5})(?![A-Za-z0-9])"
)
"""Two letters first are a standard as well, and one after G or S a motorway: those only count beside a vehicle."""

PLATES: Final = tuple(Rule(pattern, "[车牌]") for pattern in (_PLATE, _BEHIND_A_VEHICLE, _BEFORE_A_VEHICLE, _ALONE))
