"""Bicycles without a shed in another sub-district: no works of its own, the rule that comes of the first shed helps."""

from dataclasses import replace
from datetime import date

from demo.stories.bicycle_shed import STORY as SHED
from demo.story import Cure

STORY = replace(
    SHED,
    key="shed-by-the-rule",
    like=SHED.key,
    title_cn="非机动车无处停放，立规矩后解决",
    title_en="Nowhere to put bicycles, until there is a rule",
    begins=date(2023, 4, 22),
    cures=(
        Cure(
            kind="rule",
            reason="与先行小区同类：不单独立项，待形成办法后按办法划位、配桩、定人管理。",
            preparation_days=300,
        ),
    ),
    calls_a_month=8.0,
    after=0.12,
)
