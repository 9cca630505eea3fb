"""Names that a text introduces by a word for it (联系人王小明), whoever writes it and whoever it names.

Only behind such a word, and only with a surname: elsewhere a name cannot be distinguished from other words.
"""

from __future__ import annotations

import re
from typing import Final

from services.contracts.redaction_names import COMPOUND
from services.contracts.redaction_sheet import Rule

_CUES: Final = "姓名|名叫|我叫|联系人|来电人|诉求人|反映人|投诉人|举报人|申请人|当事人|户主"
_SURE: Final = (
    "王李张刘陈杨赵吴徐孙朱胡郭林罗郑梁谢宋唐韩冯邓曹彭肖董袁潘蔡蒋杜苏魏吕丁沈姚卢姜崔钟谭陆汪范廖贾韦傅邹孟熊秦邱尹薛闫侯陶"
    "黎贺顾郝龚邵覃戴莫孔汤洪"
)
"""Surnames that begin hardly any other word."""
_OTHERS: Final = (
    "黄何高马周于余田任石江夏方雷白毛武严曾许段付钱叶程金龙史万常施乔赖倪章鲁葛柳安凌鲍管祝柯毕卜路阮俞费岑季华翁单左吉匡耿裴游艾"
    "齐成屠纪柏温解康应宗郁闵庞樊麦梅齐牛古"
)
"""Those that begin other words too (于昨日, 应当): a name only behind a colon."""
_TITLES: Final = "老?先生|女士|小姐|太太|阿姨|老师|师傅|同志|某"
_GOES_ON: Final = "反映|反应|来电|投诉|举报|表示|称|说|电话|手机|住|家|的|在|要求|希望|与|和|及|于|已|曾|提|认|因|系|是"
_GIVEN: Final = rf"(?:[\u4e00-\u9fff]{{1,2}}?(?=[^\u4e00-\u9fff]|$|{_GOES_ON})|[\u4e00-\u9fff]{{2}})"

CUES: Final = (
    Rule(
        re.compile(
            rf"(?P<keep>(?:{_CUES})(?!陈述|张贴)(?:\s?[:=]\s?(?:{COMPOUND}|[{_SURE}{_OTHERS}])|[是为\s]?(?:{COMPOUND}|[{_SURE}])))"
            rf"(?!{_TITLES}){_GIVEN}"
        ),
        "某",
        re.compile(_CUES),
    ),
)
