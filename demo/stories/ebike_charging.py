"""Cables out of windows, because there is nowhere to charge; a project brings charging posts and wiring."""

from datetime import date

from demo.story import Cure, Story

STORY = Story(
    key="ebike-charging",
    title_cn="电动自行车飞线充电",
    title_en="E-bikes are charged by cables out of windows",
    type_code="XQ06",
    begins=date(2023, 10, 10),
    what=(
        "楼上飞线充电，插座就挂在窗外",
        "有人把电瓶车上楼充电，整夜不拔",
        "没有充电桩，电瓶车充电都从家里拉线",
        "充电桩不足，到处飞线充电",
        "楼道充电，电瓶就放在门边",
        "私拉电线给电动车充电，线都晒裂了",
    ),
    so=(
        "一楼住的都是老人",
        "前几年烧过一次",
        "下雨天线还挂着",
        "说了也不听",
        "装几个充电桩就好了",
    ),
    cures=(
        Cure(
            kind="project",
            reason="充电设施缺口大：新建集中充电点，更新楼内供电线路。",
            preparation_days=175,
            works_days=80,
            elements=("E17", "E08"),
        ),
    ),
    calls_a_month=8.0,
    households=21,
    after=0.09,
)
