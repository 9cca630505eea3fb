"""Texts that few people should see: a person's health, a child.

See personal-information law art. 28, docs/domain.md §9.
"""

from __future__ import annotations

import re
from typing import Final

from services.classifier.domain.lexicon import Lexicon
from services.contracts.classification_events import Sensitive

WORDS: Final[dict[Sensitive, tuple[str, ...]]] = {
    Sensitive.MINOR: (
        *(
            "未成年",
            "小学生",
            "初中生",
            "婴儿",
            "幼儿",
            "孩子",
            "小孩",
            "儿童",
            "宝宝",
            "孙子",
            "孙女",
            "女童",
            "男童",
            "岁的女儿",
        ),
        *("岁的儿子", "岁女儿", "岁儿子", "小朋友", "小囡", "新生儿"),
    ),
    Sensitive.HEALTH: (
        *(
            "癌",
            "肿瘤",
            "艾滋",
            "精神病",
            "精神疾病",
            "抑郁",
            "精神分裂",
            "化疗",
            "透析",
            "糖尿病",
            "高血压",
            "心脏病",
            "哮喘",
            "尿毒症",
        ),
        *(
            "孕妇",
            "怀孕",
            "流产",
            "瘫痪",
            "卧床",
            "中风",
            "偏瘫",
            "手术",
            "住院",
            "病历",
            "确诊",
            "患有",
            "重病",
            "白血病",
            "残疾人证",
        ),
        *(
            "老年痴呆",
            "阿尔茨海默",
            "帕金森",
            "传染病",
            "肺结核",
            "截肢",
            "失明",
            "自闭症",
            "智力残疾",
            "尿失禁",
            "骨折",
            "脑梗",
        ),
    ),
}
_NO_PERSON: Final = re.compile(
    r"幼儿园|儿童(?:乐园|公园|游乐|设施|节|医院|友好|滑梯)|宝宝(?:椅|巴士)|母婴|孩子王|少儿|小朋友们?都?喜欢"
    r"|(?:手术|住院)(?:室|部|楼)|肿瘤医院|精神病院|传染病医院|医保"
)
_KIND_OF: Final = {word: kind for kind, words in WORDS.items() for word in words}
_LEXICON: Final = Lexicon(_KIND_OF)


def sensitive_of(text: str) -> Sensitive | None:
    """Of a normalised text. A child outranks an illness. Rather once too often than not: it restricts who reads."""
    found = _LEXICON.find(text)
    if not found:
        return None
    spared = [span.span() for span in _NO_PERSON.finditer(text)]
    kinds = {
        _KIND_OF[word]
        for word, ends in found.items()
        if any(not any(start <= end < stop for start, stop in spared) for end in ends)
    }
    return next((kind for kind in WORDS if kind in kinds), None)
