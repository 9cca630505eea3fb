"""What people write in the case of the sheds: its evidence, causes, the Measures, and what is said of their draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

TYPE_CODE = "XQ05"
"""Too few places for bicycles. The shed that is the pilot is built together with the sewers below it."""

CRITERIA = {
    "small_cut": "只管一件事：车停哪里、电在哪里充，顺带棚下污水管。",
    "high_attention": "三个街道三个小区九十天内先后成为集中问题。",
    "close_to_residents": "每天出门进门都要经过，乱停堵住单元门。",
}


class Cause(NamedTuple):
    """`unit` None: the office that leads the case. `due`, `done`: days after the case is chosen."""

    kind: str
    finding: str
    unit: str | None
    task: str
    due: int
    done: int


CAUSES: Sequence[Cause] = (
    Cause("rule_gap", "建多少车位、几个充电口没有标准，各小区各做各的。", "housing", "起草配建办法初稿", 60, 45),
    Cause("management", "车棚没有人管，僵尸车占了三分之一。", None, "清理僵尸车，每个车棚定人管理", 45, 40),
    Cause("design", "污水管从车棚下穿过，先修棚后挖路，棚又拆一遍。", "construction", "车棚与污水管同步设计", 40, 62),
)
"""The last countermeasure is done late."""

TITLE = "非机动车棚与小区污水管同步改造管理办法"
CLAUSES: Mapping[str, str] = {
    "1": "按户配建非机动车位和充电口，棚下污水管同步改造，不重复开挖。",
    "2": "每个车棚定人管理，僵尸车每季度清理一次并公示。",
}
MENU_ROW: Mapping[str, Any] = {
    "code": "M16-A",
    "element": "E16",
    "unit": "m2",
    "consent": "estate",
    "name_cn": "新建非机动车棚（按户配位）",
    "name_en": "New bicycle shed, places by households",
    "standard_cn": "每户不少于0.8个车位，钢结构不燃顶，喷淋与烟感，棚下污水管同步改造",
    "standard_en": "0.8 places a household at least, a roof that does not burn, sprinklers, the sewers below renewed",
    "removes_cn": "原车棚或所占绿地",
    "removes_en": "The old shed or the green it stands on",
    "capacity": {"unit_cn": "辆非机动车", "unit_en": "bicycles"},
}
OPINIONS: Sequence[tuple[str, str | None, str, bool, str]] = (
    ("bureau", "1", "按户配位请区分老公房与商品房。", True, "附录按房屋类别给出下限。"),
    ("sub_district", "2", "清理僵尸车需要公示期。", True, "写明公示三十日。"),
    ("deputy", "1", "充电口要在喷淋覆盖之内。", True, "写入菜单标准。"),
    ("resident", None, "能不能每户都配两个车位。", False, "小区空地有限，按下限配建，有条件的可多配。"),
)
"""Whose, on which clause, what they say, whether it is adopted, and why."""

EXEMPTION = "辖区老旧地块正在征收，征收完成前不建车棚。"
SEEN = "查看三处车棚与管理记录。"
FINDING = "一处车棚没有定人管理，僵尸车未清理。"
MENDED = "已定人、已清理，公示在册。"


class Clause(NamedTuple):
    """A clause of the supervisors' opinion. `unit` None: the office that leads the case."""

    text: str
    unit: str | None


SUGGESTION = {
    "party": "congress",
    "subject": "老小区非机动车棚配建要有统一标准",
    "reason": "走访三个小区，居民反映车没处停、电没处充，棚下污水管反复开挖。",
    "countermeasure": "由主管部门牵头制定办法，按户配位，棚与管同步改造。",
}
TOPIC = {"party": "congress", "area": "estate", "title": "非机动车棚配建与管理", "why": "代表建议，三个街道集中反映。"}
FINDINGS = ("车棚停满，电瓶车停到单元门口。", "棚下污水井冒溢，路面挖过两次。")
OPINION: Sequence[Clause] = (
    Clause("一年内制定并施行配建办法，按户配位，棚与管同步改造。", "housing"),
    Clause("现有车棚定人管理，清理僵尸车。", None),
)
UNDATED = {"reply_class": "C", "text": "已列入计划，适时制定。"}
"""Class C needs a day: refused."""
VAGUE = {"reply_class": "B", "text": "正在研究，年内答复。"}
WHY_NOT = "只说研究，没有说办法何时施行、谁来落实。"
BETTER = {"reply_class": "C", "text": "先行小区车棚验收后一个月内发布办法，八个街道全部推行。"}
SOLVED = {"reply_class": "A", "text": "三处车棚已定人管理，僵尸车已清理并公示。"}
CARRIED_OUT = "办法已施行，现场核查属实。"
