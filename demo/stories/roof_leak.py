"""A flat roof of the eighties lets the rain through; a repair project renews it, and the calls end."""

from datetime import date

from demo.story import Cure, Story

STORY = Story(
    key="roof-leak",
    title_cn="屋面年久失修，雨季漏水",
    title_en="An old roof leaks when it rains",
    type_code="MJ01",
    begins=date(2023, 1, 25),
    what=(
        "顶楼漏雨，雨水沿着墙往下流",
        "屋顶漏水，天花板掉了一大块皮",
        "屋面防水层开了口子，一下雨屋面就漏水",
        "楼顶漏水，床上放了三个盆",
        "顶楼渗水，屋顶的油毡都翘起来了",
        "房顶漏水，漏雨漏到电灯上",
        "天花板漏水，顶楼几户都一样",
        "屋顶渗水，墙角长了黑霉",
    ),
    so=(
        "夜里不敢睡",
        "被子都湿了",
        "老人怕滑倒",
        "衣柜里全是霉味",
        "补过一次，不到一个月又漏雨",
        "刚装修好的房间全毁了",
    ),
    cures=(
        Cure(
            kind="project",
            reason="顶层多户漏水，零星修补无效：屋面整体翻修，列入修缮计划。",
            preparation_days=190,
            works_days=105,
            elements=("E01", "E14"),
        ),
    ),
    calls_a_month=8.5,
    households=24,
    season={1: 0.9, 2: 0.9, 3: 1.0, 4: 1.1, 5: 1.2, 6: 1.6, 7: 1.5, 8: 1.3, 9: 1.2, 10: 0.8, 11: 0.7, 12: 0.7},
    after=0.05,
)
