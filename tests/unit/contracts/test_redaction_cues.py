"""Whoever a text introduces by a word for it is masked to the surname; what only looks like a name stays."""

from __future__ import annotations

import pytest

from services.contracts.redaction import redact

NAMED = {
    "联系人王小明，电话另附": "联系人王某，电话另附",
    "联系人：何建国": "联系人：何某",
    "我叫欧阳建国，住在楼上": "我叫欧阳某，住在楼上",
    "户主李雷反映漏水": "户主李某反映漏水",
    "来电人张伟说没人管": "来电人张某说没人管",
    "姓名: 周正": "姓名: 周某",
    "當事人陳大文表示不滿": "當事人陳某表示不滿",
}


@pytest.mark.parametrize("said", NAMED)
def test_a_name_behind_its_word_is_masked_to_the_surname(said: str) -> None:
    assert redact(said) == NAMED[said]
    assert redact(NAMED[said]) == NAMED[said]


@pytest.mark.parametrize(
    "said",
    [
        "投诉人王女士反映", "联系人李先生", "联系人张老师", "来电人于昨日来电", "来电人周末在家", "反映人陈述如下",
        "户主方面不同意", "申请人应当到场", "当事人马上到", "业主委员会", "联系人不详", "姓名保密", "王小明",
    ],
)  # fmt: skip
def test_what_is_no_name_stays(said: str) -> None:
    assert redact(said) == said
