"""Bicycles without a shed where the rule alone does not help: there is no room, so a shed is built after all."""

from dataclasses import replace
from datetime import date

from demo.stories.bicycle_shed import STORY as SHED
from demo.story import Cure

STORY = replace(
    SHED,
    key="shed-despite-the-rule",
    like=SHED.key,
    title_cn="非机动车无处停放，有规矩仍不够",
    title_en="Nowhere to put bicycles, and a rule is not enough",
    begins=date(2023, 4, 24),
    cures=(
        Cure(
            kind="rule",
            reason="与先行小区同类：待形成办法后按办法划位、配桩、定人管理。",
            holds=False,
            preparation_days=300,
        ),
        Cure(
            kind="project",
            reason="只划位不够：小区无空地，按办法的菜单新建双层车棚。",
            preparation_days=150,
            works_days=60,
            elements=("E16", "E17"),
        ),
    ),
    calls_a_month=8.0,
    after=0.12,
)
