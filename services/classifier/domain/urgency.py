"""How pressing a text is, by rule, with the words that say so (domain.md §2.3, the housing bureau's own list).

The list's fourth kind, complaints in concentration, cannot be seen in one text; the projects service sees it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from services.classifier.domain.lexicon import Lexicon
from services.contracts.ticket_events import Urgency


@dataclass(frozen=True, slots=True)
class Rule:
    """`emergency`: what 110, 119 or 120 must hear of at once (domain.md §2.1), if it happens now."""

    urgency: Urgency
    why: str
    words: tuple[str, ...]
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Pressing:
    """`words` raised the urgency above what is usual, or make the emergency."""

    urgency: Urgency
    emergency: bool
    words: tuple[str, ...]


RULES: Final = (
    Rule(
        Urgency.CRITICAL,
        "fire, gas",
        (
            *(
                "起火",
                "着火",
                "火灾",
                "失火",
                "烧起来",
                "冒烟",
                "浓烟",
                "爆炸",
                "燃气泄漏",
                "煤气泄漏",
                "天然气泄漏",
                "燃气泄露",
            ),
            *(
                "煤气泄露",
                "天然气泄露",
                "煤气味",
                "燃气味",
                "天然气味",
                "漏煤气",
                "漏燃气",
                "自燃",
                "爆燃",
                "冒火",
                "火烧",
                "报火警",
                "燃气漏气",
                "煤气漏气",
            ),
        ),
        emergency=True,
    ),
    Rule(
        Urgency.CRITICAL,
        "injury, danger to life",
        (
            *(
                "触电",
                "坍塌",
                "倒塌",
                "塌陷",
                "砸伤",
                "砸到人",
                "受伤",
                "被困",
                "困人",
                "溺水",
                "中毒",
                "轻生",
                "跳楼",
                "自杀",
            ),
            *(
                "持刀",
                "昏迷",
                "晕倒",
                "流血",
                "骨折",
                "困在电梯",
                "关在电梯",
                "烫伤",
                "咬伤",
                "打伤",
                "刺伤",
                "捅伤",
                "烧伤",
                "头破血流",
                "浑身是血",
                "失去意识",
                "叫不醒",
                "呼吸困难",
                "喘不上气",
                "胸闷",
                "心梗",
                "砸中",
                "被电到",
                "困在里面",
                "卡在电梯",
                "缝了",
                "不省人事",
            ),
        ),
        emergency=True,
    ),
    Rule(Urgency.CRITICAL, "threats", ("扬言", "威胁", "恐吓", "要杀", "同归于尽")),
    Rule(
        Urgency.URGENT,
        "safety hazard",
        (
            *("井盖缺失", "井盖破损", "没有井盖", "窨井盖", "电线垂落", "电线脱落", "线缆垂落", "裸露电线", "漏电"),
            *("高空坠物", "高坠", "坠落", "外墙脱落", "墙皮脱落", "摇摇欲坠", "安全隐患", "消防隐患", "倾斜"),
            *(
                "飞线充电",
                "消防通道",
                "井盖不见",
                "井盖没了",
                "电线裸露",
                "电线断",
                "掉下来",
                "松动",
                "脱落",
                "塌了",
                "裂缝",
                "井盖",
                "火灾隐患",
                "高空抛物",
            ),
        ),
    ),
    Rule(
        Urgency.URGENT,
        "delay hits daily life hard",
        (
            *("停水", "断水", "停电", "断电", "停气", "没有水", "没水", "没有电", "没电", "跳闸", "返水", "冒溢"),
            *(
                "粪水",
                "污水倒灌",
                "倒灌",
                "无法居住",
                "没法住",
                "无法出行",
                "电梯停运",
                "电梯故障",
                "漏雨",
                "马桶不能用",
                "不能用水",
                "下不了楼",
                "出不了门",
                "反水",
                "停暖",
                "电梯坏",
            ),
        ),
    ),
)

_DANGER: Final = RULES[0]
_RANK: Final = {urgency: rank for rank, urgency in enumerate((Urgency.NORMAL, Urgency.URGENT, Urgency.CRITICAL))}
_RULE_OF: Final = {word: rule for rule in reversed(RULES) for word in rule.words}
_LEXICON: Final = Lexicon(_RULE_OF)

_PERSON: Final = (
    r"(?:人|老人|老头|老太|阿姨|师傅|司机|工人|孩子|小孩|小囡|宝宝|母亲|父亲|老伴|邻居|同事|妈|爸|奶奶|爷爷|阿婆|外婆|外公|姑娘"
    r"|男子|女子|女士|先生|[他她])"
)
_HAPPENING: Final = {
    "燃气异味": re.compile(
        r"(?:煤气|燃气|天然气|液化气|瓦斯).{0,8}(?:味|泄|漏|臭|嘶嘶|呛|喷)|(?:味|臭).{0,3}(?:像|是)(?:煤气|燃气|天然气)"
        r"|臭鸡蛋.{0,2}味|(?:阀门|管子|管道).{0,6}(?:嘶嘶|喷气|漏气)"
    ),
    "明火": re.compile(
        r"(?:冒|蹿|窜|有|看到|看见).{0,3}(?:火苗|火光|明火|火花|火星)|烧着|烧了起来|正在烧|烧得|火势|火越|火很大|冒黑烟|冒白烟"
        r"|(?:烟|黑烟|白烟).{0,4}(?:往外|涌|滚|弥漫|很大|越来越)|(?:都是|全是|好多|很多|很大的?)烟(?![酒花草])"
    ),
    "电火": re.compile(
        r"(?:打|冒|闪|溅|迸|噼啪).{0,2}(?:火花|火星|电光)|(?:焦|糊)(?:糊|臭|胡)?味|烧焦|噼里啪啦|电弧"
        r"|(?:电线|电缆).{0,8}(?:掉|断|落|垂|泡).{0,6}(?:水里|水中|积水)|高压线.{0,8}(?:掉|断|落)"
        r"|(?:电瓶|电池|充电器|配电箱|电表箱|变压器).{0,8}(?:炸|爆|烧|冒烟)"
    ),
    "有人受伤": re.compile(
        _PERSON + r".{0,8}(?:晕|倒地|倒在|倒下|躺在地|昏|出血|流血|抽搐|没反应|没有反应|没有呼吸|没呼吸|没意识|没有意识"
        r"|(?<![推拎走拉搬叫骑开])不动|动不了"
        r"|被砸|被压|被夹|被卡|被撞|被埋|被电|掉进|掉到|掉下|摔下|摔伤|摔断|滚下|困在|吐血|口吐白沫|喘不)"
        r"|一动不动|喊不应|叫不应|怎么喊都|没有脉搏|没了呼吸|脸.{0,2}(?:发紫|发青|煞白)|(?:满|一)(?:脸|头|地|身)(?:都)?是?血|全是血|血流"
        r"|(?:砸|打|戳)(?:到|在|中|破)了?.{0,6}(?:头|脑|眼|身上|肩|腿)|压在(?:下面|底下)|埋在(?:下面|里面|底下)"
        r"|(?:手|脚|腿|头).{0,4}(?:夹住|卡住|绞进|卷进)"
    ),
    "落水坠楼": re.compile(
        r"落水(?!管|口|斗|系统)|(?:掉|跌|滑|摔|落|栽|跳)(?:进|到|入|下)?了?(?:河|湖|江|水里|池|井|窨井|坑)|河里有人|水里有人|在水里挣扎|沉下去"
        r"|坠楼|(?:楼上|阳台|窗口|脚手架|屋顶|高处|[二三四五六七八九十\d]楼).{0,3}(?:掉|摔|坠|跌)(?:了|下|落|到)"
    ),
    "危及生命": re.compile(
        r"救命|快来救|快救|救人|要跳|(?:站|坐|爬|骑)(?:在|到|上).{0,4}(?:楼顶|天台|窗台|窗外|阳台外|栏杆外|护栏外|桥栏)|不想活|想不开|寻短见"
        r"|割腕|喝药|喝了?农药|服毒|吞了?(?:安眠)?药|砍人|打砸|(?:拿|持|举|动|挥).{0,3}(?:刀|菜刀|砍刀)|持械|心跳(?:停|没)"
        r"|(?:头晕|头痛|恶心|呕吐).{0,6}(?:头晕|头痛|恶心|呕吐|煤气|燃气)"
    ),
}
"""What happens now in more words than one, by the reason that is given: never the text, which may name people."""
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
    for reason, pattern in _HAPPENING.items():
        spans = (found.span() for found in pattern.finditer(text, 0, _MOST_READ))
        if any(_graded(text, *span, _DANGER) is Urgency.CRITICAL for span in spans):
            words[reason], highest, emergency = Urgency.CRITICAL, Urgency.CRITICAL, True
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
