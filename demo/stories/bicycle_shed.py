"""A shed for two hundred bicycles in an estate that has six hundred; a project enlarges it."""

from datetime import date

from demo.story import Cure, Story

STORY = Story(
    key="bicycle-shed",
    title_cn="非机动车车棚严重不足",
    title_en="Far too few places for bicycles and e-bikes",
    type_code="XQ05",
    begins=date(2023, 4, 20),
    what=(
        "车棚太小，电瓶车乱停到单元门口",
        "非机动车没有地方放，车棚早就满了",
        "电动车乱停，把路占了一半",
        "车棚漏雨又不够用，自行车乱停一地",
        "非机动车乱停，婴儿车推不出去",
        "车棚停满了，非机动车只好放在草地上",
        "非机动车库锁着不开，电瓶车乱停",
    ),
    so=(
        "早上出门要搬好几辆车",
        "两家人为这个吵起来了",
        "我的车被人推倒了",
        "说要扩建，一直没动静",
        "晚下班的人根本没处放",
    ),
    cures=(
        Cure(
            kind="project",
            reason="原车棚只停得下几十辆：逐项征询后建约200个车位的新车棚，带充电，同时翻排小区污水管。",
            preparation_days=165,
            works_days=70,
            elements=("E16", "E17", "E06"),
        ),
    ),
    calls_a_month=8.5,
    households=26,
    after=0.16,
)
