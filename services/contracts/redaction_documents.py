"""Document numbers that need more than digits to recognise: passports, permits, licences; last digits of a number."""

from __future__ import annotations

import re
from typing import Final

from services.contracts.redaction_sheet import D, Rule

_DOCUMENT: Final = (
    r"护照|通行证|台胞证|回乡证|居住证|暂住证|居留证|居留卡|港澳证|台湾证|永居证|签证|军官证|士兵证|警官证|驾驶证|驾照|行驶证"
    r"|社保卡|医保卡|敬老卡|残疾人?证|学生证|户口[簿本]|身份证|证件|(?<![售可营产])证号|passport|permit"
)
_ACCOUNT: Final = r"银行卡|卡号|储蓄卡|信用卡|账号|帐号|户头|存折"
_LEADING: Final = (
    r"(?:[\s:=\-_()\"'“”「」【】<>《》,.;]|号码|号|编号|尾号|[\u4e00-\u9fff]{1,4}证"
    r"|是|为|叫|的|我|他|她|就|写|一张|一本){0,6}"
)
_ISSUED_BY: Final = r"(?:[京津沪渝粤苏浙皖闽]|[军警士政]字?第?)?"
_LETTERS: Final = r"[A-Za-z](?:[\s\-]?[A-Za-z]){0,2}"
_WORDED: Final = re.compile(
    rf"(?P<keep>(?:{_DOCUMENT}|{_ACCOUNT}){_LEADING}){_ISSUED_BY}(?:{_LETTERS})?[\s\-.]?{D}(?:[\s\-.]?{D}){{4,19}}"
    r"(?:[\s\-]?[A-Za-z]|\([0-9A-Za-z]\))?(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_WORDED_AFTER: Final = re.compile(
    rf"(?<![0-9A-Za-z])(?:{_LETTERS}[\s\-]?)?[0-9](?:[\s\-]?[0-9]){{5,17}}(?![0-9A-Za-z])"
    rf"(?=[\s(,:]{{0,2}}(?:这?是|为)?(?:我的?|本人的?|他的|她的)?[\u4e00-\u9fff]{{0,4}}(?:{_DOCUMENT}))",
    re.IGNORECASE,
)
_PASSPORT: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[EGDSPHMCWKLTN](?:[\s\-]?[A-HJ-NP-Z])?[\s\-]?[0-9]{3,4}[\s\-]?[0-9]{4,6}|[A-Z]{3}[\s\-]?[0-9]{12})"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_LAST: Final = re.compile(
    r"(?P<keep>(?:尾号|尾数|末尾|尾巴|结尾|尾部|[尾末](?=\s?[0-9]{4})|(?:最?后|末|尾)[面头]?(?:[二两三四五六八2-8几]\s?(?:位数?|个(?:数字?|号码?|字)|码))(?:数字|号码)?)"
    rf"(?:[\s:=\-(\"'“”,]|[四三二六4326]位数?字?|号码|号|数字|分别|是|为|的|叫|就|我){{0,4}}){D}(?:[\s\-.]?{D}){{1,7}}[Xx]?(?![0-9])(?!路|号线)",
)
_LAST_BEFORE: Final = re.compile(
    rf"(?<![0-9A-Za-z]){D}(?:[\s\-.]?{D}){{2,7}}[Xx]?(?=[\s\")”]?(?:结尾|收尾|作尾|(?:这个|的|是|为)?尾号))"
)

_FIVE_DIGITS: Final = re.compile(rf"{D}(?:[\s\-.]?{D}){{4}}")

DOCUMENTS: Final = (
    Rule(_LAST, "[尾号]"),
    Rule(_LAST_BEFORE, "[尾号]"),
    Rule(_WORDED, "[证件号]", _FIVE_DIGITS),
    Rule(_WORDED_AFTER, "[证件号]", _FIVE_DIGITS),
    Rule(_PASSPORT, "[证件号]", _FIVE_DIGITS),
)
