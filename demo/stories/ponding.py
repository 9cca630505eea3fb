"""Rain water has nowhere to go: calls come with the plum rains and the typhoons, and only then."""

from datetime import date

from demo.story import Cure, Story

STORY = Story(
    key="ponding",
    title_cn="雨季小区积水",
    title_en="The yard stands under water in the rainy season",
    type_code="MJ05",
    begins=date(2023, 5, 10),
    what=(
        "下雨积水，单元门口要蹚水进出",
        "小区积水到小腿，排水口不起作用",
        "内涝积水，底楼进水",
        "雨水管不通，积水两天不退",
        "雨污混接，积水有臭味",
        "一下大雨就内涝，积水漫进车棚",
    ),
    so=(
        "垫了砖头走路",
        "底楼的冰箱都垫高了",
        "老人下不了楼",
        "抽水泵来了雨也停了",
        "每年夏天都这样",
    ),
    cures=(
        Cure(
            kind="project",
            reason="排水能力不足、雨污混接：雨污分流改造，抬高低洼路面。",
            preparation_days=150,
            works_days=110,
            elements=("E07", "E11"),
        ),
    ),
    calls_a_month=11.0,
    households=34,
    season={1: 0.15, 2: 0.15, 3: 0.3, 4: 0.5, 5: 0.9, 6: 1.4, 7: 1.3, 8: 1.2, 9: 1.1, 10: 0.3, 11: 0.15, 12: 0.1},
    after=0.12,
)
