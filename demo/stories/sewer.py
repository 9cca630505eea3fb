"""A sewer comes up again and again. The first works only clean it, so the calls go on; the second ones renew it."""

from datetime import date

from demo.story import Cure, Story

STORY = Story(
    key="sewer",
    title_cn="污水管道反复堵塞返溢",
    title_en="A sewer blocks and overflows, again and again",
    type_code="MJ04",
    begins=date(2023, 2, 15),
    what=(
        "下水道堵塞，底楼厨房返水",
        "污水管道堵塞，粪水冒溢到门口",
        "化粪池堵塞，污水横流",
        "窨井冒溢，污水外溢一地",
        "污水管通了又堵，马桶返水",
        "污水从地漏返水，下水道不通",
        "化粪池满溢，污水漫到路上",
    ),
    so=(
        "家里臭得没法吃饭",
        "一楼几家都搬出去住了",
        "每天要用桶往外舀",
        "疏通的人来了一次，第二天又堵塞",
        "孩子皮肤都过敏了",
    ),
    cures=(
        Cure(
            kind="project",
            reason="多户返水：污水管道疏通，局部换管。",
            holds=False,
            preparation_days=130,
            works_days=60,
            elements=("E05",),
        ),
        Cure(
            kind="project",
            reason="上次只疏通未换管，问题重现：小区污水管网与楼内立管全部更换。",
            preparation_days=210,
            works_days=120,
            elements=("E05", "E06", "E07"),
        ),
    ),
    calls_a_month=9.0,
    households=31,
    after=0.13,
)
