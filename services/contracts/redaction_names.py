"""The caller's own name, in every spelling of field and text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from services.contracts.callers import is_nobody
from services.contracts.redaction_sheet import Rule
from services.contracts.writing import plain

COMPOUND: Final = (
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|太叔|申屠|公孙|慕容"
    "|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|闾丘|子车|亓官|司寇|巫马|公西|颛孙|壤驷|公良|漆雕|乐正|宰父|谷梁|拓跋|夹谷|轩辕|令狐"
    "|段干|百里|呼延|东郭|南门|羊舌|微生|梁丘|左丘|东门|西门|第五|纳兰|完颜|叶赫|富察"
)
_TITLE: Final = re.compile(
    r"(?:老?先生|女士|小姐|太太|阿姨|阿婆|阿公|爷叔|叔叔|伯伯|大爷|大妈|大姐|大哥|大叔|奶奶|爷爷|老师|师傅|同志|医生|教授|律师|经理|主任|男|女)+$"
)
_BRACKETED: Final = re.compile(r"[(\[{<【「《][^)\]}>】」》]*[)\]}>】」》]?")
_LABEL: Final = re.compile(r"^(?:姓名|联系人|来电人|诉求人|称呼|我叫|本人)[:\s]*")
_SEVERAL: Final = re.compile(r"[/、,;|&\n]|\s和\s|\s及\s")
_DOT: Final = re.compile(r"[.·•・‧。∙⋅]")
_GAP: Final = r"[\s.\-_,*'\"]{0,3}"
_HAN: Final = re.compile(r"[\u3400-\u9fff.·•・‧。∙⋅]+")
_LATIN: Final = re.compile(r"[A-Za-z]+")
_LATIN_TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "dr", "sir", "madam"})
_MOST_NAMES: Final = 4
_LONGEST: Final = 40
_SHORTEST_PART: Final = 3


def rules_for(name: str) -> list[Rule]:
    """Of each of the caller's names all but the surname, or the first letter, is masked."""
    return [Rule(pattern, "某") for pattern in _patterns(name)]


def _patterns(field: str) -> Iterator[re.Pattern[str]]:
    said = plain(field[: 4 * _LONGEST])
    outside = _BRACKETED.sub(" ", said)
    if not _HAN.search(outside):
        outside = re.sub(r"[()\[\]{}<>【】「」《》]", " ", said)
    for name in _SEVERAL.split(outside)[:_MOST_NAMES]:
        yield from _of_characters("".join(_HAN.findall(_LABEL.sub("", name.strip()))))
        yield from _of_letters(" ".join(_LATIN.findall(name)))


def _of_letters(name: str) -> Iterator[re.Pattern[str]]:
    words = [word for word in re.split(r"[^A-Za-z]+", name) if word and word.lower() not in _LATIN_TITLES][:6]
    if len("".join(words)) < 3 or (len(words) == 1 and len(words[0]) < 3):
        return
    for order in dict.fromkeys((tuple(words), tuple(reversed(words)))):
        first, rest = order[0][0], [order[0][1:], *order[1:]]
        yield re.compile(rf"(?<![A-Za-z])(?P<keep>{first}){_GAP.join(rest)}(?![A-Za-z])", re.IGNORECASE)


def _of_characters(name: str) -> Iterator[re.Pattern[str]]:
    parts = [part for part in _DOT.split(name) if part]
    whole = "".join(parts) if len(parts) > 1 else _TITLE.sub("", "".join(parts))
    if len(whole) < 2 or len(whole) > _LONGEST or is_nobody(whole):
        return
    yield _pattern(whole)
    if len(parts) > 1:
        yield from (_pattern(part) for part in parts if len(part) >= _SHORTEST_PART)


def _pattern(name: str) -> re.Pattern[str]:
    size = 2 if len(name) > 2 and re.match(COMPOUND, name) else 1
    surname, given = (_GAP.join(map(re.escape, part)) for part in (name[:size], name[size:]))
    return re.compile(f"(?P<keep>{surname}){_GAP}{given}", re.IGNORECASE)
