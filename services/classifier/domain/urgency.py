"""How pressing a text is, by rule, with the words that say so (domain.md §2.3, the housing bureau's own list).

The list's fourth kind, complaints in concentration, cannot be seen in one text; the projects service sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.classifier.domain.lexicon import Lexicon
from services.contracts.ticket_events import Urgency


@dataclass(frozen=True, slots=True)
class Rule:
    urgency: Urgency
    why: str
    words: tuple[str, ...]


RULES: Final = (
    Rule(
        Urgency.CRITICAL,
        "danger to persons or property, threats",
        (
            *("起火", "着火", "火灾", "冒烟", "爆炸", "燃气泄漏", "煤气泄漏", "煤气味", "触电", "坍塌", "倒塌", "塌陷"),
            *("砸伤", "砸到人", "受伤", "被困", "困人", "溺水", "中毒", "轻生", "跳楼", "自杀", "扬言", "威胁", "持刀"),
        ),
    ),
    Rule(
        Urgency.URGENT,
        "safety hazard",
        (
            *("井盖缺失", "井盖破损", "没有井盖", "窨井盖", "电线垂落", "电线脱落", "线缆垂落", "裸露电线", "漏电"),
            *("高空坠物", "高坠", "坠落", "外墙脱落", "墙皮脱落", "摇摇欲坠", "安全隐患", "消防隐患", "倾斜"),
            *("飞线充电", "消防通道"),
        ),
    ),
    Rule(
        Urgency.URGENT,
        "delay hits daily life hard",
        (
            *("停水", "断水", "停电", "断电", "停气", "没有水", "没水", "没有电", "没电", "跳闸", "返水", "冒溢"),
            *("粪水", "污水倒灌", "倒灌", "无法居住", "没法住", "无法出行", "电梯停运", "电梯故障", "漏雨"),
        ),
    ),
)

_RANK: Final = {urgency: rank for rank, urgency in enumerate((Urgency.NORMAL, Urgency.URGENT, Urgency.CRITICAL))}
_URGENCY_OF: Final = {word: rule.urgency for rule in reversed(RULES) for word in rule.words}
_LEXICON: Final = Lexicon(_URGENCY_OF)


def urgency_of(text: str, usual: Urgency) -> tuple[Urgency, tuple[str, ...]]:
    """The urgency of a normalised text, never below what is `usual` for its type, and the words that raised it."""
    found = _LEXICON.find(text)
    highest = max((_URGENCY_OF[word] for word in found), key=_RANK.__getitem__, default=Urgency.NORMAL)
    if _RANK[highest] <= _RANK[usual]:
        return usual, ()
    return highest, tuple(sorted(word for word in found if _URGENCY_OF[word] is highest))
