"""Street stalls at a gate. Patrols clear them, they come back; a fixed place and hours solve it the second time."""

from datetime import date

from demo.story import Cure, Story

STORY = Story(
    key="stalls",
    title_cn="小区门口占道设摊",
    title_en="Street stalls block the estate's gate",
    type_code="SC01",
    begins=date(2023, 8, 20),
    what=(
        "门口占道设摊，车子开不出去",
        "流动摊贩占道，烟熏火燎",
        "晚上摆摊的把人行道占满，占道经营",
        "水果摊跨门经营，推车占道",
        "马路设摊从五点摆到半夜",
        "流动摊贩赶走又来，占道经营没人管",
    ),
    so=(
        "推婴儿车只能走马路中间",
        "地上全是油",
        "吵到半夜",
        "执法的人一走又摆出来",
        "救护车都堵过一次",
    ),
    cures=(
        Cure(kind="service", reason="门口设摊：城管中队加强巡查。", holds=False, preparation_days=30),
        Cure(
            kind="rule",
            reason="巡查后反弹：划定疏导点与时段，固定岗值守，与摊主签约。",
            preparation_days=180,
        ),
    ),
    calls_a_month=8.0,
    households=38,
    season={1: 0.8, 2: 0.8, 3: 1.0, 4: 1.0, 5: 1.1, 6: 1.1, 7: 1.1, 8: 1.1, 9: 1.1, 10: 1.0, 11: 0.9, 12: 0.8},
    after=0.15,
)
