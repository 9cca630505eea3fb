"""Complaints to be planted into a stream of messages: concentrated problems, and what only looks like one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Burst:
    """`calls` about one matter in one estate of the register, spread evenly from `first` over `days`."""

    estate: str
    type_code: str
    texts: tuple[str, ...]
    first: datetime
    calls: int = 6
    callers: int = 6
    days: int = 18

    def messages(self) -> Iterator[dict[str, str]]:
        for number in range(self.calls):
            at = self.first + timedelta(days=self.days) * number / self.calls
            yield {
                "msg_id": f"planted-{self.estate}-{number}",
                "user": f"P-{self.estate}-{number % self.callers}",
                "title": "求助",
                "detail": self.texts[number % len(self.texts)].format(house=number + 3),
                "time": f"{at:%Y-%m-%d %H:%M:%S}",
                "likes": "0",
                "issue_id": "",
            }


CONCENTRATED = (
    Burst(
        "quyang-yinhe",
        "MJ01",
        (
            "银禾里{house}号楼顶漏雨，一到下雨天顶层住户家里就滴水。",
            "银禾里{house}号屋面漏水严重，雨水顺着灯口往下流。",
        ),
        datetime(2018, 11, 20, 9),
    ),
    Burst(
        "guangzhong-lanting",
        "MJ04",
        ("岚庭苑{house}号下水道堵塞，一楼卫生间返水。", "岚庭小区化粪池堵塞，粪水冒到路面上，气味难闻。"),
        datetime(2019, 3, 5, 20),
        calls=9,
        callers=7,
    ),
    Burst(
        "jiaxing-xieqiao",
        "XQ06",
        ("谢桥新里{house}号有人飞线充电，从窗口往下拉线，太危险。", "谢桥小区晚上到处是电瓶车充电的拖线板，没有人管。"),
        datetime(2019, 7, 1, 8),
        calls=8,
        callers=8,
        days=19,
    ),
    Burst(
        "beiwaitan-lvshun",
        "XQ15",
        ("旅舜里{house}号电梯故障三天两头停，老人下不了楼。", "旅舜里电梯坏了没人修，昨天又电梯困人。"),
        datetime(2019, 12, 20, 12),
        calls=12,
        callers=6,
    ),
    Burst(
        "jiangwan-jinglin",
        "XQ09",
        ("镜林苑{house}号顶楼违章建筑挡住采光，还在私自搭建。", "镜林小区有人违规搭建，违章建筑越盖越大。"),
        datetime(2019, 9, 10, 7),
        days=10,
    ),
)

NOT_CONCENTRATED = (
    # One caller, however often.
    Burst(
        "liangcheng-wanqing",
        "MJ02",
        ("晚晴里{house}号外墙脱落，瓷砖掉下来差点砸到人。",),
        datetime(2019, 5, 6),
        calls=12,
        callers=1,
    ),
    # Six callers, never five of them within thirty days.
    Burst(
        "huangpu-beijiao",
        "MJ10",
        ("黄埔北郊小区{house}号门前路灯不亮，晚上走路看不见。",),
        datetime(2019, 2, 1),
        days=150,
    ),
)
