"""Plaster comes off an outer wall; a project repairs it, is stopped over tiles that nobody spoke of, and goes on."""

from datetime import date

from demo.story import Cure, Story

STORY = Story(
    key="facade",
    title_cn="外墙空鼓脱落、渗水",
    title_en="A facade sheds plaster and lets water in",
    type_code="MJ02",
    begins=date(2023, 3, 20),
    what=(
        "外墙空鼓，大块墙皮往下掉",
        "外墙渗水，靠外墙的房间全是水印",
        "外墙瓷砖脱落，掉在晒衣服的地方",
        "外墙脱落，水泥块砸在花坛里",
        "墙皮脱落，外墙裂缝手指都伸得进",
        "墙体渗水，外墙一淋雨里面就滴",
        "外墙有高坠危险，拉了一根绳子就算处理",
    ),
    so=(
        "小孩放学从下面走",
        "走路都贴着车走",
        "已经有一块掉在门口",
        "刮大风的时候最怕",
        "窗户也不敢开",
    ),
    cures=(
        Cure(
            kind="project",
            reason="外墙空鼓面积大，有坠落危险：外墙整体修缮并做防渗。",
            preparation_days=160,
            works_days=120,
            elements=("E02", "E14"),
            unclear=True,
        ),
    ),
    calls_a_month=8.0,
    households=28,
    season={1: 0.9, 2: 0.9, 3: 1.0, 4: 1.0, 5: 1.0, 6: 1.3, 7: 1.4, 8: 1.5, 9: 1.4, 10: 1.0, 11: 0.8, 12: 0.8},
    after=0.08,
)
