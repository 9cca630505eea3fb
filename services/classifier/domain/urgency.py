"""How pressing a text is, by rule, with the words that say so (urgency_rules.py)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from services.classifier.domain.lexicon import Lexicon
from services.classifier.domain.urgency_rules import RULES, Rule
from services.contracts.ticket_events import Urgency


@dataclass(frozen=True, slots=True)
class Pressing:
    """`words` raised the urgency above what is usual, or make the emergency."""

    urgency: Urgency
    emergency: bool
    words: tuple[str, ...]


_RANK: Final = {urgency: rank for rank, urgency in enumerate((Urgency.NORMAL, Urgency.URGENT, Urgency.CRITICAL))}
_RULE_OF: Final = {word: rule for rule in reversed(RULES) for word in rule.words}
_LEXICON: Final = Lexicon(_RULE_OF)
_PHRASES: Final = [(reason, phrase, rule) for rule in RULES for reason, phrase in rule.phrases.items()]

_CLAUSE_END: Final = re.compile(r"[,。;!?\n、，；！？]")
_MOST_READ: Final = 4_000
_LOOK_BACK: Final = 14
_LOOK_AHEAD: Final = 8
_NOT: Final = re.compile(r"(?:没有|没|未|无|不会|不是|并非|避免|防止|预防|杜绝|防范|以免|以防|免得)[^不]{0,6}$")
_MIGHT: Final = re.compile(
    r"担心|害怕|怕|万一|如果|一旦|要是|容易|可能|存在|会|易|有.{0,4}(?:风险|危险)|造成.{0,4}隐患|隐患|迟早|恐|差点|险些"
)
_MIGHT_AFTER: Final = re.compile(
    r".{0,3}(?:隐患|风险|的危险|危险|演练|怎么办|怎么处理|预防|报警器|保险|应急|知识|宣传|逃生|事故频发)"
)
_PAST: Final = re.compile(
    r"去年|前年|上个?月|上个?星期|上周|之前|以前|曾|此前|过去|[年月周]前|前几[天年]|前天|上次|当时|那次|那年|早年|\d{4}年|当年|历史"
)
_NOW: Final = re.compile(r"今天|今晚|现在|刚才|刚刚|刚|正在|又|还在|突然")
_OVER: Final = re.compile(r".{0,6}(?:已经?(?:被)?(?:扑灭|灭|出院|处理好|恢复|康复)|后遗症|过(?!来|去|道))")


def urgency_of(text: str, usual: Urgency) -> Pressing:
    """Of a normalised text: never below what is `usual` for its type.

    What might happen (担心起火) and what has happened (去年起火) is a hazard and no danger; what is said not to be
    (没有受伤) is nothing.
    """
    highest, emergency = Urgency.NORMAL, False
    words: dict[str, Urgency] = {}
    for word, ends in _LEXICON.find(text).items():
        rule = _RULE_OF[word]
        graded = [_graded(text, end + 1 - len(word), end + 1, rule) for end in ends]
        best = max(graded, key=_RANK.__getitem__)
        if best is Urgency.NORMAL:
            continue
        words[word] = best
        emergency |= rule.emergency and best is Urgency.CRITICAL
        highest = max(highest, best, key=_RANK.__getitem__)
    for reason, phrase, rule in _PHRASES:
        if not rule.emergency and _RANK[rule.urgency] <= max(_RANK[highest], _RANK[usual]):
            continue  # would change nothing
        spans = (found.span() for found in phrase.finditer(text, 0, _MOST_READ))
        if any(_graded(text, *span, rule) is rule.urgency for span in spans):
            words[reason] = rule.urgency
            emergency |= rule.emergency
            highest = max(highest, rule.urgency, key=_RANK.__getitem__)
    if _RANK[highest] <= _RANK[usual] and not emergency:
        return Pressing(usual, False, ())
    return Pressing(highest, emergency, tuple(sorted(word for word, urgency in words.items() if urgency is highest)))


def _graded(text: str, start: int, end: int, rule: Rule) -> Urgency:
    if rule.urgency is not Urgency.CRITICAL:
        return rule.urgency
    before = _CLAUSE_END.split(text[max(0, start - _LOOK_BACK) : start])
    after = text[end : end + _LOOK_AHEAD]
    if _NOT.search(before[-1]):
        return Urgency.NORMAL
    if _MIGHT.search(before[-1]) or _MIGHT_AFTER.match(after):
        return Urgency.URGENT
    if (_PAST.search("".join(before[-2:])) and not _NOW.search(before[-1])) or _OVER.match(after):
        return Urgency.URGENT
    return rule.urgency
