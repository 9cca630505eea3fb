"""Twice as many cars as places, and no ground for more: it is said openly that it cannot be solved now."""

from datetime import date

from demo.story import Cure, Story

STORY = Story(
    key="parking",
    title_cn="机动车停车位缺口大",
    title_en="Twice as many cars as parking places",
    type_code="XQ04",
    begins=date(2024, 1, 10),
    what=(
        "停车难，一百多辆车抢四十个车位",
        "停车位不够，晚上停到路口去",
        "外来车辆占车位，业主没处停车",
        "停车难，僵尸车占车位没人管",
        "车位太少，车辆乱停堵在楼下",
        "停车收费涨了，车位还是没有",
    ),
    so=(
        "每天转半个小时",
        "为车位打过架",
        "出车要打电话叫人挪",
        "被剐蹭了也查不到",
        "说研究研究，没有下文",
    ),
    cures=(
        Cure(
            kind="explain",
            reason="小区无新增用地，周边无共享车库：目前无法增设，已向居民公开说明，列入两年后复查。",
        ),
    ),
    calls_a_month=8.0,
    households=33,
    after=0.12,
)
