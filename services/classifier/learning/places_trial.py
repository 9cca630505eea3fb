"""Measures how well places are found: mentions generated from the register, plain and noisy, are read back."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hanziconv import HanziConv

from services.classifier.domain.estate import Estate
from services.classifier.domain.lexicon import normalise
from services.classifier.domain.places import Register
from services.classifier.domain.places_addresses import addresses_of
from services.classifier.domain.places_import import is_address
from services.classifier.domain.places_typos import ORDINALS, SHORTEST
from services.classifier.domain.places_writing import short_forms, written
from services.classifier.learning.places_unknown import wrong_answers

SENTENCES: Final = (
    "{}的居民反映，楼道灯坏了半个月，报修没人来",
    "我家住{}，昨晚开始水管没水，请尽快派人",
    "市民来电：{}门口每天晚上有人摆摊，影响休息",
    "请问{}什么时候可以加装电梯？",
    "在{}那边，垃圾堆了三天没人清运，味道很大",
    "投诉{}物业，收了钱不办事",
)
PARTS: Final = 10
"""A tenth of the estates is left out at a time; each estate is left out once."""
REGISTERS_BUILT: Final = 1 + PARTS

Noise = Callable[[Estate, random.Random, str], "str | None"]


@dataclass(frozen=True, slots=True)
class NoisyMention:
    estate: str
    kind: str
    text: str
    building: str | None


@dataclass(frozen=True, slots=True)
class Trial:
    """`top1` counts mentions that only one estate can mean: the very estate, and nothing else, is right. `lenient`
    counts all, and as right also candidates with the true one among them. `wrong_instead_of_unknown`: mentions of
    estates left out of the register for which another estate was named; `named_instead_of_unknown`: texts that name no
    estate of the register at all (places_unknown.py) for which one was."""

    n: int
    estates: int
    top1: float
    lenient: float
    strict_over_all: float
    ambiguous_share: float
    wrong: float
    building: float
    by_kind: Mapping[str, float]
    wrong_instead_of_unknown: float
    left_out_n: int
    named_instead_of_unknown: Mapping[str, float]
    mentions_per_s: float


def mentions_of(estates: Iterable[Estate], seed: int, noise: int) -> list[NoisyMention]:
    """`noise` mentions of every kind that an estate can have, half of them inside a sentence."""
    chance = random.Random(seed)
    pool = "".join(sorted({c for estate in estates for c in estate.name if "一" <= c <= "鿿"}))
    made: list[NoisyMention] = []
    for estate in estates:
        for kind, make in _KINDS.items():
            for _ in range(noise):
                text = make(estate, chance, pool)
                if text is None:
                    continue
                building = str(chance.randint(1, 40)) if kind == "building" else None
                if building:
                    text += building + chance.choice(("号", "号楼", "幢", "栋"))
                if kind == "sentence" or chance.random() < 0.5:
                    text = chance.choice(SENTENCES).format(text)
                made.append(NoisyMention(estate.id, kind, text, building))
    return made


def trial_of(
    estates: Sequence[Estate],
    register_of: Callable[[Iterable[Estate]], Register],
    seed: int,
    noise: int,
    advance: Callable[[], None] = lambda: None,
) -> Trial:
    """`advance` is called once for each register that is built."""
    register = register_of(estates)
    mentions = mentions_of(estates, seed, noise)
    shared = _means_several(register, mentions)
    began = time.perf_counter()
    found = [register.locate(normalise(mention.text), "") for mention in mentions]
    seconds = time.perf_counter() - began
    advance()
    right = [located.place.estate == mention.estate for mention, located in zip(mentions, found, strict=True)]
    among = [ok or m.estate in at.candidates for ok, m, at in zip(right, mentions, found, strict=True)]
    plain = [number for number in range(len(mentions)) if not shared[number]]
    kinds: dict[str, list[bool]] = defaultdict(list)
    for number in plain:
        kinds[mentions[number].kind].append(right[number])
    housed = [n for n in plain if mentions[n].building and right[n]]
    wrong, asked = _left_out(estates, register_of, mentions, seed, advance)
    return Trial(
        n=len(mentions),
        estates=len(estates),
        top1=_share(right[n] for n in plain),
        lenient=_share(among),
        strict_over_all=_share(right),
        ambiguous_share=_share(shared),
        wrong=_share(at.place.estate not in (None, m.estate) for m, at in zip(mentions, found, strict=True)),
        building=_share(found[n].place.building == mentions[n].building for n in housed),
        by_kind={kind: _share(values) for kind, values in kinds.items()},
        wrong_instead_of_unknown=round(wrong / asked, 4) if asked else 0.0,
        left_out_n=asked,
        named_instead_of_unknown=wrong_answers(estates, register_of, register, seed),
        mentions_per_s=round(len(mentions) / seconds, 1),
    )


def _left_out(
    estates: Sequence[Estate],
    register_of: Callable[[Iterable[Estate]], Register],
    mentions: Sequence[NoisyMention],
    seed: int,
    advance: Callable[[], None],
) -> tuple[int, int]:
    order = [estate.id for estate in estates]
    random.Random(seed).shuffle(order)
    wrong = asked = 0
    for part in range(PARTS):
        out = set(order[part::PARTS])
        register = register_of([estate for estate in estates if estate.id not in out])
        for mention in mentions:
            if mention.estate in out:
                asked += 1
                wrong += register.locate(normalise(mention.text), "").place.estate is not None
        advance()
    return wrong, asked


def _means_several(register: Register, mentions: Sequence[NoisyMention]) -> list[bool]:
    """Whether the names or lanes the mention was made of belong to more than one estate in the register."""
    shared = Counter(estate for ids in register.shared_names.values() for estate in ids)
    return [
        bool(shared[mention.estate]) and any(name in written(mention.text) for name in register.shared_names)
        for mention in mentions
    ]


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else 0.0


def _name(estate: Estate, chance: random.Random, pool: str) -> str | None:
    return estate.name


def _lane(estate: Estate, chance: random.Random, pool: str) -> str | None:
    addresses = [one for listed in estate.lanes for one in addresses_of(listed)[0]]
    if not addresses:
        return None
    one = chance.choice(addresses)
    if one.lane and one.houses:
        return f"{one.road}{one.number}弄{chance.choice(sorted(one.houses))}号"
    return f"{one.road}{one.number}{'弄' if one.lane else '号'}"


def _alias(estate: Estate, chance: random.Random, pool: str) -> str | None:
    forms = (*estate.aliases, *short_forms(estate.name))
    return chance.choice(forms) if forms else None


def _typo(estate: Estate, chance: random.Random, pool: str) -> str | None:
    """In a name of at least four characters. What distinguishes it from its neighbours (numbers, 东) is not changed:
    that would make it the neighbour's name."""
    places = [i for i, c in enumerate(estate.name) if "一" <= c <= "鿿" and c not in ORDINALS]
    if len(estate.name) < SHORTEST or not places:
        return None
    at = chance.choice(places)
    name, how = estate.name, chance.choice(("wrong", "missing", "swapped"))
    if how == "swapped" and at + 1 in places and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if how == "missing":
        return name[:at] + name[at + 1 :]
    return name[:at] + chance.choice(pool.replace(name[at], "")) + name[at + 1 :]


def _numerals(estate: Estate, chance: random.Random, pool: str) -> str | None:
    text = _lane(estate, chance, pool)
    if text is None:
        return None
    spell = chance.choice((_spoken, _spelt))
    digits, made = "", ""
    for c in text + " ":
        if c.isdigit():
            digits += c
        else:
            made += (spell(int(digits)) if digits else "") + c
            digits = ""
    return made.strip()


def _spelt(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def _spoken(number: int) -> str:
    if not 0 < number < 10_000:
        return _spelt(number)
    made, gap = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            made += ("零" if gap and made else "") + "零一二三四五六七八九"[digit] + unit
        gap = not digit
    return made.removeprefix("一") if 10 <= number < 20 else made


def _traditional(estate: Estate, chance: random.Random, pool: str) -> str | None:
    text = HanziConv.toTraditional(estate.name)
    return text if text != estate.name else None


def _before_a_building(estate: Estate, chance: random.Random, pool: str) -> str | None:
    return estate.name if not is_address(estate.name) or "弄" in estate.name else None


_KINDS: Final[Mapping[str, Noise]] = {
    "name": _name,
    "alias": _alias,
    "lane": _lane,
    "building": _before_a_building,
    "typo": _typo,
    "numerals": _numerals,
    "traditional": _traditional,
    "sentence": _name,
}
