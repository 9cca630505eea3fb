"""What must stay unknown: texts that name no estate, offices whose name an estate bears, estates of other cities."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from services.classifier.domain.estate import Estate
from services.classifier.domain.lexicon import normalise
from services.classifier.domain.places import Register

_NAMING_NONE: Final = (
    "小区门口每天晚上有人摆摊，影响休息", "我们小区的路灯坏了半个月", "楼上装修太吵，物业不管",
    "业委会账目不公开，居委会也不管", "新村里的健身器材坏了", "花园里的树枯死了，没人管", "公寓电梯停运三天",
    "我家住三楼，昨晚开始没有水", "{road}上的公交车不准时", "{road}修路修了半年，出行不便",
    "请问{road}什么时候通车？", "{road}和{other}路口的红绿灯坏了", "学校门口接送的车太多", "医院挂号太难",
    "打燃气公司电话没人接", "派出所办证要排队", "社保卡怎么换？", "地铁站出口积水", "菜场缺斤少两",
    "快递柜收费不合理", "公园里有人遛大狗", "要求退还健身房预付卡", "门口的商铺油烟很大", "一期和二期之间的围墙倒了",
    "对面工地夜里施工", "东区的车棚太小", "老年大学报不上名",
)  # fmt: skip
_OFFICES: Final = (
    "燃气公司", "自来水公司", "公交公司", "供电公司", "教育局", "税务局", "公安局", "邮电局", "房管局", "街道办事处",
    "派出所", "法院", "检察院", "人民医院", "中心医院", "中医院", "第一中学", "实验小学", "师范大学", "理工大学",
    "外国语学院", "图书馆", "体育馆", "文化馆", "电视台", "日报社", "火车站", "汽车站", "地铁站", "人民公园",
    "中山公园", "人民广场", "百货商场", "机床厂", "化工厂", "钢铁厂", "烟草公司", "粮食局", "建设银行", "交通银行",
    "研究所", "设计院", "徐家汇", "五角场", "陆家嘴", "静安寺", "外滩",
)  # fmt: skip
_BEHIND_AN_OFFICE: Final = ("宿舍", "小区", "花园", "公寓", "家属院", "新村")
_OF_AN_OFFICE: Final = (
    "{}停了两天没有通知", "打{}的电话没人接", "{}门口乱停车", "到{}办事跑了三趟", "{}的人态度不好", "去{}要倒两部车",
    "要求{}尽快处理", "离{}不远的地方有人摆摊",
)  # fmt: skip
_ELSEWHERE: Final = (
    "浦东新区",
    "上海市徐汇区",
    "静安区",
    "杨浦区",
    "江苏省苏州市",
    "杭州市西湖区",
    "北京市朝阳区",
    "深圳市福田区",
)
_ENDINGS: Final = ("小区", "花园", "新村", "公寓", "家园", "苑", "名邸", "大厦", "新城", "华府")
_MADE_UP: Final = 500
_COMPLAINTS: Final = ("楼道灯坏了", "{}的居民反映漏水", "投诉{}物业", "我家住{}，没有水", "{}门口有人摆摊")

RegisterOf = Callable[[Iterable[Estate]], Register]


def wrong_answers(
    estates: Sequence[Estate], register_of: RegisterOf, register: Register, seed: int
) -> Mapping[str, float]:
    """The share of texts of each kind for which an estate is named all the same."""
    chance = random.Random(seed)
    with_offices = register_of([*estates, *_office_estates(chance)])
    return {
        "no estate": _named(register, _naming_none(register, chance)),
        "offices": _named(with_offices, _of_offices(chance)),
        "other cities": _named(register, _of_other_cities(estates, chance)),
    }


def _named(register: Register, asked: Iterable[tuple[str, str]]) -> float:
    found = [register.locate(normalise(text), normalise(address)).place.estate for text, address in asked]
    return round(sum(one is not None for one in found) / len(found), 4) if found else 0.0


def _naming_none(register: Register, chance: random.Random) -> Iterator[tuple[str, str]]:
    roads = sorted(register.roads) or ["人民路"]
    for text in _NAMING_NONE:
        for _ in range(4):
            yield text.format(road=chance.choice(roads), other=chance.choice(roads)), ""


def _office_estates(chance: random.Random) -> Iterator[Estate]:
    for number, office in enumerate(_OFFICES):
        name = office + chance.choice(_BEHIND_AN_OFFICE)
        yield Estate(id=f"office-{number}", name=name, lanes=(f"试办路{2 * number + 1}弄",))


def _of_offices(chance: random.Random) -> Iterator[tuple[str, str]]:
    for office in _OFFICES:
        for text in _OF_AN_OFFICE:
            yield text.format(office), chance.choice(("", "另一条路", f"别处路{chance.randint(1, 99)}弄"))


def _of_other_cities(estates: Sequence[Estate], chance: random.Random) -> Iterator[tuple[str, str]]:
    """Estates of ours with another district or city before them, and names that are made up of parts of ours."""
    for estate in estates:
        there = chance.choice(_ELSEWHERE)
        yield chance.choice(_COMPLAINTS).format(f"{there}{estate.name}"), f"{there}{estate.name}"
    names = {name for estate in estates for name in estate.names}
    letters = "".join(sorted({sign for name in names for sign in name if "一" <= sign <= "鿿"}))
    for _ in range(_MADE_UP if letters else 0):
        stem = "".join(chance.choice(letters) for _ in range(chance.randint(2, 4)))
        name = stem + chance.choice(_ENDINGS)
        if not any(name in own or own in name for own in names):
            yield chance.choice(_COMPLAINTS[1:]).format(name), ""
