"""Accounts by which a person is reached: e-mail, WeChat, QQ and the like."""

from __future__ import annotations

import re
from typing import Final

from services.contracts.redaction_sheet import D, Rule

_AT: Final = r"\s{0,2}(?:@{1,2}|[_\s(\[<{]{1,3}(?:@|at|艾特|a)[_\s)\]>}]{1,3}|艾特|圈a|小老鼠)\s{0,2}"
_DOT: Final = r"\s{0,2}(?:[.,点]|[\s(\[](?:dot|点)[\s)\]])\s{0,2}"
_ENDING: Final = r"(?:com|cn|net|org|edu|gov|cc|top|vip|me|io|hk|tw|info|biz|xyz)(?![A-Za-z0-9])"
_PROVIDER: Final = (
    r"(?:qq|foxmail|1[236][369]|189|126|sina|sohu|gmail|outlook|hotmail|yahoo|aliyun|icloud|live|msn|yeah|wo|21cn|tom)"
)
_LOCAL: Final = (
    r"(?<![A-Za-z0-9_%+\-])(?<![A-Za-z0-9]\.)[A-Za-z0-9](?:[A-Za-z0-9._%+\-]|\s(?=[A-Za-z0-9._]{1,20}\s?@)){0,63}"
)
_DOMAIN: Final = rf"(?:[A-Za-z0-9\-]{{1,63}}{_DOT}){{1,4}}"
_EMAIL: Final = re.compile(
    rf"(?:{_LOCAL}|(?<=[箱是为:])[\u4e00-\u9fff]{{2,4}}){_AT}{_DOMAIN}[A-Za-z]{{2,10}}(?![A-Za-z0-9])"
    rf"|{_LOCAL}{_AT}[A-Za-z0-9\-]{{1,63}}(?:\.[A-Za-z0-9\-]{{1,63}}){{1,4}}"
    rf"|{_LOCAL}\s?[#&*]\s?{_DOMAIN}{_ENDING}"
    rf"|{_LOCAL}\s?{_PROVIDER}{_DOT}{_ENDING}"
    rf"|{_LOCAL}{_AT}{_PROVIDER}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_MAILBOX: Final = re.compile(
    r"(?P<keep>(?:邮箱|邮件|电邮|e-?mail|mail)(?:地址|账号)?(?:[\s:=(\"'“]|是|为){0,4})"
    r"[A-Za-z0-9][A-Za-z0-9._%+\-]{4,63}",
    re.IGNORECASE,
)

_NO_ACCOUNT: Final = r"(?!公众|公号|小程序|支付|付款|转账|红包|朋友圈|扫码|收款|聊天|截图|视频|办事|平台|端|上|里|城市)"
_LATIN_NEXT: Final = r"(?=[\s(:=\-_号是]{0,3}[A-Za-z])"
"""What is a word elsewhere (微, 卫星) leads to an account where Latin letters follow."""
_WITH_A_DIGIT: Final = r"(?=\s?[:=是我号]|[\s(\-]{0,3}[a-z_\s\-]{0,20}[0-9])"
_WECHAT: Final = (
    rf"[微薇威徽维魏危围嶶溦]\s?[信芯心x]{_NO_ACCOUNT}|v\s?[信芯心x]|w\s?x|we\s?-?chat|wei\s?-?xin|绿泡泡|绿色软件"
    rf"|加我?\s?[微薇威v]|\+\s?(?:[微薇威]|v{_WITH_A_DIGIT})|(?<![a-z0-9])v{_WITH_A_DIGIT}|(?:[微薇威徽维嶶溦]|卫星号?){_LATIN_NEXT}|微亻言"
)
_QQ: Final = (
    rf"q\s?q|q\s?群|扣\s?扣|叩叩|寇寇|抠抠|球球|秋秋|企鹅|腾讯(?=[\s:号是(]{{0,3}}{D})"
    rf"|(?:加我?|\+)\s?[q扣](?![a-z])|(?<![a-z0-9])q(?=[\s:=号是我(,\-]{{0,2}}{D})|扣(?=[\s:号是(]{{0,2}}{D}|[:号])"
)
_OTHERS: Final = (
    r"支付宝|抖音|快手|小红书|微博|钉钉|telegram|whatsapp|line(?=\s?id)|skype|陌陌|旺旺|飞书"
    r"|[账帐]号|用户名|id(?=[:是])"
)
_LEADING: Final = (
    r"(?:[\s:=\-_()\"'“”「」『』【】\[\]<>《》→,.;!~+]|号码|号|账号|帐号|账户|昵称|名字?|联系|添加|请加|加我|搜索?|查找"
    r"|同名|同号|id|是|为|叫|我的?|的|个|就|发|加|吧|呢){0,8}"
)
_COUNTED: Final = r"(?![0-9]+\.[0-9]{1,2}(?![0-9])|[0-9.]+\s?[元块万个人次天年月日分%])"
_LATIN: Final = r"[a-z0-9](?:[a-z0-9_.\-]|\s(?=[a-z0-9_])){3,29}[a-z0-9_\-]"
_DIGITS: Final = rf"{D}(?:[\s\-.]?{D}){{4,11}}(?![0-9元万个人块])"
_ACCOUNT: Final = re.compile(
    rf"(?P<keep>(?:{_WECHAT}|{_QQ}|{_OTHERS}){_LEADING}){_COUNTED}(?!12345(?![0-9]))(?:{_LATIN}|{_DIGITS})",
    re.IGNORECASE,
)
_ACCOUNT_BEFORE: Final = re.compile(
    rf"(?<![a-z0-9_])(?!12[0-9]{{3}}(?![0-9]))(?:[a-z0-9][a-z0-9_\-]{{4,29}}|{D}(?:[\s\-.]?{D}){{4,11}})"
    r"(?=[\s(,:]{0,2}(?:这?是|为)?(?:加?我的?|本人的?|加)?\s?"
    rf"(?:[微薇威徽维][信芯]{_NO_ACCOUNT}(?!群)|(?:v[x信]|wx|qq)(?![a-z])|扣扣|企鹅号?))",
    re.IGNORECASE,
)

_LETTERS: Final = re.compile(r"[A-Za-z]{2}")
_LIKE_AN_ACCOUNT: Final = re.compile(rf"[A-Za-z0-9](?:[\s_.\-]?[A-Za-z0-9_]){{4}}|{D}(?:[\s\-.]?{D}){{4}}")

EMAILS: Final = (Rule(_EMAIL, "[账号]", _LETTERS),)
ACCOUNTS: Final = (
    Rule(_MAILBOX, "[账号]", _LETTERS),
    Rule(_ACCOUNT, "[账号]", _LIKE_AN_ACCOUNT),
    Rule(_ACCOUNT_BEFORE, "[账号]", _LIKE_AN_ACCOUNT),
)
