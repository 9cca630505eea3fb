"""When two tickets are of the same matter: one place or one group, and one subject (docs/domain.md §2.6, §3.2)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Final

from services.contracts.fingerprint import SAID_AT_OPENING, TermKey, Terms, Weights, similarity, weigh
from services.projects.domain.detection import Call

Rarity = Callable[[int], float]

RARE: Final = 2.0
"""The least rarity of a name's rarest term: one text in twenty holds it. A commoner name is no single place."""

_KIND: Final = re.compile(r"(?<=...)(?:小区|社区|楼盘|工地)$")
_WIDE: Final = ("路", "街", "大道", "公路", "高速", "桥", "湖", "河")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of what two texts say must agree, as cosines; 1 is the same text.

    Two texts that share nothing but their language come to less than 0.01; one pair in a thousand that were written
    apart comes to 0.13. Who names the same place need have only a little else in common, least of all
    where both open with it; at a road, which runs past many matters, `wide` times as much. A ticket is compared with
    a matter's core more strictly than with another ticket, because what was said by chance is not in the core.
    `key` is that of the fingerprints: it tells which terms a name brought.
    """

    key: TermKey
    anywhere: float = 0.1
    at_place: float = 0.025
    at_heading: float = 0.006
    core_anywhere: float = 0.2
    core_unplaced: float = 0.35
    core_at_place: float = 0.13
    core_at_heading: float = 0.07
    wide: float = 2.0


@dataclass(frozen=True, slots=True)
class Trace:
    """What is kept of a ticket to find its matter. `heading`: the places it opens with; `places`: all it names."""

    call: Call
    places: Set[str]
    heading: Set[str]
    weights: Weights


def trace_of(call: Call, place_words: Iterable[str], terms: Terms, key: TermKey, rarity: Rarity) -> Trace:
    names = {}
    for word in place_words:
        name = _KIND.sub("", word)
        parts = key.terms_of(name) & terms.keys()
        if any(rarity(part) >= RARE for part in parts):
            names[name] = all(terms[part] >= SAID_AT_OPENING for part in parts)
    return Trace(call, frozenset(names), frozenset(name for name in names if names[name]), weigh(terms, rarity))


def alike(one: Trace, other: Trace, rule: Likeness) -> bool:
    """Symmetric. Texts that open with different places are of different matters, however like their words are."""
    shared = set(shared_names(one.places, other.places))
    if shared:
        return apart_from(shared, one.weights, other.weights, rule.key) >= needed(
            shared, one.heading, other.heading, rule.at_place, rule.at_heading, rule.wide
        )
    if one.heading and other.heading:
        return False
    return similarity(one.weights, other.weights) >= rule.anywhere


def needed(
    shared: Set[str], heading: Set[str], other: Set[str], at_place: float, at_heading: float, wide: float
) -> float:
    if any(not name.endswith(_WIDE) for name in shared_names(heading, other)):
        return at_heading
    return at_place if any(not name.endswith(_WIDE) for name in shared) else at_place * wide


def shared_names(some: Collection[str], others: Collection[str]) -> Iterator[str]:
    """The shorter of each two names that mean one place: 万科魅力之城 is 魅力之城. A slip changes none."""
    for one in some:
        for other in others:
            if one in other:
                yield one
            elif other in one:
                yield other
            elif len(one) == len(other) >= 5 and sorted(one) == sorted(other):
                yield min(one, other)


def apart_from(names: Iterable[str], one: Weights, other: Weights, key: TermKey) -> float:
    """The similarity of everything but the names."""
    named = set().union(*map(key.terms_of, names))
    rest = 1 - sum(one[term] ** 2 for term in named if term in one)
    other_rest = 1 - sum(other[term] ** 2 for term in named if term in other)
    if rest <= 1e-9 or other_rest <= 1e-9:
        return 0.0
    common = similarity(one, other) - sum(one[term] * other[term] for term in named if term in one and term in other)
    return common / math.sqrt(rest * other_rest)
