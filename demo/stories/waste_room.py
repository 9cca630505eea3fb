"""A waste room that is emptied too seldom: a nuisance in winter, unbearable in summer. A service cures it."""

from datetime import date

from demo.story import Cure, Story

STORY = Story(
    key="waste-room",
    title_cn="垃圾箱房满溢、清运不及时",
    title_en="A waste room overflows: it is emptied too seldom",
    type_code="XQ13",
    begins=date(2023, 9, 1),
    what=(
        "垃圾箱房满溢，垃圾堆到外面",
        "垃圾没有及时清运，苍蝇到处飞",
        "垃圾桶装不下，生活垃圾堆了一地",
        "装修垃圾和生活垃圾混在一起，几天不清运",
        "垃圾箱房异味重，垃圾满溢",
        "垃圾车两天才来一次，垃圾成堆",
    ),
    so=(
        "三楼都闻得到",
        "老鼠白天也跑",
        "路过要捂鼻子",
        "天热更受不了",
        "保洁说不归他们",
    ),
    cures=(
        Cure(
            kind="service",
            reason="清运频次不足：由每日一次改为每日两次，增设容器，纳入日常检查。",
            preparation_days=130,
        ),
    ),
    calls_a_month=9.0,
    households=29,
    season=dict.fromkeys(range(1, 13), 0.21) | {5: 1.0, 6: 1.4, 7: 1.5, 8: 1.5},
    after=0.06,
)
