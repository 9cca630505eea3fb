"""Tables of calls, as another system exports them; all of it made up."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from tests.harness.load import COMPLAINTS, LANES

HEADER = ("工单编号", "标题", "诉求内容", "诉求地址", "受理时间", "用户编号")
FIRST = datetime(2024, 3, 1, 8)


def calls(count: int, *, seed: int = 1, first: datetime = FIRST) -> list[dict[str, str]]:
    """`count` calls at intervals of an hour, no two alike, from about as many callers."""
    rng = random.Random(seed)
    return [
        {
            "工单编号": f"T{seed}-row{number}",
            "标题": f"第{number}号来电",
            "诉求内容": f"{rng.choice(COMPLAINTS)}，请回复第{number}次反映。",
            "诉求地址": f"{rng.choice(LANES)}{rng.randrange(1, 60)}号",
            "受理时间": f"{first + timedelta(hours=number):%Y-%m-%d %H:%M:%S}",
            "用户编号": f"U{rng.randrange(10**9)}",
        }
        for number in range(count)
    ]


def export(file: Path, rows: Iterable[Mapping[str, str]], *, encoding: str = "gb18030") -> Path:
    with file.open("w", encoding=encoding, newline="") as lines:
        writer = csv.DictWriter(lines, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    return file
