"""Dark stairs with loose rails, late in the demo's years: its works are still going on when the curtain falls."""

from datetime import date

from demo.story import Cure, Story

STORY = Story(
    key="stairwell",
    title_cn="楼道破损、公灯不亮",
    title_en="Dark stairwells with broken steps",
    type_code="MJ03",
    begins=date(2025, 6, 10),
    what=(
        "楼道灯全坏，公灯半年没人换",
        "楼梯踏步缺了角，楼道破损",
        "楼道扶手松动，公灯不亮",
        "单元门关不上，楼道灯也不亮",
        "感应灯坏了，楼梯上黑得看不见脚",
        "楼道窗户没玻璃，楼梯扶手断了",
    ),
    so=(
        "晚上打着手电上楼",
        "老人摔了一跤",
        "孩子不敢一个人走",
        "换一个灯泡等了三个月",
        "下雨飘进来更滑",
    ),
    cures=(
        Cure(
            kind="project",
            reason="楼道公共部位整体破损：楼道整修，公灯与线路更新，更换单元门。",
            preparation_days=170,
            works_days=170,
            elements=("E03", "E08", "E29"),
        ),
    ),
    calls_a_month=8.0,
    households=19,
)
